import pytest

from dataset_builder.release.changelog import HEAD, entries, has_release, with_release

ITEMS = {"Added": ["One."], "Removed": ["Two."]}
ENTRY = "## [1.1.0] - 2026-01-02\n\n### Added\n\n- One.\n\n### Removed\n\n- Two.\n"
MINE = "- Mine,\n  on two lines.\n- One."
CODE = "```\n## 9.9.9\n### Added\n```\n"
CODED = f"{CODE}\n### Added"


def added(text, items=ITEMS):
    return with_release(text, "1.1.0", "2026-01-02", items)


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        ("## [1.1.0] - 2026-01-02\r\n", True),
        ("## 1.1.0\n", True),
        ("# Changes\n\n##  v1.1.0 (spring)\n", True),
        ("## [1.1.0-rc.1]\n", False),
        ("## [1.1.01]\n", False),
        ("## [11.1.0]\n", False),
        ("### 1.1.0\n", False),
        ("```\n## 1.1.0\n```\n", False),
        ("", False),
    ],
)
def test_an_entry_is_found_by_its_heading(text, is_there):
    assert has_release(text, "1.1.0") is is_there


def test_a_changelog_that_is_not_there_begins():
    assert added("") == f"{HEAD}\n## [Unreleased]\n\n{ENTRY}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# C\n", f"# C\n\n## [Unreleased]\n\n{ENTRY}"),
        ("# C\n\n## 1.0.0\n\n- x\n", f"# C\n\n## [Unreleased]\n\n{ENTRY}\n## 1.0.0\n\n- x\n"),
        ("# C\n\n## Unreleased\n\n## 1.0.0\n", f"# C\n\n## Unreleased\n\n{ENTRY}\n## 1.0.0\n"),
        (
            "# C\n\n## [unreleased]\n\n### Added\n\n- Mine,\n  on two lines.\n\n## 1.0.0\n",
            f"# C\n\n## [unreleased]\n\n{ENTRY.replace('- One.', MINE)}\n## 1.0.0\n",
        ),
        (f"# C\n\n## [Unreleased]\n\n{CODE}", f"# C\n\n## [Unreleased]\n\n{ENTRY.replace('### Added', CODED)}"),
        ("no line end", f"no line end\n\n## [Unreleased]\n\n{ENTRY}"),
    ],
    ids=["empty", "no unreleased", "other brackets", "merged", "code", "no line end"],
)
def test_the_entry_stands_above_the_others(before, after):
    assert added(before) == after


def test_links_move_on():
    text = "# C\n\n## [Unreleased]\n\n## [1.0.0] - x\n\n[unreleased]: https://h/compare/v1.0.0...HEAD\n[1.0.0]: https://h/t\n"
    assert added(text).endswith(
        "## [1.0.0] - x\n\n[Unreleased]: https://h/compare/v1.1.0...HEAD\n[1.1.0]: https://h/compare/v1.0.0...v1.1.0\n"
        "[1.0.0]: https://h/t\n"
    )


def test_links_at_the_end_stay_there():
    assert added("# C\n\n[k]: https://k\n") == f"# C\n\n## [Unreleased]\n\n{ENTRY}\n[k]: https://k\n"


def test_line_ends_stay_as_they_are():
    text = added("# C\r\n\r\n## [Unreleased]\r\n\r\n- x\r\n")
    assert text.count("\n") == text.count("\r\n")


def test_entries_are_releases_with_how_many_items_each_heading_has():
    text = (
        "# C\r\n\r\n## [Unreleased]\r\n\r\n- not yet\r\n\r\n## [1.1.0] - 2026-01-02\r\n\r\n### Added\r\n\r\n- One.\r\n"
        "  - of its parts\r\n- Two,\r\n  on two lines.\r\n\r\n### Fixed\r\n\r\n* Three.\r\n\r\n## v1.0.0\r\n\r\n- x\r\n"
        "\r\n## What else\r\n\r\n- y\r\n\r\n## 0.9.0-rc.1 – 2025-12-01 [YANKED]\r\n"
    )
    assert [(each.version, each.date, dict(each.changes), each.total) for each in entries(text)] == [
        ("1.1.0", "2026-01-02", {"Added": 2, "Fixed": 1}, 3),
        ("1.0.0", None, {"": 1}, 1),
        ("0.9.0-rc.1", "2025-12-01", {}, 0),
    ]


def test_headings_in_code_are_no_releases():
    assert entries(f"# C\n\n{CODE}") == ()
    assert entries("") == ()
    assert entries(HEAD) == ()


def test_what_a_release_adds_is_an_entry():
    assert [(each.version, each.total) for each in entries(added(f"{HEAD}\n## [Unreleased]\n\n- Mine.\n"))] == [
        ("1.1.0", 3)
    ]

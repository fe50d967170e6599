import re
import shutil
from pathlib import Path

import pytest

import dataset_builder
from dataset_builder.describe.manifest import parse_manifest
from dataset_builder.describe.plots.plot import MARK, PATHS
from dataset_builder.errors import UsageError
from dataset_builder.pipeline.opening import open_project
from dataset_builder.read.build import read_manifest

BASE = Path(__file__).parents[2] / "rules/base"
CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- x\n\n## [1.0.0] - 2026-01-02\n\n### Added\n\n- a\n- b\n"


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "notes"
    shutil.copytree(BASE, folder)
    (folder / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    return folder


def card(root, **options):
    return dataset_builder.card(open_project(root), **options)


def stale(result):
    return [(found.place.file, found.message) for found in result.check.diagnostics if found.code == "CRD001"]


def shown_in(text):
    return set(re.findall(r"\((figures/[^)]*)\)", text))


def test_plots_are_written_beside_the_card_that_shows_them(root):
    first = card(root)
    assert (first.fresh, set(first.plots)) == (False, shown_in(first.text))
    assert first.plots
    assert set(first.plots) == {path.relative_to(root).as_posix() for path in (root / "figures").iterdir()}
    again = card(root, write=False)
    assert (again.fresh, again.plots, stale(again)) == (True, (), [])


def test_a_plot_that_was_changed_or_lost_is_stale_until_the_card_is_written(root):
    card(root)
    (root / "figures/labels.svg").write_text("<svg/>", encoding="utf-8")
    (root / "figures/lengths.svg").unlink()
    found = card(root, write=False)
    assert (found.fresh, found.plots) == (False, ("figures/labels.svg", "figures/lengths.svg"))
    assert stale(found) == [
        ("figures/labels.svg", "the card's plot is not what the data gives now"),
        ("figures/lengths.svg", "the card's plot is missing"),
    ]
    assert (root / "figures/labels.svg").read_text("utf-8") == "<svg/>"
    assert stale(card(root)) == []
    assert card(root, write=False).fresh


def test_a_plot_that_nothing_shows_goes_and_other_pictures_stay(root):
    card(root)
    path = root / "DATASET_CARD.md"
    text = path.read_text("utf-8")
    region = re.compile(r"<!-- dataset-builder:begin distributions.*?end distributions -->", re.DOTALL)
    path.write_text(region.sub("<!-- dataset-builder:skip distributions -->", text), encoding="utf-8")
    (root / "figures/mine.svg").write_text("<svg/>", encoding="utf-8")
    found = card(root, write=False)
    assert stale(found) == [("figures/labels.svg", "the card's plot is shown no more")]
    card(root)
    assert not (root / "figures/labels.svg").exists()
    assert (root / "figures/mine.svg").exists()
    assert card(root, write=False).fresh


def test_plots_are_not_written_out_of_the_project(root, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (root / "figures").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="symbolic link"):
        card(root)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert not (root / "DATASET_CARD.md").exists()


def test_a_card_in_a_folder_has_its_plots_there(root):
    configuration = root / "dataset.toml"
    configuration.write_text(configuration.read_text("utf-8") + '\n[paths]\ncard = "docs/CARD.md"\n', encoding="utf-8")
    result = card(root)
    assert result.path == root / "docs/CARD.md"
    assert all((root / "docs" / path).is_file() for path in shown_in(result.text))
    assert not (root / "figures").exists()


def test_the_links_of_a_built_card_lead_to_files_that_the_manifest_lists(root):
    card(root)
    built = dataset_builder.build(open_project(root), jobs=1)
    shown = shown_in((built.output / "README.md").read_text("utf-8"))
    listed = {file.path for file in read_manifest(built.output, parse_manifest).files}
    assert shown
    assert shown == {path for path in listed if path.startswith("figures/")}
    for path in shown:
        assert (built.output / path).read_bytes() == (root / path).read_bytes()
        assert (built.output / path).read_bytes().startswith(MARK)
    assert dataset_builder.verify(built.output).diagnostics == ()
    (built.output / "figures/labels.svg").write_text("<svg/>", encoding="utf-8")
    assert [(found.code, found.place.file) for found in dataset_builder.verify(built.output).diagnostics] == [
        ("REL001", "figures/labels.svg")
    ]


def test_a_build_asks_its_maker_nothing(root):
    card(root)
    found = dataset_builder.build(open_project(root), jobs=1).check.diagnostics
    assert [each.code for each in found if each.code.startswith("CRD")] == []


def test_a_later_build_tells_of_a_later_release(root):
    def versions():
        built = dataset_builder.build(open_project(root), jobs=1)
        return re.findall(r"^\| `(\d\.\d\.\d)` \|", (built.output / "README.md").read_text("utf-8"), re.MULTILINE)

    assert versions() == ["1.0.0"]
    changed = CHANGELOG.replace("## [1.0.0]", "## [1.1.0] - 2026-02-03\n\n- c\n\n## [1.0.0]")
    (root / "CHANGELOG.md").write_text(changed, encoding="utf-8")
    assert versions() == ["1.1.0", "1.0.0"]
    (root / "CHANGELOG.md").unlink()
    assert versions() == []


def test_an_open_question_is_named_where_it_stands(root):
    result = card(root)
    path = root / "DATASET_CARD.md"
    lines = path.read_text("utf-8").splitlines()
    asked = [found for found in result.check.diagnostics if found.code == "CRD004"]
    assert asked
    for found in asked:
        assert lines[found.place.line - 1].startswith("<!-- dataset-builder:answer ")
    answered = re.sub(r"^\*To be answered: .*\*$", "None.", path.read_text("utf-8"), flags=re.MULTILINE)
    path.write_text(answered, encoding="utf-8")
    result = card(root, write=False)
    assert result.fresh
    assert [found for found in result.check.diagnostics if found.code == "CRD004"] == []


def test_every_plot_there_may_be_is_watched():
    assert {Path(path).stem for path in PATHS} == {"agreement", "coverage", "labels", "lengths", "versions"}

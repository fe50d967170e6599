"""What the configuration selects and ignores, from the command line, on whole projects."""

import json
import shutil
from pathlib import Path

import pytest

import dataset_builder

BASE = Path(__file__).parents[2] / "rules" / "base"
VAULT, MILL = "annotations/ada/vault.json", "annotations/ada/mill.json"
DIGEST = '"digest": "cdf02b27b16e175786c14aaa8b36c01666d0abc7361a5d5bb5fd92fa2b0b0955"'
LOOP = '"quote": "mill", "type": "place"'
IGNORE = '\n[[check.ignore]]\ncodes = [{}]\n{}reason = "as the guidelines have it"\n'


def ignoring(*codes, paths=()):
    listed = ", ".join(f'"{code}"' for code in codes)
    return IGNORE.format(listed, f"paths = {json.dumps(paths)}\n" if paths else "")


@pytest.fixture
def corpus(tmp_path):
    """A project with two warnings: a withheld quote, and an item that refers to itself."""
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    replace(tmp_path / VAULT, DIGEST, '"quote": "Dee"')
    replace(tmp_path / MILL, LOOP, f'{LOOP}, "same_as": "e4"')
    return tmp_path


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8", newline="")


def configure(corpus, text):
    with (corpus / "dataset.toml").open("a", encoding="utf-8", newline="") as file:
        file.write(text)


@pytest.fixture
def checked(run, corpus):
    """The codes of the findings, the summary and the exit code of `check`."""

    def check(*options):
        found = run("check", "--project", corpus, "--format", "json", *options)
        report = json.loads(found.stdout)
        return [each["code"] for each in report["diagnostics"]], report["summary"], found.exit_code

    return check


def test_without_ignores_all_is_found(checked):
    codes, summary, exit_code = checked()
    assert (codes, summary["warnings"], summary["ignored"], exit_code) == (["REF008", "SPN009"], 2, 0, 0)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (ignoring("SPN009"), ["REF008"]),
        (ignoring("SPN009", "REF"), []),
        (ignoring("SPN") + ignoring("REF008"), []),
        (ignoring("SPN009", paths=[VAULT, "nowhere/**"]), ["REF008"]),
        (ignoring("SPN", "REF", paths=["annotations/ada/**"]), []),
        (ignoring("SPN", "REF", paths=["**/*.json"]), []),
        ('\n[[check.select]]\ncodes = ["SPN"]\nreason = "first things first"\n', ["SPN009"]),
        ('\n[check]\nignore = [{codes = ["REF008"], reason = "as it is"}]\n', ["SPN009"]),
    ],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_ignored_is_not_reported_but_counted(checked, corpus, text, left, jobs):
    configure(corpus, text)
    codes, summary, exit_code = checked("--jobs", jobs)
    assert (codes, summary["warnings"], summary["ignored"], exit_code) == (left, len(left), 2 - len(left), 0)


def test_the_text_says_how_many(run, corpus):
    configure(corpus, ignoring("SPN", "REF"))
    assert run("check", "--project", corpus).stdout.startswith(
        "no findings in 3 articles, 3 annotations; 2 ignored by configuration; "
    )


def test_an_unused_ignore_is_reported_where_it_stands(run, corpus, checked):
    configure(corpus, ignoring("SPN009", "SPN010") + ignoring("REF008", paths=["annotations/bob/**"]))
    codes, summary, exit_code = checked()
    assert (codes, summary["warnings"], summary["ignored"], exit_code) == (["REF008", "CFG013", "CFG013"], 3, 1, 0)
    shown = run("check", "--project", corpus).stdout
    assert "dataset.toml:8:20: warning[CFG013]: nothing is ignored by this: there is no finding of SPN010\n" in shown
    assert (
        'dataset.toml:12:10: warning[CFG013]: nothing is ignored by this: there is no finding of REF008 in "ann'
        in shown
    )


def test_a_pyproject_is_pointed_into_too(run, corpus):
    (corpus / "dataset.toml").unlink()
    table = "[tool.dataset-builder]\n" + (BASE / "dataset.toml").read_text(encoding="utf-8")
    table += ignoring("SPN009", "REF008", "SPN010").replace("[[check", "[[tool.dataset-builder.check")
    (corpus / "pyproject.toml").write_text(table, encoding="utf-8")
    assert "pyproject.toml:9:30: warning[CFG013]" in run("check", "--project", corpus).stdout


# The command line looks at a part of what is asked for


@pytest.mark.parametrize(
    ("options", "left", "ignored"),
    [
        (["--select", "REF"], ["REF008"], 0),
        (["--select", "SPN"], [], 1),
        (["--ignore", "SPN"], ["REF008"], 0),
        (["--select", "CFG"], [], 0),
    ],
)
def test_a_view_of_findings_makes_no_ignore_unused(checked, corpus, options, left, ignored):
    configure(corpus, ignoring("SPN009"))
    codes, summary, exit_code = checked(*options)
    assert (codes, summary["ignored"], exit_code) == (left, ignored, 0)


def test_unused_ignores_alone_can_be_asked_for(checked, corpus):
    configure(corpus, ignoring("SPN009", "SPN010"))
    assert checked("--select", "CFG")[0] == ["CFG013"]


# Errors


@pytest.mark.parametrize(
    ("code", "refusal", "words"),
    [
        ("SPN003", "CFG012", "findings of SPN003 are errors"),
        ("SCX", "CFG011", "did you mean SCH?"),
        ("ref08", "CFG011", "did you mean REF008?"),
    ],
)
@pytest.mark.parametrize("command", ["check", "build", "card"])
def test_what_can_not_be_ignored_is_refused(run, corpus, code, refusal, words, command):
    configure(corpus, ignoring("SPN009", code))
    found = run(command, "--project", corpus)
    assert found.exit_code == 2
    assert f"dataset.toml:8:20: error[{refusal}]" in found.output
    assert words in found.output
    assert not (corpus / "dist").exists()


@pytest.mark.parametrize("reason", ["", 'reason = ""\n', 'reason = " "\n'])
def test_an_ignore_without_a_reason_is_refused(run, corpus, reason):
    configure(corpus, f'\n[[check.ignore]]\ncodes = ["SPN009"]\n{reason}')
    found = run("check", "--project", corpus)
    assert found.exit_code == 2
    assert "check.ignore[0].reason" in found.output


def test_a_family_of_which_some_are_errors_hides_no_error(checked, corpus):
    configure(corpus, ignoring("SPN", "REF"))
    replace(corpus / MILL, '"start": 27, "end": 31', '"start": 28, "end": 32')
    codes, summary, exit_code = checked()
    assert (codes, summary["ignored"], exit_code) == (["SPN003"], 2, 1)


def test_where_there_are_errors_no_ignore_is_called_unused(checked, corpus):
    configure(corpus, ignoring("SPN010"))
    (corpus / MILL).write_text("{", encoding="utf-8")
    codes, _, exit_code = checked()
    assert codes == ["JSN001", "SPN009"]
    assert exit_code == 1


def test_where_schemas_fail_no_ignore_is_called_unused(checked, corpus):
    configure(corpus, ignoring("SPN009"))
    (corpus / "schema" / "annotation.schema.json").write_text("{", encoding="utf-8")
    codes, _, exit_code = checked()
    assert "CFG013" not in codes
    assert exit_code == 1


# Other commands


def test_a_build_ignores_the_same(run, corpus):
    configure(corpus, ignoring("SPN009", "SPN010"))
    report = json.loads(run("build", "--project", corpus, "--format", "json").stdout)
    assert report["summary"] | {"articles": 3, "annotations": 3, "unverified": 0} == {
        "articles": 3,
        "annotations": 3,
        "errors": 0,
        "warnings": 2,
        "notes": 0,
        "unverified": 0,
        "ignored": 1,
    }
    shown = run("build", "--project", corpus).stdout
    assert "warning[REF008]" in shown
    assert "warning[CFG013]" in shown
    assert "[SPN009]" not in shown
    assert "; 1 ignored by configuration" in shown


def test_a_card_ignores_the_same(run, corpus):
    configure(corpus, ignoring("REF008", "CRD001"))
    for _ in range(2):  # an ignore of the card's rules isn't called unused, fresh or not
        (corpus / "DATASET_CARD.md").write_text("# River notes\n", encoding="utf-8")
        found = run("card", "--check", "--project", corpus)
        assert found.exit_code == 1
        assert "warning[SPN009]" in found.stdout
        assert "warning[CFG013]" not in found.stdout
        assert "warning[REF008]" not in found.stdout
        assert "warning[CRD001]" not in found.stdout
        assert run("card", "--project", corpus).exit_code == 0


def test_ignored_findings_are_there_for_programs(corpus):
    configure(corpus, ignoring("SPN"))
    result = dataset_builder.check(dataset_builder.open_project(corpus))
    assert [each.code for each in result.ignored] == ["SPN009"]
    assert [each.code for each in result.diagnostics] == ["REF008"]

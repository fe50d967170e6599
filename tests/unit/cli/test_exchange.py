"""`import`, `export` and `init --from`, run as users run them."""

import json

import pytest


@pytest.fixture
def collection(tmp_path, monkeypatch):
    """A brat collection in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "source").mkdir()
    (tmp_path / "source/a.txt").write_text("Ada met Bo.\n", encoding="utf-8")
    (tmp_path / "source/a.ann").write_text("T1\tPER 0 3\tAda\nT2\tPER 8 10\tBo\nA1\tSure T1\n", encoding="utf-8")
    return tmp_path / "source"


TABLE = """\
1 article of 2 files in brat, whose offsets count code points; records by brat (1).

layer     items  labels  attributes  notes
entities      2       1           1      0

0 refused, 0 repaired, kept under extra or not declared.
"""


def test_an_import_ends_with_a_table(run, collection):
    found = run("import", "brat", "source", "--into", "project")
    assert (found.exit_code, found.stderr) == (0, "")
    assert found.stdout == f"{TABLE}Written to project: 10 new, 0 changed files.\n"
    again = run("import", "source", "--into", "project")
    assert again.stdout == f"{TABLE}Nothing changed in project.\n"


def test_what_is_refused_is_shown_with_its_line(run, collection):
    with (collection / "a.ann").open("a", encoding="utf-8") as stream:
        stream.write("R1\tmet Arg1:T1 Arg2:T9\n")
    found = run("import", "source", "--into", "project")
    assert found.exit_code == 1
    assert found.stdout.startswith(
        'source/a.ann:4:1: error[FMT006]: "R1" refers to "T9", which is not there or was refused\n'
        "   |\n"
        " 4 | R1␉met Arg1:T1 Arg2:T9\n"
    )
    assert "1 refused" in found.stdout
    assert "Written to project" in found.stdout


def test_programs_get_json(run, collection):
    found = run("import", "source", "--into", "project", "--format", "json")
    value = json.loads(found.stdout)
    assert value["format"] == "brat"
    assert value["layers"] == {"entities": {"items": 2, "labels": 1, "attributes": 1, "notes": 0}}
    assert value["files"]["changed"] == []
    assert value["written"] is True
    assert value["diagnostics"] == []


def test_a_project_can_be_made_of_a_source(run, collection):
    found = run("init", "project", "--from", "auto", "source")
    assert found.exit_code == 0
    assert found.stdout == f"{TABLE}Written to project: 10 new, 0 changed files.\n"
    assert run("--project", "project", "check").exit_code == 0
    again = run("init", "project", "--from", "brat", "source")
    assert (again.exit_code, "not an empty folder" in again.stderr) == (2, True)


def test_a_project_goes_out_again(run, collection):
    run("init", "project", "--from", "brat", "source")
    found = run("--project", "project", "export", "brat", "out")
    assert (found.exit_code, found.stdout) == (0, "Exported 1 article as brat into out: 3 files.\n")
    for path in collection.iterdir():
        assert (collection.parent / "out" / path.name).read_bytes() == path.read_bytes()
    found = run("--project", "project", "export", "brat", "more", "--format", "json")
    assert json.loads(found.stdout)["files"] == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "brta", "source", "--into", "project"), "did you mean brat"),
        (("import", "nowhere", "--into", "project"), "neither a folder nor a file"),
        (("import", "a", "b", "c", "--into", "project"), "one source at a time"),
        (("import", "source"), "there is no dataset project"),
        (("import", "source", "--into", "source/a.txt"), "is no folder"),
        (("import", "source", "--into", "project", "--option", "by=x"), "has no option 'by'"),
        (("import", "source", "--into", "project", "--option", "by"), "write NAME=VALUE"),
        (("export", "brat", "out"), "there is no dataset project"),
    ],
)
def test_what_cannot_be_done_is_said_with_exit_code_2(run, collection, arguments, said):
    found = run(*arguments)
    assert found.exit_code == 2
    assert said in found.stderr
    assert not (collection.parent / "project").exists()

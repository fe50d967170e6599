import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from dataset_builder.errors import UsageError
from dataset_builder.model.diagnostic import Diagnostic, Place, Severity
from dataset_builder.model.result import (
    BuildResult,
    CardResult,
    CheckResult,
    HydrateResult,
    PublishResult,
    Summary,
    WithholdResult,
)

WARNING = Diagnostic(
    code="ART001",
    severity=Severity.WARNING,
    message="odd",
    place=Place(file="seeds/x.txt", line=2, column=5, start=8, end=13),
)
ERROR = Diagnostic(code="SPN003", severity=Severity.ERROR, message="wrong", place=Place(file="a.json"))
CLEAN = CheckResult(summary=Summary(articles=2, annotations=3))
WARNED = CheckResult(diagnostics=(WARNING,), summary=Summary(articles=2, annotations=3, warnings=1))
BROKEN = CheckResult(diagnostics=(ERROR,), summary=Summary(articles=2, annotations=3, errors=1))
TABLES = {
    "articles": {"train": 2, "test": 1},
    "annotations": {"train": 2, "test": 1},
    "entities": {"train": 1200, "test": 0},
}


# check


@pytest.mark.parametrize(("result", "code"), [(CLEAN, 0), (WARNED, 0), (BROKEN, 1)])
@pytest.mark.parametrize("format_", ["text", "json"])
def test_check_exits_by_its_findings(run, stub, project, result, code, format_):
    stub(check=result)
    found = run("check", "--format", format_)
    assert found.exit_code == code
    assert found.stderr == ""


def test_check_shows_findings_and_figures(run, stub, project):
    stub(check=WARNED)
    assert run("check").stdout == (
        "seeds/x.txt:2:5: warning[ART001]: odd\n"
        "   |\n"
        " 2 | two words\n"
        "   |     ^^^^^\n"
        "\n"
        "1 warning in 2 articles, 3 annotations\n"
    )


def test_check_prints_json(run, stub, project):
    stub(check=BROKEN)
    contents = json.loads(run("check", "--format=json").stdout)
    assert set(contents) == {"diagnostics", "summary"}
    assert contents["diagnostics"][0]["code"] == "SPN003"


def test_check_hands_its_options_on(run, stub, project):
    calls = stub(check=CLEAN)
    run("check", "--select", "SPN,ref001", "--select", "LAB", "--ignore", "SPN003", "--jobs", "3")
    ((arguments, options),) = [call[1:] for call in calls if call[0] == "check"]
    assert arguments == (project,)
    assert options == {
        "select": ("SPN", "REF001", "LAB"),
        "ignore": ("SPN003",),
        "jobs": 3,
        "progress": None,  # stderr is no terminal
        "engine": "local",
        "scheduler": None,
        "found": None,
    }


def test_check_shows_no_more_than_asked_for(run, stub, project):
    stub(check=CheckResult(diagnostics=(ERROR,) * 3, summary=Summary(errors=3)))
    shown = run("check", "--limit", "1").stdout
    assert shown.count("[SPN003]") == 1
    assert "2 more findings" in shown
    assert shown.endswith("3 errors\n")


@pytest.mark.parametrize(
    "line",
    [("--project", "here", "check"), ("check", "--project", "here"), ("--project", "there", "check", "--project=here")],
)
def test_the_project_may_stand_before_and_behind_the_command(run, stub, project, line):
    calls = stub(check=CLEAN)
    assert run(*line).exit_code == 0
    assert calls[0] == ("open_project", (Path("here"),), {})


def test_without_a_project_the_current_folder_counts(run, stub, project):
    calls = stub(check=CLEAN)
    run("check")
    assert calls[0] == ("open_project", (None,), {})


# build


@pytest.fixture
def built(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return BuildResult(output=tmp_path / "dist", version="1.2.0", tables=TABLES, written=4, reused=2, check=WARNED)


def test_build_says_what_it_built_and_how_to_load_it(run, stub, project, built, golden):
    stub(build=built)
    found = run("build")
    assert found.exit_code == 0
    assert found.stderr == ""
    golden("build.txt", found.stdout)


def test_build_prints_json(run, stub, project, built, tmp_path):
    stub(build=built)
    assert json.loads(run("build", "--format", "json").stdout) == {
        "output": str(tmp_path / "dist"),
        "version": "1.2.0",
        "articles": 2,
        "annotations": 3,
        "tables": TABLES,
        "shards": {"written": 4, "reused": 2},
        "summary": WARNED.summary.as_json(),
    }


def test_build_hands_its_options_on(run, stub, project, built):
    calls = stub(build=built)
    run("build", "--output", "out", "--jobs", "2", "--locked", "--from-scratch")
    engine = {"engine": "local", "scheduler": None}
    flags = {"locked": True, "incremental": False}
    assert calls[-1][2] == {"output": Path("out"), "jobs": 2, "progress": None} | flags | engine


@pytest.mark.parametrize("command", ["build", "check", "card"])
def test_the_engine_is_handed_on(run, stub, project, command):
    calls = stub(**{command: UsageError("enough")})
    assert run(command, "--engine", "dask", "--scheduler", "tcp://host:1").exit_code == 2
    options = calls[-1][2]
    assert (options["engine"], options["scheduler"]) == ("dask", "tcp://host:1")


def test_mending_is_work_for_this_machine(run, stub, project):
    stub(fix=UsageError("this is not called"))
    found = run("check", "--fix", "--engine", "dask", "--scheduler", "tcp://host:1")
    assert found.exit_code == 2
    assert "leave --engine and --scheduler out" in found.stderr


def test_a_table_of_its_own_is_the_example_if_there_is_one(run, stub, project, built):
    tables = {"articles": {"train": 1}, "annotations": {"train": 1}}
    for extra, example in (({}, "annotations"), ({"links": {"train": 1}}, "annotations"), ({"cues": {}}, "cues")):
        stub(
            build=BuildResult(output=built.output, version="1", tables=tables | extra, written=0, reused=0, check=CLEAN)
        )
        assert f'load_dataset("dist")  # or load_dataset("dist", "{example}")\n' in run("build").stdout


# card


@pytest.fixture
def card(stub, project, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "CARD.md"
    path.write_text("old\nsame\n")

    def put(*, fresh):
        return stub(card=CardResult(path=path, text="new\x1b\nsame\n", fresh=fresh, check=CLEAN))

    return put


def test_card_says_whether_it_wrote(run, card):
    calls = card(fresh=False)
    found = run("card")
    assert (found.exit_code, found.stdout, found.stderr) == (0, "", "CARD.md written.\n")
    assert calls[-1][2]["write"] is True
    card(fresh=True)
    assert run("card").stderr == "CARD.md is up to date.\n"


def test_card_check_fails_on_a_stale_one_and_shows_why(run, card):
    calls = card(fresh=False)
    found = run("card", "--check")
    assert found.exit_code == 1
    assert "-old\n+new␛\n same\n" in found.stdout
    assert "stale" in found.stderr
    assert calls[-1][2]["write"] is False
    card(fresh=True)
    assert run("card", "--check").exit_code == 0


# what only looks


def test_explain_prints_the_page(run, stub):
    calls = stub(explain="# SPN003\n\nWhy.")
    assert run("explain", "spn003").stdout == "# SPN003\n\nWhy.\n"
    assert calls == [("explain", ("SPN003",), {})]


LABELS = {"names": ["person", "place"], "_type": "ClassLabel"}
ENTITY = pa.struct([("id", pa.string()), ("type", pa.int64())])
COMPILED = SimpleNamespace(
    arrow=pa.schema([("id", pa.string()), ("topic", pa.int64()), ("entities", pa.list_(ENTITY))]),
    features={
        "id": {"dtype": "string", "_type": "Value"},
        "topic": LABELS,
        "entities": {"feature": {"id": {"dtype": "string", "_type": "Value"}, "type": LABELS}, "_type": "List"},
    },
)


def test_schema_shows_columns_as_a_tree(run, stub, project, golden):
    stub(schema={"articles": COMPILED})
    golden("schema.txt", run("schema").stdout)


def test_schema_prints_json(run, stub, project):
    stub(schema={"articles": COMPILED})
    contents = json.loads(run("schema", "--format", "json").stdout)
    assert contents["articles"]["arrow"][0] == {"name": "id", "type": "string", "nullable": True}
    assert contents["articles"]["features"] == COMPILED.features


FIGURES = {
    "tables": TABLES,
    "texts": {
        "withheld": {"train": 1, "test": 0},
        "length": {
            "texts": 3, "total": 3000, "minimum": 500, "maximum": 2000, "mean": 1000.4, "quartiles": [500, 500, 2000]
        },
        "length_by_split": {},
    },
    "items": {"entities": {"train": 1200, "test": 0}},
    "values": {"articles": {"topic": {"train": {"日本": 2, "other": 0}, "test": {"日本": 0, "other": 1}}, "empty": {}}},
    "annotators": {"a1": 3},
    "licenses": {"CC0-1.0": {"included": 2, "withheld": 1}},
}  # fmt: skip


def test_stats_shows_tables(run, stub, project, golden):
    stub(stats=SimpleNamespace(as_json=lambda: FIGURES))
    golden("stats.txt", run("stats").stdout)


def test_stats_prints_json(run, stub, project):
    stub(stats=SimpleNamespace(as_json=lambda: FIGURES))
    assert json.loads(run("stats", "--format", "json").stdout) == FIGURES


@pytest.mark.parametrize(("result", "code"), [(CLEAN, 0), (BROKEN, 1)])
def test_verify_needs_no_project(run, stub, result, code):
    calls = stub(verify=result)
    assert run("verify", "dist").exit_code == code
    assert calls == [("verify", (Path("dist"),), {})]


# publish

PUBLISHED = PublishResult(
    target="data.g\x1bit", version="1.0.0", tag="v1.0.0", revision="f00d", written=1, kept=1200, new=True, dry_run=False
)


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        (
            PUBLISHED,
            "Published v1.0.0 to data.g␛it, commit f00d: 1 file written, 1,200 kept; read back, and found whole.",
        ),
        (
            replace(PUBLISHED, new=False),
            "data.g␛it has v1.0.0 already, with the same bytes, commit f00d: nothing was written.",
        ),
        (
            replace(PUBLISHED, dry_run=True, revision=None),
            "Would publish v1.0.0 to data.g␛it: 1 file written, 1,200 kept. Nothing was written.",
        ),
    ],
)
def test_publish_says_what_it_came_to(run, stub, result, shown):
    stub(publish=result)
    assert run("publish", "data.git", "--build", "dist").stdout == f"{shown}\n"


def test_publish_hands_its_options_on(run, stub):
    calls = stub(publish=PUBLISHED)
    assert run("publish", "hf://datasets/a/b", "--build", "s3://press/dist", "--private", "--dry-run").exit_code == 0
    options = {"private": True, "dry_run": True, "progress": None}
    assert calls == [("publish", ("s3://press/dist", "hf://datasets/a/b"), options)]


# withheld texts


def test_hydrate_names_what_is_missing(run, stub, project, tmp_path):
    result = HydrateResult(output=tmp_path, hydrated=("one", "t\x1bwo"), missing=("three",))
    calls = stub(hydrate=result)
    found = run("hydrate", "--from", "texts")
    assert found.exit_code == 1
    assert found.stdout == "one\nt␛wo\n"
    assert "2 texts put back" in found.stderr
    assert "1 text not found in texts: three" in found.stderr
    assert calls[-1] == ("hydrate", (project, Path("texts")), {})


def test_hydrate_takes_a_build_or_another_project(run, stub, project, tmp_path):
    calls = stub(hydrate=HydrateResult(output=tmp_path, hydrated=(), missing=()))
    assert run("hydrate", "--from", "texts", tmp_path).exit_code == 0
    assert calls[-2:] == [("open_project", (tmp_path,), {}), ("hydrate", (project, Path("texts")), {})] or calls[
        -1
    ] == (
        "hydrate",
        (project, Path("texts")),
        {},
    )
    (tmp_path / "manifest.json").write_text("{}")
    run("hydrate", "--from", "texts", tmp_path)
    assert calls[-1] == ("hydrate", (tmp_path, Path("texts")), {})


def test_withhold_lists_the_files_that_changed(run, stub, project):
    calls = stub(withhold=WithholdResult(withheld=("x",), files=("seeds/x.json", "seeds/x.txt")))
    found = run("withhold", "x")
    assert (found.exit_code, found.stdout) == (0, "seeds/x.json\nseeds/x.txt\n")
    assert calls[-1] == ("withhold", (project, ("x",)), {})


def test_init_says_what_to_do_next(run, stub, project):
    calls = stub(init=project)
    found = run("init", "new")
    assert (found.exit_code, found.stdout) == (0, "")
    assert f"cd {project.root} && dataset-builder build" in found.stderr
    assert calls == [("init", (Path("new"),), {})]

import json
from pathlib import Path

import pytest

from dataset_builder import FindingsError, UsageError
from dataset_builder.model.release import FileChange, ReleaseResult
from dataset_builder.model.result import CheckResult

RESULT = ReleaseResult(
    version="1.1.0",
    previous="1.0.0",
    bump="minor",
    demanded="patch",
    tag="v1.1.0",
    message="Release tiny 1.1.0\n",
    date="2026-01-02",
    files=(FileChange(path="a\x1b.md", old="one\n\x1b[31m\n", new="two\n\x1b[31m\n"),),
)


def test_options_reach_the_library(run, stub, project):
    calls = stub(release=RESULT)
    assert run("release", "--bump", "minor", "--dry-run", "--jobs", "2").exit_code == 0
    assert calls[-1] == ("release", (project,), {"bump": "minor", "dry_run": True, "jobs": 2, "progress": None})
    run("release")
    assert calls[-1][2] == {"bump": "auto", "dry_run": False, "jobs": 0, "progress": None}


def test_a_dry_run_shows_what_would_change_and_steers_no_terminal(run, stub, project):
    stub(release=RESULT)
    done = run("release", "--dry-run")
    assert done.stdout.splitlines() == [
        "Would release tiny 1.1.0, a minor version after 1.0.0; a patch one would do.",
        "",
        "--- a␛.md",
        "+++ a␛.md",
        "@@ -1,2 +1,2 @@",
        "-one",
        "+two",
        " ␛[31m",
        "",
        "A commit and the tag v1.1.0 would say: Release tiny 1.1.0",
        "",
        "Nothing was written.",
        "no findings",
    ]


def test_json_is_the_same_whatever_was_done(run, stub, project):
    stub(release=RESULT)
    found = json.loads(run("release", "--dry-run", "--format", "json").stdout)
    assert (found["version"], found["dry_run"], found["output"], found["diff"]) == ("1.1.0", True, None, None)
    assert found["files"][0]["new"] == "two\n\x1b[31m\n"


@pytest.mark.parametrize(("error", "code"), [(FindingsError("x", CheckResult()), 1), (UsageError("x"), 2)])
def test_exit_codes(run, stub, project, error, code):
    stub(release=error)
    assert run("release").exit_code == code


@pytest.mark.parametrize("arguments", [["--bump", "huge"], ["1.0.0"], ["--jobs", "0"]])
def test_usage(run, stub, project, arguments):
    stub(release=RESULT)
    assert run("release", *arguments).exit_code == 2


def test_verify_hands_the_project_on(run, stub, project):
    calls = stub(verify=CheckResult())
    assert run("verify", "dist", "--rebuild").exit_code == 0
    assert calls[-1] == ("verify", (Path("dist"),), {"rebuild": project, "jobs": 0, "progress": None})

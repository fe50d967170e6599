import json

import pytest

from dataset_builder import FindingsError, UsageError
from dataset_builder.model.diff import Change, Diff, Section, Side
from dataset_builder.model.result import CheckResult

SIDE = Side(name="v1", dataset="tiny", version="1.0.0", articles=1, annotations=1)
SAME = Diff(old=SIDE, new=SIDE)
OTHER = Diff(old=SIDE, new=SIDE, dataset=(Change(path="license", old="MIT", new="CC0-1.0"),), articles=Section())


def test_options_reach_the_library(run, stub, tmp_path):
    calls = stub(diff=SAME)
    assert run("diff", "v1", "v2", "--project", tmp_path, "--limit", "3", "--jobs", "2").exit_code == 0
    (_, arguments, options) = calls[-1]
    assert arguments == ("v1", "v2")
    assert (options["directory"], options["limit"], options["jobs"]) == (tmp_path, 3, 2)
    run("diff", "v1", "--summary")
    assert (calls[-1][1], calls[-1][2]["limit"], calls[-1][2]["directory"]) == (("v1", None), 0, None)


@pytest.mark.parametrize("format_", ["text", "json", "markdown"])
def test_exit_codes(run, stub, format_):
    stub(diff=OTHER)
    found = run("diff", "v1", "--format", format_)
    assert found.exit_code == 1
    assert "CC0-1.0" in found.stdout
    stub(diff=SAME)
    assert run("diff", "v1", "--format", format_).exit_code == 0


def test_what_does_not_build(run, stub):
    stub(diff=FindingsError("v1 can't be built", CheckResult()))
    found = run("diff", "v1", "--format", "json")
    assert found.exit_code == 2
    assert json.loads(found.stdout)["diagnostics"] == []
    assert found.stderr == "error: v1 can't be built\n"


@pytest.mark.parametrize("arguments", [[], ["v1", "v2", "v3"], ["v1", "--limit", "-1"], ["v1", "--format", "xml"]])
def test_usage(run, stub, arguments):
    stub(diff=SAME)
    assert run("diff", *arguments).exit_code == 2


def test_what_is_not_there(run, stub):
    stub(diff=UsageError("'v9' is neither a folder nor a revision"))
    found = run("diff", "v9")
    assert (found.exit_code, found.stdout) == (2, "")
    assert "'v9' is neither" in found.stderr

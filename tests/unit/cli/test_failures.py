import json

import pytest

import dataset_builder
from dataset_builder.errors import (
    ConfigurationError,
    DatasetBuilderError,
    FindingsError,
    InternalError,
    OutputError,
    UsageError,
)
from dataset_builder.model.diagnostic import Diagnostic, Place, Severity
from dataset_builder.model.result import CheckResult, Summary

CONFIGURATION = Diagnostic(
    code="CFG002",
    severity=Severity.ERROR,
    message="unknown key `nam`: did you mean `name`?",
    place=Place(file="dataset.toml", line=1, column=1),
)
SPAN = Diagnostic(
    code="SPN003", severity=Severity.ERROR, message="wrong", place=Place(file="seeds/x.txt", line=2, column=1)
)


def result(*diagnostics):
    return CheckResult(diagnostics=diagnostics, summary=Summary(errors=len(diagnostics)))


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (UsageError("there is no project"), 2, "error: there is no project\n"),
        (OutputError("no space"), 2, "error: no space\n"),
        (DatasetBuilderError("something"), 2, "error: something\n"),
        (InternalError("x"), 3, "internal error: InternalError: x; run again with --debug, and report what it shows\n"),
        (ValueError("a\x1b[31m"), 3, "internal error: ValueError: a␛[31m; run again with --debug, "),
        (RecursionError(), 3, "internal error: RecursionError"),
    ],
)
def test_an_error_is_a_line_and_an_exit_code(run, stub, project, error, code, words):
    stub(check=error)
    found = run("check")
    assert found.exit_code == code
    assert found.stdout == ""
    assert found.stderr.startswith(words)
    assert found.stderr.count("\n") == 1


@pytest.mark.parametrize("line", [("--debug", "check"), ("check", "--debug")])
@pytest.mark.parametrize(("error", "code"), [(ValueError("x"), 3), (UsageError("x"), 2)])
def test_debug_shows_the_traceback(run, stub, project, line, error, code):
    stub(check=error)
    found = run(*line)
    assert found.exit_code == code
    assert "Traceback (most recent call last)" in found.stderr
    assert "run again" not in found.stderr


@pytest.mark.parametrize("command", [("check",), ("build",), ("stats",), ("card",)])
def test_errors_of_the_configuration_are_shown_with_their_lines(run, stub, tmp_path, command):
    (tmp_path / "dataset.toml").write_text('nam = "x"\n')
    stub(open_project=ConfigurationError("1 error", result(CONFIGURATION), tmp_path), build=None, stats=None, card=None)
    found = run(*command)
    assert found.exit_code == 2
    assert ' 1 | nam = "x"\n   | ^^^\n' in found.stdout
    assert found.stdout.endswith("1 error\n")


def test_errors_of_the_configuration_are_json_where_asked_for(run, stub, tmp_path):
    stub(open_project=ConfigurationError("1 error", result(CONFIGURATION), tmp_path), build=None)
    found = run("build", "--format", "json")
    assert found.exit_code == 2
    assert json.loads(found.stdout)["diagnostics"][0]["code"] == "CFG002"


def test_findings_that_stop_a_build_are_shown(run, stub, project):
    stub(build=FindingsError("1 error stands in the way", result(SPAN)))
    found = run("build")
    assert found.exit_code == 1
    assert " 2 | two words\n" in found.stdout
    assert found.stderr == "error: 1 error stands in the way\n"
    assert json.loads(run("build", "--format", "json").stdout)["summary"]["errors"] == 1


@pytest.mark.parametrize(
    "line",
    [("nonsense",), ("check", "--nonsense"), ("check", "--format", "xml"), ("check", "--jobs", "0"), ("explain",)],
)
def test_a_wrong_command_line_exits_with_two(run, line):
    found = run(*line)
    assert found.exit_code == 2
    assert found.stdout == ""
    assert "Traceback" not in found.stderr


def test_no_project_at_all(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = run("check")
    assert found.exit_code == 2
    assert "dataset-builder init" in found.stderr


def test_the_root_has_every_function_that_commands_use():
    for name in ("build", "card", "check", "excerpts", "explain", "hydrate", "init", "open_project"):
        assert name in dataset_builder.__all__

"""What the command line takes, what it refuses and what it says then."""

from importlib import metadata
from inspect import signature
from pathlib import Path
from typing import get_args

import click
import pytest

import dataset_builder
from dataset_builder.cli.app import app
from dataset_builder.errors import UsageError
from dataset_builder.report.formats import FormatName, OutcomeFormatName

# Scripts rely on these. A bare word is a positional argument; `!` is behind what must be given, `=` behind what takes a
# value, `*` behind what may be given several times.
SURFACE = {
    "init": "DIR! --from= --option=* --debug",
    "check": "--select=* --ignore=* --fix --diff --format= --limit= --jobs= --engine= --scheduler= --project= --debug",
    "anchor": "[ID...]* --was= --accept-changed --diff --format= --project= --debug",
    "explain": "CODE! --debug",
    "schema": "--format= --project= --debug",
    "build": "--output= --jobs= --engine= --scheduler= --locked --from-scratch --format= --project= --debug",
    "verify": "DIR! --rebuild --signers= --jobs= --format= --project= --debug",
    "diff": "A! [B] --format= --limit= --summary --jobs= --project= --debug",
    "release": "--bump= --dry-run --jobs= --format= --project= --debug",
    "publish": "TARGET! --build= --private --dry-run --format= --project= --debug",
    "sign": "DIR! --key=! --debug",
    "card": "--check --engine= --scheduler= --project= --debug",
    "stats": "--format= --project= --debug",
    "import": "[FORMAT] SRC!* --into= --name= --license= --option=* --force --prune --format= --limit= --project= "
    "--debug",
    "export": "FORMAT! DST! --annotator= --option=* --format= --limit= --project= --debug",
    "hydrate": "--from=! [TARGET] --project= --debug",
    "withhold": "ID...!* --project= --debug",
}
OUTCOME, FINDINGS = get_args(OutcomeFormatName), get_args(FormatName)


def commands():
    with click.Context(app) as context:
        return {name: app.get_command(context, name) for name in app.list_commands(context)}


def written(parameter):
    """A parameter in the notation of `SURFACE`."""
    if isinstance(parameter, click.Argument):
        return f"{parameter.metavar}{'!' * parameter.required}{'*' * (parameter.nargs < 0)}"
    marks = "=" * (not parameter.is_flag) + "!" * parameter.required + "*" * parameter.multiple
    return f"{' '.join(parameter.opts)}{marks}"


@pytest.fixture
def ended(stub, project):
    """Lets no function of the package root do anything; gives what they were called with."""
    functions = {name for name in dataset_builder.__all__ if name.islower()} - {"open_project", "excerpts"}
    more = ("import_corpus", "init_from", "publish", "release", "schema", "stats", "verify", "withhold")
    return stub(**dict.fromkeys((*functions, *more), UsageError("enough")))


# what there is


def test_the_command_line_is_what_scripts_rely_on():
    assert {name: " ".join(map(written, command.params)) for name, command in commands().items()} == SURFACE


def test_every_function_takes_what_its_options_give():
    for command in commands().values():
        taken = [name for name in signature(command.callback).parameters if name != "context"]
        assert sorted(taken) == sorted(parameter.name for parameter in command.params if parameter.expose_value)


def test_all_of_it_is_explained():
    for command in (app, *commands().values()):
        assert all(parameter.help.endswith((".", "….")) for parameter in command.params)


@pytest.fixture
def helped(capsys, monkeypatch):
    """What a terminal of so many columns is shown; click's own runner knows but one width."""

    def shown(columns, *line):
        monkeypatch.setenv("COLUMNS", str(columns))
        with pytest.raises(SystemExit) as ended:
            app.main([*line], prog_name="dataset-builder")
        captured = capsys.readouterr()
        assert (ended.value.code, captured.err) == (0, "")
        return captured.out

    return shown


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize(("columns", "widest"), [(80, 80), (200, 100)])  # longer lines are hard to read
@pytest.mark.parametrize("name", ["", *SURFACE])
def test_help_fits_the_terminal_and_names_everything(helped, flag, columns, widest, name):
    found = helped(columns, *filter(None, [name]), flag)
    assert max(map(len, found.splitlines())) <= widest
    shown = " ".join(found.split())
    command = commands()[name] if name else app
    assert all(parameter.help in shown for parameter in command.params)
    assert " ".join(command.help.replace("\b", "").split()) in shown


def test_what_room_there_is_is_made_use_of(helped):
    assert 80 < max(map(len, helped(100, "check", "--help").splitlines())) <= 100


def test_the_list_of_commands_cuts_no_text_short(helped):
    shown = " ".join(helped(80, "--help").split())
    for name, command in commands().items():
        assert f" {name} {command.help.partition(chr(10))[0]}" in shown


@pytest.mark.parametrize("name", SURFACE)
def test_an_example_is_on_a_line_of_its_own(helped, name):
    (line,) = (line for line in helped(60, name, "--help").splitlines() if "Example:" in line)
    assert line.strip() in commands()[name].help.splitlines()


def test_help_says_what_may_be_given_and_what_is_taken_otherwise(run):
    shown = " ".join(run("check", "--help").stdout.split())
    assert "--format [text|json|github|sarif|junit] For people, or for programs. [default: text]" in shown
    assert "other formats have all. [default: 100; x>=0]" in shown
    assert "one a processor if not given. [x>=1]" in shown
    assert "(SPN003, SPN); repeatable. --ignore" in shown  # of what is nothing, no default is shown
    assert "by any name. [required]" in " ".join(run("hydrate", "--help").stdout.split())


def test_nothing_at_all_shows_help(run):
    found = run()
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr == run("--help").stdout


@pytest.mark.parametrize("line", [("--version",), ("--version", "check"), ("--debug", "--version", "nonsense")])
def test_the_version_comes_before_all_else(run, line):
    found = run(*line)
    assert (found.exit_code, found.stderr) == (0, "")
    assert found.stdout.startswith("dataset-builder ")
    assert found.stdout.count("\n") == 1


def test_a_program_that_is_not_installed_says_so(run, monkeypatch):
    def version(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", version)
    found = run("--version")
    assert (found.exit_code, found.stdout) == (0, "dataset-builder, run from its sources without being installed\n")


# what is taken


@pytest.mark.parametrize(
    ("line", "arguments", "options"),
    [
        (("anchor",), (), {"was": None, "articles": (), "accept_changed": False, "write": True}),
        (("anchor", "b", "a", "--was", "old"), (), {"was": Path("old"), "articles": ("b", "a")}),
        (("anchor", "--diff", "--accept-changed"), (), {"write": False, "accept_changed": True}),
        (("build",), (), {"output": None, "jobs": 0, "locked": False, "incremental": True, "engine": "local"}),
        (("build", "--output", "s3://corpus/dist"), (), {"output": "s3://corpus/dist"}),
        (("check",), (), {"select": (), "ignore": (), "jobs": 0, "engine": "local", "scheduler": None}),
        (("check", "--ignore=b,a", "--ignore", "c", "--ignore", ""), (), {"ignore": ("B", "A", "C"), "select": ()}),
        (("check", "--jobs", "1", "--jobs", "2"), (), {"jobs": 2}),
        (("card",), (), {"write": True, "jobs": 0, "engine": "local", "scheduler": None}),
        (("release",), (), {"bump": "auto", "dry_run": False, "jobs": 0}),
        (("release", "--bump", "minor", "--dry-run"), (), {"bump": "minor", "dry_run": True}),
        (("publish", "there", "--build", "dist"), (Path("dist"), "there"), {"private": False, "dry_run": False}),
    ],
)
def test_options_reach_the_library(run, ended, line, arguments, options):
    assert run(*line).stderr == "error: enough\n"
    name, positional, named = ended[-1]
    assert name == line[0]
    assert positional[-len(arguments) :] == arguments or not arguments
    assert {key: named[key] for key in options} == options


@pytest.mark.parametrize(
    ("line", "call"),
    [
        (("init", "new"), ("init", (Path("new"),), {})),
        (("explain", ["--", "-x"][0], "-x"), ("explain", ("-X",), {})),
        (("sign", "dist", "--key", "key"), ("sign", (Path("dist"), Path("key")), {})),
        (("sign", "--key=key", "dist"), ("sign", (Path("dist"), Path("key")), {})),
        (("verify", "s3://corpus/dist"), ("verify", ("s3://corpus/dist",), {})),
        (("verify", "dist", "--signers", "known"), ("verify", (Path("dist"),), {"signers": Path("known")})),
        (
            ("diff", "v1"),
            ("diff", ("v1", None), {"directory": None, "limit": 20, "jobs": 0, "progress": None}),
        ),
        (
            ("diff", "v1", "v2", "--limit", "0", "--project", "here"),
            ("diff", ("v1", "v2"), {"directory": Path("here"), "limit": 0, "jobs": 0, "progress": None}),
        ),
        (
            ("init", "--from", "auto", "src", "new", "--option", "a=b", "--option", "c=d=e"),
            ("init_from", (Path("new"), None, "src"), {"options": {"a": "b", "c": "d=e"}, "progress": None}),
        ),
        (
            ("init", "new", "--from", "brat", "src"),
            ("init_from", (Path("new"), "brat", "src"), {"options": {}, "progress": None}),
        ),
    ],
)
def test_arguments_reach_the_library(run, ended, line, call):
    assert run(*line).stderr == "error: enough\n"
    assert ended[-1] == call


@pytest.mark.parametrize(
    ("line", "path", "options"),
    [
        (("import", "src", "--into", "new"), "src", {"format": None, "name": None, "license": None, "force": False}),
        (("import", "brat", "src", "--into", "new"), "src", {"format": "brat", "prune": False, "options": {}}),
        (
            ("import", "--into=new", "--name", "n", "--license", "CC0-1.0", "--force", "--prune", "src"),
            "src",
            {"name": "n", "license": "CC0-1.0", "force": True, "prune": True},
        ),
    ],
)
def test_an_import_is_of_a_source_whose_format_may_be_named(run, ended, line, path, options):
    assert run(*line).stderr == "error: enough\n"
    name, positional, named = ended[-1]
    assert (name, positional) == ("import_corpus", (path, Path("new")))
    assert {key: named[key] for key in options} == options


def test_what_is_behind_two_hyphens_is_no_option(run, ended, project):
    run("withhold", "--", "--project", "-x")
    assert ended[-1] == ("withhold", (project, ("--project", "-x")), {})


# what is refused


@pytest.mark.parametrize(
    ("line", "choices"),
    [
        (("check", "--format"), FINDINGS),
        (("verify", "dist", "--format"), FINDINGS),
        (("diff", "a", "--format"), ("text", "json", "markdown")),
        (("release", "--bump"), ("auto", "major", "minor", "patch")),
        *(((command, "--engine"), ("local", "dask")) for command in ("build", "check", "card")),
        *(((command, "--format"), OUTCOME) for command in ("anchor", "build", "release", "schema", "stats")),
        *((line, OUTCOME) for line in (("import", "a", "--format"), ("export", "a", "b", "--format"))),
        (("publish", "there", "--format"), OUTCOME),
    ],
)
@pytest.mark.parametrize("value", ["nonsense", "", "TEXT", "Local", "text,json"])
def test_a_choice_is_one_of_those_that_are_named(run, ended, line, choices, value):
    found = run(*line, value)
    assert (found.exit_code, found.stdout, ended) == (2, "", [])
    named = ", ".join(map(repr, choices))
    assert found.stderr.endswith(f"Error: Invalid value for '{line[-1]}': {value!r} is not one of {named}.\n")
    assert found.stderr.startswith(f"Usage: dataset-builder {line[0]} ")
    assert f"Try 'dataset-builder {line[0]} --help' for help." in found.stderr


@pytest.mark.parametrize(
    ("line", "least"),
    [
        *(((*line, "--jobs"), 1) for line in (("build",), ("check",), ("diff", "a"), ("release",), ("verify", "dist"))),
        *(((*line, "--limit"), 0) for line in (("check",), ("diff", "a"), ("export", "a", "b"), ("import", "a"))),
    ],
)
def test_a_number_is_a_whole_one_that_is_large_enough(run, ended, line, least):
    for value in ("x", "1.5", "", "0x10", "1e3"):
        found = run(*line, value)
        assert (found.exit_code, found.stdout, ended) == (2, "", [])
        assert found.stderr.endswith(f"Error: Invalid value for '{line[-1]}': {value!r} is not a valid integer.\n")
    found = run(*line, least - 1)
    assert (found.exit_code, found.stdout, ended) == (2, "", [])
    assert found.stderr.endswith(f"'{line[-1]}': {least - 1} is not in the range x>={least}.\n")
    run(*line, least)
    assert ended or line[0] == "import"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("init",), "Missing argument 'DIR'."),
        (("explain",), "Missing argument 'CODE'."),
        (("verify",), "Missing argument 'DIR'."),
        (("diff",), "Missing argument 'A'."),
        (("publish",), "Missing argument 'TARGET'."),
        (("sign", "--key", "key"), "Missing argument 'DIR'."),
        (("sign", "dist"), "Missing option '--key'."),
        (("import",), "Missing argument '[FORMAT] SRC'."),
        (("export",), "Missing argument 'FORMAT'."),
        (("export", "brat"), "Missing argument 'DST'."),
        (("hydrate",), "Missing option '--from'."),
        (("hydrate", "project"), "Missing option '--from'."),
        (("withhold",), "Missing argument 'ID...'."),
        (("--debug",), "Missing command."),
        (("init", "new", "--from", "brat"), "Option '--from' requires 2 arguments."),
        (("check", "--format"), "Option '--format' requires an argument."),
        (("--project",), "Option '--project' requires an argument."),
    ],
)
def test_what_is_missing_is_named(run, ended, line, said):
    found = run(*line)
    assert (found.exit_code, found.stdout, ended) == (2, "", [])
    assert found.stderr.endswith(f"Error: {said}\n")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("check", "more"), "Got unexpected extra argument (more)"),
        (("check", "--", "--fix"), "Got unexpected extra argument (--fix)"),
        (("diff", "a", "b", "c", "d"), "Got unexpected extra arguments (c d)"),
        (("init", "a", "b"), "Got unexpected extra argument (b)"),
        (("check", "--fix=1"), "Option '--fix' does not take a value."),
        (("chekc",), "No such command 'chekc'. Did you mean 'check'?"),
        (("nonsense",), "No such command 'nonsense'."),
        (("check", "--form", "json"), "No such option '--form'. Did you mean '--format'?"),
        (("check", "-f"), "No such option '-f'."),
        (("build", "--fix"), "No such option '--fix'."),
        (("explain", "SPN003", "--project", "x"), "No such option '--project'."),
        (("--fix", "check"), "No such option '--fix'."),
    ],
)
def test_what_is_too_much_is_named(run, ended, line, said):
    found = run(*line)
    assert (found.exit_code, found.stdout, ended) == (2, "", [])
    assert found.stderr.endswith(f"Error: {said}\n")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("check", "--fix", "--engine", "dask"), "leave --engine and --scheduler out"),
        (("check", "--diff", "--scheduler", "tcp://host:1"), "leave --engine and --scheduler out"),
        *((("check", "--diff", "--format", name), "leave the format out") for name in ("github", "sarif", "junit")),
        (("import", "a", "b", "c", "--into", "new"), "one source at a time: c is too much"),
        (("import", "a", "--into", "new", "--option", "by"), "'by' is no option: write NAME=VALUE"),
        (("export", "brat", "out", "--option", "=x"), "'=x' is no option: write NAME=VALUE"),
        (("init", "new", "--from", "brat", "src", "--option", "by"), "'by' is no option: write NAME=VALUE"),
    ],
)
def test_what_does_not_go_together_is_refused(run, ended, line, said):
    found = run(*line)
    assert (found.exit_code, found.stdout) == (2, "")
    assert said in found.stderr
    assert {name for name, *_ in ended} <= {"open_project", "excerpts"}


@pytest.mark.parametrize("line", [("check", "--fix", "--format", "sarif"), ("check", "--diff", "--format", "json")])
def test_what_does_go_together_is_done(run, ended, line):
    assert run(*line).stderr == "error: enough\n"
    assert ended[-1][0] == "fix"

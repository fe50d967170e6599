"""What only shows in a process of its own."""

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from select import select

import pytest

COMMANDS = (
    *("init", "check", "anchor", "explain", "schema", "build", "verify", "diff", "release", "publish", "sign"),
    *("card", "stats", "import", "export", "hydrate", "withhold"),
)


@pytest.fixture
def start(tmp_path):
    """Starts Python code, or the command line, in a process of its own."""

    def start(*arguments, code=None, **options):
        environment = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR")}
        environment |= {"PYTHONPATH": str(Path.cwd()), "COLUMNS": "100"}
        how = ("-c", code) if code else ("-m", "dataset_builder")
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": tmp_path} | options
        return subprocess.Popen([sys.executable, *how, *arguments], env=environment, **options)

    return start


def outcome(process):
    stdout, stderr = process.communicate(timeout=60)
    return process.returncode, stdout, stderr


def test_help_names_every_command(start):
    code, shown, _ = outcome(start("--help"))
    assert code == 0
    _, _, listed = shown.partition("\nCommands:\n")
    assert re.findall(r"^  ([a-z]+)  +\S", listed, re.MULTILINE) == list(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_has_an_example(start, command):
    code, shown, _ = outcome(start(command, "--help"))
    assert code == 0
    assert f"Example: dataset-builder {command}" in shown


LOADING = """
import sys
from dataset_builder.cli import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize("line", [("--help",), ("--version",), ("check", "--help")])
def test_help_and_version_load_nothing_heavy(start, line):
    _, _, loaded = outcome(start(*line, code=LOADING))
    rooms = {name.partition(".")[0] for name in loaded.split()}
    assert "click" in rooms
    assert rooms.isdisjoint({"pyarrow", "datasets", "jsonschema", "jsonschema_rs", "orjson", "referencing"})
    assert rooms.isdisjoint({"pydantic", "rich", "typer"})


@pytest.mark.parametrize(("line", "modules"), [(("check", "-h"), {"check"}), (("--version",), set())])
def test_only_the_command_that_is_asked_for_is_loaded(start, line, modules):
    _, _, loaded = outcome(start(*line, code=LOADING))
    rooms = {"import": "importing", "export": "exporting"}
    ours = {f"dataset_builder.cli.{rooms.get(name, name)}": name for name in COMMANDS}
    assert {ours[name] for name in loaded.split() if name in ours} == modules


def test_version(start):
    code, shown, _ = outcome(start("--version"))
    assert code == 0
    assert shown.startswith("dataset-builder")


STUBBED = """
import dataset_builder, sys
from pathlib import Path
from types import SimpleNamespace
from dataset_builder.cli import main
from dataset_builder.model.diagnostic import Diagnostic, Place, Severity
from dataset_builder.model.result import CheckResult, Summary
found = Diagnostic(code="X001", severity=Severity.ERROR, message="日本 \\ud800", place=Place(file="a"))
dataset_builder.open_project = lambda _: SimpleNamespace(root=Path())
dataset_builder.excerpts = lambda _: lambda _: None
def check(*arguments, progress, **options):
    {body}
    return CheckResult(diagnostics=(found,) * {count}, summary=Summary(errors={count}))
dataset_builder.check = check
sys.argv = ["dataset-builder", "check", "--limit", "1000000"]
main()
"""


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_gone_is_no_error(start, unbuffered, monkeypatch):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    process = start(code=STUBBED.format(body="", count=100_000))
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(60) == 141
    process.stderr.close()


def test_an_interrupt_exits_quietly(start):
    process = start(code=STUBBED.format(body="print('at work', flush=True); import time; time.sleep(60)", count=0))
    assert process.stdout.readline() == "at work\n"
    process.send_signal(signal.SIGINT)
    code, _, remarks = outcome(process)
    assert (code, remarks) == (130, "")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_locale_that_lacks_characters_is_no_error(start, encoding, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    code, shown, remarks = outcome(start(code=STUBBED.format(body="", count=1), encoding=encoding))
    assert (code, remarks) == (1, "")
    assert ("日本" if encoding == "utf-8" else r"\u65e5\u672c") in shown
    assert "<U+D800>" in shown


def in_terminal(start, code):
    """What a process writes whose stdout and stderr are a terminal."""
    ours, theirs = pty.openpty()
    process = start(code=code, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while select([ours], [], [], 60)[0]:
        try:
            shown += os.read(ours, 1 << 16)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    return process.wait(60), shown.decode()


def test_a_terminal_gets_color_and_a_bar(start, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    body = "progress('[bold]check\\x07', 1, 2); import time; time.sleep(0.3); progress('write', 0, None)"
    code, shown = in_terminal(start, STUBBED.format(body=body, count=1))
    assert code == 1
    assert "\x1b[1;31merror[X001]\x1b[0m" in shown
    assert "[bold]check␇" in shown
    assert "1/2" in shown


def test_a_terminal_gets_the_first_findings_before_the_report(start):
    body = "options['found']((found,) * 3); options['found']((found,) * 9); print('REPORT')"
    code, shown = in_terminal(start, STUBBED.format(body=body, count=1))
    assert code == 1
    early, _, report = shown.partition("REPORT")
    assert early.count("a: error[X001]: 日本 <U+D800>") == 5
    assert report.count("X001") == 1


def test_elsewhere_there_is_neither(start):
    code, shown, remarks = outcome(start(code=STUBBED.format(body="assert progress is None", count=1)))
    assert (code, remarks) == (1, "")
    assert "\x1b" not in shown

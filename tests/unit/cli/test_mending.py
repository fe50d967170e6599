import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parents[2] / "rules/base"
ROOT = Path(__file__).resolve().parents[3]
MILL = "annotations/ada/mill.json"
RIGHT = '"start": 27, "end": 31, "quote": "said"'
WRONG = '"start": 28, "end": 32, "quote": "said"'


@pytest.fixture
def folder(tmp_path):
    """A project in which a span has shifted."""
    shutil.copytree(BASE, tmp_path / "project")
    path = tmp_path / "project" / MILL
    path.write_bytes(path.read_bytes().replace(RIGHT.encode(), WRONG.encode()))
    return tmp_path / "project"


@pytest.fixture
def command(folder):
    """Runs the real command in the project; gives its exit code and what it printed."""

    def run(*arguments, **environment):
        kept = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR")}
        done = subprocess.run(
            [sys.executable, "-m", "dataset_builder", *arguments],
            cwd=folder,
            env=kept | {"PYTHONPATH": str(ROOT)} | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


def test_fixing_mends_and_reports_what_is_left(folder, command):
    code, shown, said = command("check", "--fix")
    assert (code, said) == (0, "1 finding fixed in 1 file.\n")
    assert shown.startswith("no findings in 3 articles")
    assert RIGHT in (folder / MILL).read_text(encoding="utf-8")
    assert command("check", "--fix")[2] == "0 findings fixed.\n"


def test_a_difference_alone_is_a_dry_run(folder, command):
    code, shown, said = command("check", "--diff")
    assert (code, said) == (1, "1 finding would be fixed in 1 file.\n")
    assert shown.startswith(f"--- a/{MILL}\n+++ b/{MILL}\n@@ -13,7 +13,7 @@\n")
    assert "1 error (1 fixable with --fix)" in shown
    assert WRONG in (folder / MILL).read_text(encoding="utf-8")


def test_fixing_with_a_difference_does_both(folder, command):
    code, shown, _ = command("check", "--fix", "--diff")
    assert code == 0
    assert re.search(r"^\+ .*27", shown, re.MULTILINE)
    assert RIGHT in (folder / MILL).read_text(encoding="utf-8")


def test_a_difference_is_coloured_where_that_is_wanted(command):
    _, shown, _ = command("check", "--diff", FORCE_COLOR="1")
    assert "\x1b[36m@@ -13,7 +13,7 @@\x1b[0m\n" in shown
    assert re.search(r"^\x1b\[31m-.*\x1b\[0m$", shown, re.MULTILINE)


def test_json_has_the_difference_too(command):
    code, shown, _ = command("check", "--diff", "--format", "json")
    contents = json.loads(shown)
    assert code == 1
    assert contents["fix"] == {"fixed": 1, "written": False, "files": [MILL], "left": []}
    assert contents["diff"].startswith(f"--- a/{MILL}\n")
    assert contents["diagnostics"][0]["fixable"] is True
    contents = json.loads(command("check", "--fix", "--format", "json")[1])
    assert (contents["fix"]["written"], contents["diagnostics"], "diff" in contents) == (True, [], False)


def test_other_formats_take_no_difference(command):
    code, shown, said = command("check", "--diff", "--format", "sarif")
    assert (code, shown) == (2, "")
    assert "--diff" in said
    assert command("check", "--fix", "--format", "sarif")[0] == 0


def test_what_was_left_is_said(folder, command):
    (folder / "real.json").write_bytes((folder / MILL).read_bytes())
    (folder / MILL).unlink()
    (folder / MILL).symlink_to("../../real.json")
    code, _, said = command("check", "--fix")
    assert code == 1
    assert f"{MILL}: 1 change not made: it is reached by a symbolic link" in said


def revise(folder, text):
    (folder / "seeds/mill.txt").write_bytes(text.encode())


def test_anchoring_tells_what_became_of_spans(folder, command):
    revise(folder, "Yesterday Ada met old Bo.\nBo said it was late.\n")
    code, shown, _ = command("anchor")
    assert code == 1
    assert f"{MILL}:11:5: lost: " in shown
    assert shown.splitlines()[-1].startswith("4 exact, 3 moved, 0 changed, 3 lost; 1 file changed")


def test_anchoring_shows_changed_quotes(folder, command, tmp_path):
    (tmp_path / "old").mkdir()
    shutil.copy(BASE / "seeds/mill.txt", tmp_path / "old/x")
    revise(folder, "Ada met Bo at the old\tmill.\nBo said it was late.\n")
    code, shown, _ = command("anchor", "--was", str(tmp_path / "old"))
    assert code == 1
    assert "changed: its text was revised\n  - the mill\n  + the old␉mill\n" in shown
    code, shown, _ = command("anchor", "--was", str(tmp_path / "old"), "--accept-changed", "mill")
    assert (code, "1 changed, 0 lost" in shown) == (0, True)


def test_anchoring_as_json(folder, command):
    revise(folder, "Then Ada met Bo at the mill.\nBo said it was late.\n")
    before = (folder / MILL).read_bytes()
    code, shown, _ = command("anchor", "--diff", "--format", "json")
    contents = json.loads(shown)
    assert code == 0
    assert contents["summary"]["moved"] == 6
    assert contents["spans"][0]["after"] == [5, 8]
    assert contents["diff"].startswith("--- a/")
    assert (folder / MILL).read_bytes() == before


def test_anchoring_what_is_not_there(command):
    assert command("anchor", "mil")[0] == 2
    assert command("anchor", "--was", "nowhere")[0] == 2


# What docs/mending.md shows


@pytest.fixture
def documented(tmp_path, command):
    """A new project in the place of the one in which a span has shifted."""
    assert command("init", "../new")[0] == 0
    shutil.rmtree(tmp_path / "project")
    (tmp_path / "new").rename(tmp_path / "project")
    return (ROOT / "docs/mending.md").read_text(encoding="utf-8")


def change(path, *pairs):
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_bytes(text.encode())


def test_fixing_is_documented_as_it_is(folder, command, documented):
    text = (folder / "seeds/bakery-reopens.txt").read_text(encoding="utf-8")
    path = folder / "annotations/a1/bakery-reopens.json"
    counted = re.sub(
        r'"(start|end)": ([0-9]+)',
        lambda found: f'"{found[1]}": {len(text[: int(found[2])].encode())}',
        path.read_text(encoding="utf-8"),
    )
    path.write_bytes(counted.encode())
    _, shown, said = command("check", "--diff")
    assert shown[: shown.index(" }\n") + 3] in documented
    assert said in documented
    _, shown, said = command("check", "--fix")
    assert f"$ dataset-builder check --fix\n{shown}{said}" in documented


def test_anchoring_is_documented_as_it_is(folder, command, documented, tmp_path):
    shutil.copytree(folder / "seeds", tmp_path / "old")
    path = folder / "annotations/a1/night-bus-stays.json"
    change(
        path,
        ('"start": 56, "end": 64, "quote": "Elm Hill"', '"quote": "Elm Hill", "occurrence": 1'),
        ('"start": 196, "end": 206, ', ""),
        ('"start": 239, "end": 247, "quote": "Elm Hill"', '"quote": "Elm Hill", "prefix": "Some in "'),
    )
    assert f"$ dataset-builder anchor --diff\n{command('anchor', '--diff')[1]}" in documented
    assert command("anchor")[0] == 0
    change(
        folder / "seeds/bakery-reopens.txt",
        (
            "The bakery on Harbour Street opened again on Saturday, two",
            "The oldest bakery on Harbour Street opened again on Saturday, almost two",
        ),
        ("We never thought", "We never once thought"),
        (" Mayor Tom Reyes called it “money well spent”.", ""),
    )
    code, shown, _ = command("anchor", "--accept-changed", "--was", str(tmp_path / "old"))
    assert code == 1
    assert f"$ dataset-builder anchor --accept-changed\n{shown}" in documented

import gzip
import json
import shutil
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataset_builder.errors import OutputError, UsageError
from dataset_builder.pipeline import rewriting
from dataset_builder.pipeline.check import check
from dataset_builder.pipeline.mend import fix
from dataset_builder.pipeline.opening import open_project
from dataset_builder.pipeline.rewriting import Rewriter

BASE = Path(__file__).resolve().parents[2] / "rules/base"
MILL = "annotations/ada/mill.json"
FERRY = "annotations/ada/ferry.json"
SAID = '"start": 27, "end": 31, "quote": "said"'
WRONG = '"start": 2, "end": 3, "quote": "said"'


def fixed(folder, **options):
    return fix(open_project(folder), jobs=1, **options)


def test_a_clean_project_stays_as_it_is(folder, snapshot):
    before = snapshot()
    result = fixed(folder)
    assert (result.fixed, result.files, result.left, result.differences) == (0, (), (), ())
    assert snapshot() == before


def test_only_what_is_wrong_changes(folder, edit, snapshot):
    before = snapshot()
    edit(MILL, SAID, WRONG)
    (folder / MILL).chmod(0o640)
    result = fixed(folder)
    assert snapshot() == before
    assert (result.fixed, result.files, result.check.diagnostics) == (1, (MILL,), ())
    assert stat.S_IMODE((folder / MILL).stat().st_mode) == 0o640
    assert [path.name for path in (folder / MILL).parent.iterdir() if path.name.startswith(".")] == []


def test_formatting_is_kept(folder, edit):
    text = (folder / MILL).read_bytes().decode()
    odd = text.replace("\n", "\r\n\t").replace(": ", " :  ").replace("Checked twice.", "\\u00e9é 🌊 \\/")
    odd = odd.replace("[]", "[\t]").rstrip("\t")
    wrong = odd.replace('"start" :  27,', '"start" :  2,')
    assert wrong != odd
    (folder / MILL).write_bytes(wrong.encode())
    result = fixed(folder)
    assert result.fixed == 1
    assert (folder / MILL).read_bytes() == odd.encode()


def test_a_dry_run_writes_nothing_and_shows_all(folder, edit, snapshot):
    edit(MILL, SAID, WRONG)
    before = snapshot()
    result = fixed(folder, write=False)
    assert snapshot() == before
    assert (result.fixed, result.written, len(result.check.diagnostics)) == (1, False, 1)
    (difference,) = result.differences
    assert [line for line in difference.lines if line[:1] in "+-"] == [
        f"--- a/{MILL}",
        f"+++ b/{MILL}",
        f'-    {{"id": "c2", {WRONG}, "manner": "neutral"}}',
        f'+    {{"id": "c2", {SAID}, "manner": "neutral"}}',
    ]


def test_rules_can_be_chosen(folder, edit):
    edit(MILL, SAID, WRONG)
    assert fixed(folder, select=("JSN",)).fixed == 0
    assert fixed(folder, ignore=("SPN003",)).fixed == 0
    assert fixed(folder, select=("SPN",)).fixed == 1
    with pytest.raises(UsageError, match="no rule's code begins with 'XYZ'"):
        fixed(folder, select=("XYZ",))


def test_symbolic_links_are_left(folder, edit):
    edit(MILL, SAID, WRONG)
    (folder / "real.json").write_bytes((folder / MILL).read_bytes())
    (folder / MILL).unlink()
    (folder / MILL).symlink_to("../../real.json")
    result = fixed(folder)
    assert [(left.file, left.count) for left in result.left] == [(MILL, 1)]
    assert "symbolic link" in result.left[0].reason
    assert (folder / MILL).is_symlink()
    assert WRONG in (folder / "real.json").read_text(encoding="utf-8")


def pack(folder, name, *, content=None):
    """The annotations of mill and ferry as lines of one file, with whatever else is put between."""
    lines = [
        json.dumps(json.loads((folder / file).read_text(encoding="utf-8")), ensure_ascii=False)
        for file in (MILL, FERRY)
    ]
    for file in (MILL, FERRY):
        (folder / file).unlink()
    data = (content or "{0}\n\n{1}\n").format(*lines).encode()
    (folder / f"annotations/{name}").write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return data


def test_compressed_files_are_left(folder, edit):
    edit(MILL, SAID, WRONG)
    pack(folder, "all.jsonl.gz")
    before = (folder / "annotations/all.jsonl.gz").read_bytes()
    result = fixed(folder)
    assert [left.reason for left in result.left] == ["it is compressed: unpack it first"]
    assert (folder / "annotations/all.jsonl.gz").read_bytes() == before


@pytest.mark.parametrize("content", ["{0}\n\n{1}\n", "{1}\r\n  {0}  \r\n", "{1}\n{0}"])
def test_lines_of_packed_files_are_fixed_in_place(folder, edit, content):
    right = pack_right(folder, content)
    edit(MILL, SAID, WRONG)
    pack(folder, "all.jsonl", content=content)
    result = fixed(folder)
    assert (result.fixed, result.check.diagnostics) == (1, ())
    assert (folder / "annotations/all.jsonl").read_bytes() == right
    (difference,) = result.differences
    assert difference.lines[2].startswith("@@ -")
    assert [line[0] for line in difference.lines[2:] if not line.startswith("\\")] == ["@", "-", "+"]


def pack_right(folder, content):
    kept = {file: (folder / file).read_bytes() for file in (MILL, FERRY)}
    data = pack(folder, "all.jsonl", content=content)
    (folder / "annotations/all.jsonl").unlink()
    for file, text in kept.items():
        (folder / file).write_bytes(text)
    return data


def test_packed_files_whose_places_are_not_clear_are_left(folder, edit):
    edit(MILL, SAID, WRONG)
    data = pack(folder, "all.jsonl", content="{1}\n{0}\n").replace(b', "annotator"', b',\r"annotator"')
    (folder / "annotations/all.jsonl").write_bytes(data)
    result = fixed(folder)
    assert "carriage returns" in result.left[0].reason
    assert (folder / "annotations/all.jsonl").read_bytes() == data


def test_a_file_that_changed_meanwhile_is_left(folder, edit):
    edit(MILL, SAID, WRONG)
    project = open_project(folder)
    (finding,) = check(project, jobs=1).diagnostics
    edit(MILL, WRONG, '"start": 4, "end": 3, "quote": "said"')
    before = (folder / MILL).read_bytes()
    rewritten = Rewriter(folder, 10**6, lambda _: None, write=True).rewrite(MILL, [finding.fix])
    assert (rewritten.made, [left.reason for left in rewritten.left]) == (
        0,
        ["the file changed while it was looked at"],
    )
    assert (folder / MILL).read_bytes() == before
    (folder / MILL).write_bytes(b"\xff")
    assert Rewriter(folder, 10**6, lambda _: None, write=True).rewrite(MILL, [finding.fix]).made == 0


def test_a_file_that_cannot_be_written_is_whole(folder, edit, monkeypatch):
    edit(MILL, SAID, WRONG)
    before = (folder / MILL).read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rewriting.os, "fsync", full)
    with pytest.raises(OutputError, match="No space left on device"):
        fixed(folder)
    assert (folder / MILL).read_bytes() == before
    assert not list((folder / MILL).parent.glob(".*"))


def test_mends_that_overlap_are_made_one_after_the_other(folder, edit):
    edit("schema/annotation.schema.json", '"x-overlap": "forbid"', '"x-overlap": "allow"')
    double = f'{{"id": "c2", {WRONG}, "manner": "neutral"}}'
    edit(MILL, f'{{"id": "c2", {SAID}, "manner": "neutral"}}', f"{double},\n    {double.replace('c2', 'c3')}")
    result = fixed(folder)
    assert result.check.diagnostics == ()
    assert SAID in (folder / MILL).read_text(encoding="utf-8")
    assert '"c3"' not in (folder / MILL).read_text(encoding="utf-8")


def test_nothing_of_a_withheld_text_is_shown(folder, edit):
    edit("annotations/ada/vault.json", '"remarks": "Checked twice."', '"remarks": "Dee keeps the key."')
    path = folder / "annotations/ada/vault.json"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    result = fixed(folder)
    assert result.files == ("annotations/ada/vault.json",)
    assert "Dee" not in str(result.differences)
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")


def spans_in(record):
    return [span for layer in ("entities", "cues") for span in record[layer]]


UNITS = {
    "utf-16": lambda head: len(head.encode("utf-16-le")) // 2,
    "utf-8": lambda head: len(head.encode()),
    "off": lambda head: len(head) + 2,
    "line ends": lambda head: len(head.replace("\n", "\r\n")),
}


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_offsets_in_other_units_become_what_they_were(folder, revise, snapshot, unit):
    text = "🌊 Ada, é.\nThe ferry 🌊 leaves at noon, says Cy. Ada hears Cy, Cy leaves at noon.\n"
    revise(text, "ferry")
    record = json.loads((folder / FERRY).read_text(encoding="utf-8"))
    quotes = ["Ada", "The ferry", "noon", "Cy", "Ada", "Cy", "Cy", "noon"]
    at, items = 0, []
    for index, quote in enumerate(quotes):
        at = text.index(quote, at)
        items.append({"id": f"e{index}", "start": at, "end": at + len(quote), "quote": quote, "type": "thing"})
        at += len(quote)
    record |= {
        "entities": items,
        "cues": [],
        "text_sha256": json.loads((folder / "seeds/ferry.json").read_text())["sha256"],
    }
    (folder / FERRY).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "annotations/links/same-day.json").unlink()
    assert check(open_project(folder), jobs=1).diagnostics == ()
    before = snapshot()
    for item in items:
        item |= {name: UNITS[unit](text[: item[name]]) for name in ("start", "end")}
    (folder / FERRY).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert snapshot() != before
    result = fixed(folder)
    assert (result.check.diagnostics, result.files) == ((), (FERRY,))
    assert snapshot() == before


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_fixing_twice_is_fixing_once(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("twice") / "project"
    shutil.copytree(BASE, folder)
    record = json.loads((folder / MILL).read_text(encoding="utf-8"))
    for span in spans_in(record):
        span["start"] += data.draw(st.sampled_from([0, 0, 1, -1, 40]))
        span["end"] += data.draw(st.sampled_from([0, 0, 1, -1, 40]))
    (folder / MILL).write_text(json.dumps(record, indent=2), encoding="utf-8")
    first = fixed(folder)
    text = (folder / MILL).read_bytes()
    second = fixed(folder)
    assert (second.fixed, second.files) == (0, ())
    assert second.check == first.check
    assert (folder / MILL).read_bytes() == text
    assert not [finding for finding in first.check.diagnostics if finding.fix]

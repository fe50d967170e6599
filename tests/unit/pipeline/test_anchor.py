import json
import subprocess
from hashlib import sha256

import pytest

from dataset_builder.errors import UsageError
from dataset_builder.model.mending import Outcome
from dataset_builder.pipeline.anchor import anchor
from dataset_builder.pipeline.check import check
from dataset_builder.pipeline.opening import open_project
from dataset_builder.read.history import History

MILL = "annotations/ada/mill.json"
OLD = "Ada met Bo at the mill.\nBo said it was late.\n"
NEW = "Yesterday Ada met old Bo at the mill.\nBo, he said, it was late.\n"


def anchored(folder, **options):
    return anchor(open_project(folder), **options)


def found_in(folder):
    return [(found.code, found.place.file) for found in check(open_project(folder), jobs=1).diagnostics]


def git(folder, *arguments):
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def texts(tmp_path):
    """A folder with the former text, under another name."""
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "anything").write_bytes(OLD.encode())
    return folder


def offsets(folder, file=MILL):
    record = json.loads((folder / file).read_text(encoding="utf-8"))
    return {span["id"]: (span.get("start"), span.get("end")) for span in record["entities"] + record["cues"]}


EXPECTED = {"e1": (10, 13), "e2": (22, 24), "e3": (28, 36), "e4": (32, 36), "c1": (14, 17), "c2": (45, 49)}


def test_what_is_in_place_stays(folder, snapshot):
    before = snapshot()
    result = anchored(folder)
    assert result.counts == {Outcome.EXACT: 10}
    assert (result.unverified, result.spans, result.files, result.ok) == (1, (), (), True)
    assert snapshot() == before


@pytest.mark.parametrize("source", ["folder", "git", "quotes"])
def test_spans_go_where_their_text_went(folder, revise, texts, source):
    if source == "git":
        git(folder, "init", "-q")
        git(folder, "add", ".")
        git(folder, "commit", "-qm", "first")
    revise(NEW)
    result = anchored(folder, was=texts if source == "folder" else None)
    assert offsets(folder) == EXPECTED
    assert result.counts == {Outcome.MOVED: 6, Outcome.EXACT: 4}
    first = result.spans[0]
    assert (first.outcome, first.before, first.after) == (Outcome.MOVED, (0, 3), (10, 13))
    assert found_in(folder) == []
    assert anchored(folder).files == ()


def test_only_offsets_and_the_digest_change(folder, revise, texts):
    before = (folder / MILL).read_text(encoding="utf-8").splitlines()
    revise(NEW)
    anchored(folder, was=texts)
    after = (folder / MILL).read_text(encoding="utf-8").splitlines()
    assert [index for index, pair in enumerate(zip(before, after, strict=True), 1) if pair[0] != pair[1]] == [
        4, 9, 10, 11, 12, 15, 16,
    ]  # fmt: skip


def test_lost_spans_stay_and_are_named(folder, revise, texts):
    revise("Ada met Bo.\nBo said it was late.\n")
    result = anchored(folder, was=texts)
    assert [
        (span.place.pointer, span.place.line, span.before, span.after)
        for span in result.spans
        if span.outcome == "lost"
    ] == [
        ("/entities/2", 11, (14, 22), None),
        ("/entities/3", 12, (18, 22), None),
    ]
    assert not result.ok
    assert offsets(folder) == {
        "e1": (0, 3), "e2": (8, 10), "e3": (14, 22), "e4": (18, 22), "c1": (4, 7), "c2": (15, 19),
    }  # fmt: skip
    assert sha256(OLD.encode()).hexdigest() in (folder / MILL).read_text(encoding="utf-8")
    again = anchored(folder, was=texts)
    assert (again.counts[Outcome.LOST], again.files) == (2, ())


def test_changed_spans_are_written_when_that_is_accepted(folder, revise, texts):
    text = "Ada met Bo at the old mill.\nBo said it was late.\n"
    revise(text)
    result = anchored(folder, was=texts)
    (span,) = (span for span in result.spans if span.outcome is Outcome.CHANGED)
    assert (span.old_quote, span.new_quote, result.ok) == ("the mill", "the old mill", False)
    assert offsets(folder)["e3"] == (14, 22)
    result = anchored(folder, was=texts, accept_changed=True)
    assert result.ok
    assert '"start": 14, "end": 26, "quote": "the old mill"' in (folder / MILL).read_text(encoding="utf-8")
    assert found_in(folder) == []


def test_a_dry_run_writes_nothing(folder, revise, texts, snapshot):
    revise(NEW)
    before = snapshot()
    result = anchored(folder, was=texts, write=False)
    assert (result.files, result.written) == ((MILL,), False)
    assert "\n".join(result.differences[0].lines).count("\n+") == 8
    assert snapshot() == before


def test_offsets_can_be_left_out(folder, edit):
    edit(MILL, '"start": 8, "end": 10, "quote": "Bo"', '"quote": "Bo", "occurrence": 1')
    edit(MILL, '"start": 27, "end": 31, "quote": "said"', '"start": null, "quote": "said"')
    edit(MILL, '"start": 18, "end": 22, "quote": "mill"', '"quote": "mill", "prefix": "the ", "suffix": ".\\n"')
    helps = [found.help for found in check(open_project(folder), jobs=1).diagnostics if found.place.file == MILL]
    assert [help_ for help_ in helps if help_ and "`dataset-builder anchor`" in help_]
    result = anchored(folder)
    assert result.counts[Outcome.MOVED] == 3
    text = (folder / MILL).read_text(encoding="utf-8")
    assert '{"id": "e2", "quote": "Bo", "type": "person", "start": 8, "end": 10}' in text
    assert '{"id": "e4", "quote": "mill", "type": "place", "start": 18, "end": 22}' in text
    assert '{"id": "c2", "start": 27, "quote": "said", "manner": "neutral", "end": 31}' in text
    assert found_in(folder) == []


def test_helpers_that_the_schema_declares_are_kept(folder, edit):
    edit(
        "schema/annotation.schema.json",
        '"manner": {"type": ["string", "null"]}',
        '"manner": {"type": ["string", "null"]}, "prefix": {"type": "string"}',
    )
    edit(MILL, '"start": 27, "end": 31, "quote": "said"', '"start": 27, "end": 31, "quote": "said", "prefix": "be"')
    edit(MILL, '"start": 4, "end": 7, "quote": "met"', '"quote": "met", "prefix": "Ada "')
    assert anchored(folder).counts[Outcome.MOVED] == 1
    text = (folder / MILL).read_text(encoding="utf-8")
    assert text.count('"prefix"') == 2
    assert '"quote": "met", "prefix": "Ada ", "manner": null, "start": 4, "end": 7' in text


@pytest.mark.parametrize(
    "helper", ['"occurrence": "2"', '"occurrence": true', '"prefix": 3', '"occurrence": 9', '"start": "8"']
)
def test_helpers_that_make_no_sense_lose_the_span(folder, edit, helper, snapshot):
    edit(MILL, '"start": 8, "end": 10, "quote": "Bo"', f'"quote": "Bo", {helper}')
    before = snapshot()
    result = anchored(folder)
    assert (result.counts[Outcome.LOST], result.ok) == (1, False)
    assert snapshot() == before


def test_packed_records_are_anchored_too(folder, revise, texts):
    record = json.loads((folder / MILL).read_text(encoding="utf-8"))
    (folder / MILL).unlink()
    (folder / "annotations/all.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    revise(NEW)
    result = anchored(folder, was=texts)
    assert result.files == ("annotations/all.jsonl",)
    assert found_in(folder) == []


def test_links_go_along(folder, revise):
    text = "At noon, the ferry 🌊 leaves.\nThe ferry 🌊 leaves at noon, says Cy.\n"
    old = (folder / "seeds/ferry.txt").read_bytes()
    texts = folder.parent / "old"
    texts.mkdir()
    (texts / "x").write_bytes(old)
    revise(text, "ferry")
    result = anchored(folder, was=texts)
    link = json.loads((folder / "annotations/links/same-day.json").read_text(encoding="utf-8"))["seen"]
    assert text[link["start"] : link["end"]] == "noon"
    assert link["start"] > 20
    assert result.ok
    assert found_in(folder) == []


def test_what_cannot_be_read_is_left(folder, edit):
    edit(MILL, '"mood": 2,', '"mood": 2')
    result = anchored(folder)
    assert [left.file for left in result.left] == [MILL]
    assert not result.ok


def test_articles_can_be_named(folder, revise, texts):
    revise(NEW)
    assert anchored(folder, was=texts, articles=("ferry",)).files == ()
    assert anchored(folder, was=texts, articles=("mill",)).files == (MILL,)
    with pytest.raises(UsageError, match="did you mean"):
        anchored(folder, articles=("mil",))
    with pytest.raises(UsageError, match="is no folder"):
        anchored(folder, was=folder / "nowhere")


def test_nothing_of_a_withheld_text_is_told(folder):
    old, new = "Dee keeps the key.\n", "Dee now keeps a key.\n"
    texts = folder.parent / "old"
    texts.mkdir()
    (texts / "x").write_bytes(old.encode())
    hidden = folder / "seeds/.hydrated"
    hidden.mkdir()
    (hidden / "vault.txt").write_bytes(new.encode())
    path = folder / "annotations/ada/vault.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["text_sha256"] = sha256(old.encode()).hexdigest()
    spans = [(0, 3), (4, 17)]
    record["entities"] = [
        {"id": f"e{s}", "start": s, "end": e, "digest": sha256(old[s:e].encode()).hexdigest(), "type": "person"}
        for s, e in spans
    ]
    path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    result = anchored(folder, was=texts, accept_changed=True)
    assert result.counts[Outcome.CHANGED] == 1
    told = f"{result.as_json()} {result.differences}"
    assert not [word for word in ("Dee", "keeps", "key") if word in told.replace('"key"', "")]
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["entities"][1]["digest"] == sha256(b"keeps a key").hexdigest()


# History


@pytest.fixture
def repository(folder):
    git(folder, "init", "-q")
    for text in ("one\n", "two\n", "three\n"):
        (folder / "seeds/a b'$(x).txt").write_text(text, encoding="utf-8")
        git(folder, "add", ".")
        git(folder, "commit", "-qm", text)
    return folder


def digest(text):
    return sha256(text.encode()).hexdigest()


def test_any_revision_is_found(repository):
    history = History(repository, 100)
    for text in ("one\n", "two\n", "three\n"):
        assert history.find("seeds/a b'$(x).txt", digest(text)) == text.encode()
    assert history.find("seeds/a b'$(x).txt", digest("four\n")) is None
    assert history.find("seeds/nowhere.txt", digest("one\n")) is None
    assert History(repository, 3).find("seeds/a b'$(x).txt", digest("one\n")) is None


def test_without_a_repository_or_git_nothing_is_found(folder, repository, monkeypatch, tmp_path):
    (tmp_path / "plain").mkdir()
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert History(tmp_path / "plain", 100).find("a.txt", digest("one\n")) is None
    monkeypatch.setenv("PATH", "")
    assert History(repository, 100).find("seeds/a b'$(x).txt", digest("one\n")) is None


def test_neither_settings_nor_hooks_nor_the_environment_have_a_say(repository, monkeypatch, tmp_path):
    mark = tmp_path / "ran"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {mark}\n", encoding="utf-8")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "gpg.program", "diff.external", "core.askPass"):
        git(repository, "config", key, str(script))
    git(repository, "config", "log.showSignature", "true")
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(script))
    assert History(repository, 100).find("seeds/a b'$(x).txt", digest("one\n")) == b"one\n"
    assert not mark.exists()

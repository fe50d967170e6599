"""Stores that know no conditions, as `gs://` and `hf://` are written to: by what `fsspec` has for all of them."""

import errno
import json
from hashlib import sha256
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from dataset_builder.errors import OutputError, StorageError
from dataset_builder.model.manifest import FileEntry
from dataset_builder.storage.copies import copy_all
from dataset_builder.storage.mirror import mirror
from dataset_builder.storage.retry import Patience
from dataset_builder.storage.store import Conflict, Store
from dataset_builder.storage.upload import Former, upload

PATIENCE = Patience(attempts=3, sleep=lambda _: None)


class Memory(MemoryFileSystem):
    """A store of its own, which can be told to fail."""

    cachable = False

    def __init__(self):
        super().__init__()
        self.store, self.pseudo_dirs = {}, [""]
        self.broken = lambda path: False
        self.calls = []

    def put_file(self, lpath, rpath, **options):
        self._meet("put", rpath)
        super().put_file(lpath, rpath, **options)

    def pipe_file(self, path, value, **options):
        self._meet("pipe", path)
        super().pipe_file(path, value, **options)

    def _meet(self, name, path):
        self.calls.append((name, path))
        if self.broken(path):
            raise ConnectionResetError

    def put(self, path, data):
        super().pipe_file(path, data)


@pytest.fixture
def fs():
    return Memory()


@pytest.fixture
def store(fs):
    fs.put("/b/elsewhere.txt", b"not below")
    return Store(url="gs://b/in", fs=fs, base="/b/in", patience=PATIENCE)


@pytest.fixture
def put(store, tmp_path):
    """Uploads a build of these files."""
    count = iter(range(100))

    def put(files, former=Former()):  # noqa: B008 - it never changes
        folder = tmp_path / f"build-{next(count)}"
        entries = []
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
            entries.append(FileEntry(path=path, bytes=len(text), sha256=sha256(text.encode()).hexdigest()))
        manifest = json.dumps(sorted(files)).encode()
        (folder / "manifest.json").write_bytes(manifest)
        journal = tmp_path / "journal.json"
        kept = upload(
            store, folder, entries, manifest="manifest.json", former=former, journal=journal, report=lambda *_: None
        )
        standing = store.read("manifest.json")
        return kept, Former(entry=standing[1], manifest=standing[0], files={entry.path: entry for entry in entries})

    return put


OLD = {"data/a/train-0.parquet": "one", "data/b/train-1.parquet": "two", "README.md": "old"}
NEW = {"data/a/train-0.parquet": "one", "data/b/train-2.parquet": "TWO", "README.md": "new"}


def below(store):
    return {path.removeprefix("/b/in/"): store.fs.cat_file(path) for path in store.fs.find("/b/in")}


def test_the_manifest_comes_last_and_then_what_is_stale_goes(store, put, fs):
    _, former = put(OLD)
    fs.calls.clear()
    kept, _ = put(NEW, former)
    assert kept == 1
    assert [path.removeprefix("/b/in/") for _, path in fs.calls] == [
        "data/b/train-2.parquet",
        "README.md",
        "manifest.json",
    ]
    assert {path: data for path, data in below(store).items() if path != "manifest.json"} == {
        path: text.encode() for path, text in NEW.items()
    }
    assert fs.cat_file("/b/elsewhere.txt") == b"not below"


@pytest.mark.parametrize("broken", ["train-2.parquet", "README.md", "manifest.json"])
def test_a_failure_leaves_all_as_it_was(store, put, fs, broken):
    _, former = put(OLD)
    before = below(store)
    fs.broken = lambda path: path.endswith(broken)
    with pytest.raises(OutputError, match="the build that was at gs://b/in is whole"):
        put(NEW, former)
    assert below(store) == before
    fs.broken = lambda path: False
    put(NEW, former)
    assert b"train-2" in below(store)["manifest.json"]


def test_when_nothing_can_be_undone_that_is_said_and_the_next_build_mends_it(store, put, fs):
    _, former = put(OLD)
    failing = []
    fs.broken = lambda path: bool(failing) or (path.endswith("manifest.json") and not failing.append(path))
    with pytest.raises(OutputError, match="tables and manifest of the build that was at gs://b/in are whole, but not"):
        put(NEW, former)
    assert store.read("manifest.json")[0] == former.manifest
    fs.broken = lambda path: False
    other = {**OLD, "data/b/train-1.parquet": "two", "README.md": "other"}
    put(other, former)
    assert below(store).keys() == {*other, "manifest.json"}
    assert below(store)["README.md"] == b"other"


def test_somebody_else_s_manifest_is_not_overwritten(store, put, fs):
    _, former = put(OLD)
    fs.put("/b/in/manifest.json", b"another's")
    with pytest.raises(OutputError, match="written by somebody else meanwhile"):
        put(NEW, former)
    assert below(store)["manifest.json"] == b"another's"
    assert below(store)["README.md"] in (b"old", b"new")


def test_nothing_is_replaced_that_was_not_seen(store):
    first = store.replace("x", b"1", None)
    with pytest.raises(Conflict):
        store.replace("x", b"2", None)
    second = store.replace("x", b"22", first)
    with pytest.raises(Conflict):
        store.replace("x", b"3", first)
    assert store.read("x") == (b"22", second)


def test_a_mirror_holds_what_the_store_does(store, fs, tmp_path):
    def run():
        found = mirror(store, tmp_path / "mirror", tmp_path / "index.json", lambda *_: None)
        return found.fetched, found.kept, found.refused

    fs.put("/b/in/a.txt", b"a")
    fs.put("/b/in/deep/er/b.txt", b"b")
    fs.put("/b/in/.hidden", b"h")
    assert run() == (2, 0, ())
    assert run() == (0, 2, ())
    (tmp_path / "mirror/a.txt").write_bytes(b"x")  # somebody meddled
    (tmp_path / "mirror/stray.txt").write_bytes(b"x")
    (tmp_path / "mirror/.hydrated").mkdir()
    (tmp_path / "mirror/.hydrated/c.txt").write_bytes(b"c")
    assert run() == (1, 1, ())
    fs.rm_file("/b/in/deep/er/b.txt")
    fs.put("/b/in/deep/er", b"now a file")
    assert run() == (1, 1, ())
    files = {path.relative_to(tmp_path / "mirror").as_posix() for path in (tmp_path / "mirror").rglob("*.*")}
    assert files == {"a.txt", ".hydrated", ".hydrated/c.txt"}
    assert (tmp_path / "mirror/deep/er").read_bytes() == b"now a file"
    (tmp_path / "index.json").write_text("[")
    assert run() == (2, 0, ())


def test_what_can_not_be_a_file_is_not_copied(store, fs, tmp_path):
    fs.put("/b/in/a\\b", b"x")
    with pytest.raises(StorageError, match="can't be copied: its name has a backslash in it"):
        copy_all(store, tmp_path)


def test_what_an_earlier_run_left_is_remembered_though_the_memory_can_not_be_written(store, put, tmp_path, monkeypatch):
    """A disk that is full in the middle of it: half of a journal would be none."""
    _, former = put(OLD)
    journal = tmp_path / "journal.json"
    journal.write_text('["data/left.parquet"]')
    write = Path.write_text

    def full(path, text, **named):
        write(path, text[: len(text) // 2], **named)
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("dataset_builder.storage.upload.Path.write_text", full)
    with pytest.raises(OSError, match="full"):
        upload(store, tmp_path, (), manifest="manifest.json", former=former, journal=journal, report=lambda *_: None)
    assert journal.read_text() == '["data/left.parquet"]'

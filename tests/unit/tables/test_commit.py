import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dataset_builder.tables import commit
from dataset_builder.tables.commit import exclusive, replace_file, staging_for, swap_in, write_file


def tree(directory):
    """What lies in `directory`: paths and bytes."""
    files = (path for path in sorted(directory.rglob("*")) if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in files}


def names(directory):
    return sorted(path.name for path in directory.iterdir())


def made(directory, **files):
    for name, text in files.items():
        write_file(directory / name, text.encode())
    return directory


# The lock


HOLD = """
import pathlib, sys
from dataset_builder.tables.commit import exclusive
with exclusive(pathlib.Path(sys.argv[1]), lambda: None):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """A process that holds the lock on `tmp_path` until its standard input is closed."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_another_process_waits_until_the_first_is_done(tmp_path, holder):
    waited = []

    def waiting():
        waited.append(holder.poll())
        holder.stdin.close()

    with exclusive(tmp_path, waiting):
        assert waited == [None]
    assert holder.wait() == 0
    assert tree(tmp_path) == {}


def test_the_lock_ends_with_the_process_however_that_ends(tmp_path, holder):
    with exclusive(tmp_path, holder.kill):
        assert tree(tmp_path) == {}
    assert holder.wait() != 0


def test_only_one_is_inside_at_a_time(tmp_path):
    inside, most = [], []

    def enter():
        for _ in range(25):
            with exclusive(tmp_path, lambda: None):
                inside.append(None)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 100


def test_who_finds_it_free_does_not_wait_and_an_exception_frees_it(tmp_path):
    waited = []
    directory = tmp_path / "new" / "dist"
    with pytest.raises(KeyError), exclusive(directory, lambda: waited.append(1)):
        raise KeyError
    with exclusive(directory, lambda: waited.append(2)), exclusive(tmp_path, lambda: waited.append(3)):
        pass
    assert waited == []


# Staging


def test_staging_is_new_and_beside_its_target(tmp_path):
    target = made(tmp_path / "dist", old="1")
    with staging_for(target) as staging:
        assert staging.parent == target.parent
        assert tree(staging) == {}
        made(staging, new="2")
    assert tree(tmp_path) == {"dist/old": b"1"}


def test_staging_goes_after_an_exception_and_the_target_stays(tmp_path):
    target = made(tmp_path / "dist", old="1")

    def fail():
        with staging_for(target) as staging:
            made(staging / "data", new="2")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert names(tmp_path) == ["dist"]
    assert tree(target) == {"old": b"1"}


@pytest.mark.parametrize("name", ["dist", "di[s]t*"])
def test_what_an_interrupted_run_left_goes_first_and_nothing_else(tmp_path, name):
    others = [f"{name}.staging-1", f".{name}s.staging-1", ".dist2.staging-1", ".dist.backup", ".diszt"]
    for other in others:
        made(tmp_path / other, file="1")
    made(tmp_path / f".{name}.staging-1" / "data", left="1")
    with staging_for(tmp_path / name) as staging:
        assert names(tmp_path) == sorted([*others, staging.name])


# Swapping in


@pytest.fixture(params=["exchange", "renames"])
def way(request, monkeypatch):
    """Both ways of a swap: the one that Linux has, and the one for systems that can't exchange directories."""
    if request.param == "renames":
        monkeypatch.setattr(commit, "_exchange", lambda one, other: False)


def test_what_is_swapped_in_takes_the_place_of_what_was_there(tmp_path, way):
    target = made(tmp_path / "dist", old="1", both="1")
    with staging_for(target) as staging:
        made(staging / "data", new="2")
        made(staging, both="2")
        swap_in(staging, target)
        assert tree(target) == {"data/new": b"2", "both": b"2"}
        assert tree(staging) == {"old": b"1", "both": b"1"}
    assert names(tmp_path) == ["dist"]


def test_where_nothing_was_it_just_appears(tmp_path, way):
    target = tmp_path / "dist"
    with staging_for(target) as staging:
        made(staging, new="2")
        swap_in(staging, target)
        assert not staging.exists()
    assert tree(tmp_path) == {"dist/new": b"2"}


def test_at_no_time_is_there_no_target(tmp_path, monkeypatch):
    """One step: a reader that looks as fast as it can finds the one or the other, whole."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # the disk's time is not what this is about
    target = made(tmp_path / "dist", name="one")
    other = made(tmp_path / "other", name="two")
    if not commit._exchange(other, target):
        pytest.skip("absent: renameat2, which exchanges two directories")
    found, done = [], threading.Event()

    def look():
        while not done.is_set():
            try:
                found.append((target / "name").read_bytes())
            except FileNotFoundError:
                found.append(None)

    reader = threading.Thread(target=look)
    reader.start()
    for _ in range(60):
        swap_in(other, target)
    done.set()
    reader.join()
    assert set(found) <= {b"one", b"two"}


# Files


def test_a_file_is_written_with_the_folders_that_it_needs(tmp_path):
    write_file(tmp_path / "a" / "b" / "file", b"1")
    write_file(tmp_path / "a" / "b" / "file", b"2")
    assert tree(tmp_path) == {"a/b/file": b"2"}


def test_a_file_is_replaced_in_one_step(tmp_path, monkeypatch):
    path = made(tmp_path, file="old") / "file"
    seen = []

    def seeing(staged, target):
        seen.append((path.read_bytes(), staged.read_bytes()))
        staged.rename(target)

    monkeypatch.setattr(Path, "replace", seeing)
    with path.open("rb") as reader:
        replace_file(path, b"new")
        assert reader.read() == b"old", "who has it open reads on"
    assert seen == [(b"old", b"new")]
    assert tree(tmp_path) == {"file": b"new"}


def test_a_file_that_cannot_be_replaced_stays_and_nothing_is_left(tmp_path, monkeypatch):
    path = made(tmp_path, file="old") / "file"

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        replace_file(path, b"new")
    assert tree(tmp_path) == {"file": b"old"}


# What stays when the power fails


@pytest.fixture
def synced(monkeypatch):
    """The names of what is put on the disk for good, and whether `dist` is there at the time."""
    handles, found = Path("/proc/self/fd"), []
    if not handles.is_dir():
        pytest.skip("absent: /proc, which tells what file a handle is of")

    def noting(handle):
        path = (handles / str(handle)).readlink()
        found.append((path.name, (path.parent / "dist").exists() or (path / "dist").exists()))

    monkeypatch.setattr(os, "fsync", noting)
    return found


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path, synced):
    replace_file(tmp_path / "dist", b"new")
    assert synced == [(f".dist.staging-{os.getpid()}", False), (tmp_path.name, True)]


def test_a_directory_is_on_the_disk_before_it_has_its_name(tmp_path, synced):
    with staging_for(tmp_path / "dist") as staging:
        (staging / "data").mkdir()
        swap_in(staging, tmp_path / "dist")
    assert synced == [(staging.name, False), ("data", False), (tmp_path.name, True)]

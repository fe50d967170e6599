"""Directories and files that appear whole or not at all: staged beside their target, then put in its place."""

import contextlib
import ctypes
import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from glob import escape
from pathlib import Path

__all__ = ["clear_staged", "exclusive", "replace_file", "staging_for", "staging_name", "swap_in", "write_file"]

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


@contextlib.contextmanager
def exclusive(directory: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Only one process at a time is here for one `directory`; `waiting` is called once before this one has to wait.

    The lock ends with the process, however that ends, and leaves no file behind.
    """
    directory.mkdir(parents=True, exist_ok=True)
    handle = os.open(directory, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def staging_for(target: Path) -> Iterator[Path]:
    """A new directory beside `target` to write into; gone afterwards, if it was not swapped in.

    What an interrupted run left is removed first; the caller holds the lock on the parent, so no run is under way.
    """
    clear_staged(target.parent, escape(target.name))
    staging = target.parent / f"{staging_name(target.name)}{os.getpid()}"
    staging.mkdir()
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def clear_staged(folder: Path, names: str) -> None:
    """Removes from `folder` what interrupted runs have staged for targets of these `names`, a pattern."""
    for left in folder.glob(f"{staging_name(names)}*"):
        shutil.rmtree(left, ignore_errors=True)


def staging_name(name: str) -> str:
    """What the names of directories begin with that are staged for a target of that name."""
    return f".{name}.staging-"


def write_file(path: Path, data: bytes) -> None:
    """Writes `data` to `path` so that it is on the disk for good."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def replace_file(path: Path, data: bytes, *, aside: Path | None = None) -> None:
    """Puts `data` in the place of `path` in one step: a reader sees the old file or the new one, with its permissions.

    It is written beside `path` first, or in the folder `aside` if that is on the same file system: there it is out of
    the way if this process is killed meanwhile.
    """
    near = aside is not None and aside.stat().st_dev == path.parent.stat().st_dev
    staged = (aside if aside is not None and near else path.parent) / f".{path.name}.staging-{os.getpid()}"
    try:
        write_file(staged, data)
        if path.is_file():
            shutil.copymode(path, staged)
        staged.replace(path)
        _sync(path.parent)
    finally:
        staged.unlink(missing_ok=True)


def swap_in(staging: Path, target: Path) -> None:
    """Puts `staging` in the place of `target`; where there was one, `staging` holds it afterwards.

    On Linux the two change places in one step (renameat2(2), RENAME_EXCHANGE). Elsewhere the old one is moved aside
    first; for the moment between two renames there is none.
    """
    for directory in (staging, *(path for path in staging.rglob("*") if path.is_dir())):
        _sync(directory)
    if not target.exists():
        staging.rename(target)
    elif not _exchange(staging, target):
        aside = staging.with_name(staging.name + ".old")
        target.rename(aside)
        staging.rename(target)
        aside.rename(staging)
    _sync(target.parent)


def _exchange(one: Path, other: Path) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

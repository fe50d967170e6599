"""Which files there are and whether they changed, told as git tells it: by size, times and inode, without reading them.

A stamp stands for these. It is 0 where they tell nothing: of a symbolic link, and of a file so young that it may have
been written once more in the same tick of the clock. https://git-scm.com/docs/racy-git
"""

import os
import stat
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

__all__ = ["Listing", "changed", "holds_unknown", "scan", "stamp_of"]

_ZSTD = pa.Codec("zstd", 1)
UNKNOWN, MISSING, FOLDER = 0, 1, 2
_KIND = 0o170000  # the bits of a mode that say what a file is
_OWN = 1 << 62  # what stamps of files lie beyond, so that they are none of these


class Listing(NamedTuple):
    """What a folder holds."""

    names: bytes  # as the system gives them, parted by NUL, in its order; compressed, as they fill most of an index
    size: int  # of the names when they are not
    stamps: bytes  # eight bytes each

    def split(self) -> list[bytes]:
        """The names."""
        return _ZSTD.decompress(self.names, self.size, asbytes=True).split(b"\0") if self.stamps else []


def scan(root: Path, folders: Sequence[str], before: int) -> dict[str, Listing]:
    """What is below `folders`, by folder relative to `root`; nothing for one that can't be listed.

    Stamps of what was touched at `before` (nanoseconds, of the file system's clock) or later are 0.
    Takes 2 µs a file.
    """
    found: dict[str, Listing] = {}
    pending = list(folders)
    while pending:
        folder = pending.pop()
        try:
            handle = os.open(root / folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            listing, inner = _look(handle, before)
        finally:
            os.close(handle)
        found[folder] = listing
        pending += (f"{folder}/{name}" for name in inner)
    return found


def _look(handle: int, before: int) -> tuple[Listing, list[str]]:
    """What the folder that is open as `handle` holds, and those of its names that are folders."""
    names: list[str] = []
    inner: list[str] = []
    stamps = array("q")
    with os.scandir(handle) as entries:  # by its handle: names below it needn't be looked up from the root
        for entry in entries:
            names.append(entry.name)
            if entry.is_dir(follow_symlinks=False):
                inner.append(entry.name)
                stamps.append(FOLDER)
            else:
                stamps.append(_stamp(entry.stat(follow_symlinks=False), before))
    joined = os.fsencode("\0".join(names))
    return Listing(_ZSTD.compress(joined, asbytes=True), len(joined), stamps.tobytes()), inner


def stamp_of(path: Path, before: int) -> int:
    """The stamp of one file."""
    try:
        return _stamp(path.lstat(), before)
    except OSError:
        return MISSING


def _stamp(status: os.stat_result, before: int) -> int:
    modified, touched = status.st_mtime_ns, status.st_ctime_ns
    if modified < before > touched and status.st_mode & _KIND == stat.S_IFREG:
        return hash((status.st_size, modified, touched, status.st_ino)) | _OWN
    return UNKNOWN


def changed(old: Mapping[str, Listing], new: Mapping[str, Listing]) -> Iterator[str]:
    """The files that may not be what they were: changed, added, removed, or of unknown stamp. Relative, as folders."""
    for folder in old.keys() | new.keys():
        names = _changed(old.get(folder, _EMPTY), new.get(folder, _EMPTY))
        yield from (f"{folder}/{os.fsdecode(name)}" for name in names)


def holds_unknown(listing: Listing) -> bool:
    """Whether some stamp tells nothing: of a link, or of a file that is too young."""
    return bool((np.frombuffer(listing.stamps, np.int64) == UNKNOWN).any())


_EMPTY = Listing(b"", 0, b"")


def _changed(old: Listing, new: Listing) -> Iterator[bytes]:
    was, now = (np.frombuffer(listing.stamps, np.int64) for listing in (old, new))
    if old.names == new.names and len(was) == len(now):
        names = new.split() if (suspicious := np.flatnonzero((was != now) | (now == UNKNOWN))).size else []
        yield from (names[index] for index in suspicious.tolist())
        return
    before, after = dict(_stamps(old)), dict(_stamps(new))
    for name in before.keys() | after.keys():
        if before.get(name) != after.get(name) or after.get(name) == UNKNOWN:
            yield name


def _stamps(listing: Listing) -> Iterator[tuple[bytes, int]]:
    return zip(listing.split(), np.frombuffer(listing.stamps, np.int64).tolist(), strict=True)

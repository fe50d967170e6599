"""Which files there are and whether they changed, told as git tells it: by size, times and inode, without reading them.

A stamp stands for these. It is 0 where they tell nothing: of a symbolic link, and of a file so young that it may have
been written once more in the same tick of the clock. https://git-scm.com/docs/racy-git
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Self
from zlib import crc32

import numpy as np
import pyarrow as pa

from dataset_builder.state import looking
from dataset_builder.state.looking import MISSING, UNKNOWN, look_through, stamp

__all__ = ["UNKNOWN", "Listing", "changed", "holds_unknown", "scan", "stamp_of"]

_ZSTD = pa.Codec("zstd", 1)


class Listing(NamedTuple):
    """What a folder holds."""

    names: bytes  # as the system gives them, parted by NUL, in its order; compressed, as they fill most of an index
    size: int  # of the names when they are not
    stamps: bytes  # eight bytes each

    def split(self) -> list[bytes]:
        """The names."""
        return _ZSTD.decompress(self.names, self.size, asbytes=True).split(b"\0") if self.stamps else []

    def united(self, stamps: bytes) -> Self:
        """The same with stamps of those files that it has none of; `stamps` has 0 for all others but folders."""
        both = (np.frombuffer(each, np.int64) for each in (self.stamps, stamps))
        return self._replace(stamps=np.bitwise_or(*both).tobytes())


def scan(root: Path, folders: Sequence[str], before: int, *, helped: bool = False) -> dict[str, Listing]:
    """What is below `folders`, by folder relative to `root`; nothing for one that can't be listed.

    Stamps of what was touched at `before` (nanoseconds, of the file system's clock) or later are 0. Takes 2 µs a file,
    and half of that where it is `helped` by another process.
    """
    if not helped:
        return {folder: listing for folder, (listing, _) in _listings(root, folders, before, None)}
    with _helping(root, folders, before) as said:
        found = dict(_listings(root, folders, before, 0))
        others = _stamps_of(said())
    for folder, (listing, checksum) in found.items():
        theirs, same = others.get(folder, (b"", None))
        if same != checksum or len(theirs) != len(listing.stamps):  # something came, went or failed meanwhile
            return scan(root, folders, before)
    return {folder: listing.united(others[folder][0]) for folder, (listing, _) in found.items()}


@contextmanager
def _helping(root: Path, folders: Sequence[str], before: int) -> Iterator[Callable[[], bytes]]:
    """Has another process look at the other half of the files; gives what asks it for its stamps, perhaps in vain."""
    command = (sys.executable, "-I", "-S", looking.__file__)  # nothing of the user's is run by it
    try:
        helper = subprocess.Popen(  # noqa: S603 - no shell, and the program is ours
            (*command, os.fspath(root), str(before), *folders), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except (OSError, ValueError):  # as where there is no interpreter to be run
        yield lambda: b""
        return
    with helper:
        try:
            yield lambda: helper.communicate()[0]
        except BaseException:
            helper.kill()
            raise


def _listings(
    root: Path, folders: Sequence[str], before: int, share: int | None
) -> Iterator[tuple[str, tuple[Listing, int]]]:
    """The folders, each with a checksum of the names that it has."""
    for folder, names, stamps in look_through(os.fspath(root), folders, before, share):
        listing = Listing(_ZSTD.compress(names, asbytes=True), len(names), stamps.tobytes())
        yield folder, (listing, 0 if share is None else crc32(names))


def _stamps_of(said: bytes) -> dict[str, tuple[bytes, int]]:
    """The stamps that a helper found, and the checksum of the names, by folder."""
    found: dict[str, tuple[bytes, int]] = {}
    at = 0
    while len(said) - at >= 24:
        path, checksum, count = np.frombuffer(said, np.int64, 3, at).tolist()
        at += 24
        end = at + path + 8 * count
        found[os.fsdecode(said[at : at + path])] = (said[at + path : end], checksum)
        at = end
    return found


def stamp_of(path: Path, before: int) -> int:
    """The stamp of one file."""
    try:
        return stamp(path.lstat(), before)
    except OSError:
        return MISSING


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

"""A folder looked at: what it holds, and a stamp of each file.

`python looking.py ROOT BEFORE FOLDER...` looks for another process, at every second file. So this imports little, and
nothing of this package.
"""

import os
import stat
import sys
from array import array
from collections.abc import Iterator, Sequence
from zlib import crc32

__all__ = ["FOLDER", "MISSING", "UNKNOWN", "Look", "look_through", "stamp"]

UNKNOWN, MISSING, FOLDER = 0, 1, 2
Look = tuple[str, bytes, "array[int]"]  # a folder, its names parted by NUL, their stamps

_KIND = 0o170000  # the bits of a mode that say what a file is
_OWN = 1 << 62  # what stamps of files lie beyond, so that they are none of these


def look_through(root: str, folders: Sequence[str], before: int, share: int | None = None) -> Iterator[Look]:
    """What is below `folders`, folder by folder; nothing for one that can't be listed.

    Stamps of what was touched at `before` or later are `UNKNOWN`. With a `share`, 0 or 1, so are those of files that
    belong to the other one.
    """
    pending = list(folders)
    while pending:
        folder = pending.pop()
        try:
            handle = os.open(f"{root}/{folder}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            names, stamps, inner = _look(handle, before, share)
        finally:
            os.close(handle)
        yield folder, os.fsencode("\0".join(names)), stamps
        pending += (f"{folder}/{name}" for name in inner)


def _look(handle: int, before: int, share: int | None) -> tuple[list[str], "array[int]", list[str]]:
    names: list[str] = []
    inner: list[str] = []
    stamps = array("q")
    with os.scandir(handle) as entries:  # by its handle: names below it needn't be looked up from the root
        for entry in entries:
            names.append(entry.name)
            if entry.is_dir(follow_symlinks=False):
                inner.append(entry.name)
                stamps.append(FOLDER)
            elif share is None or entry.inode() & 1 == share:
                stamps.append(stamp(entry.stat(follow_symlinks=False), before))
            else:
                stamps.append(UNKNOWN)
    return names, stamps, inner


def stamp(status: os.stat_result, before: int) -> int:
    """What stands for the size, the times and the inode of a file."""
    modified, touched = status.st_mtime_ns, status.st_ctime_ns
    if modified < before > touched and status.st_mode & _KIND == stat.S_IFREG:
        return hash((status.st_size, modified, touched, status.st_ino)) | _OWN
    return UNKNOWN


def main() -> None:
    """Writes, for each folder, its path, a checksum of its names, and stamps of the files of share 1."""
    root, before, *folders = sys.argv[1:]
    said: list[bytes] = []
    for folder, names, stamps in look_through(root, folders, int(before), 1):
        path = os.fsencode(folder)
        said += (array("q", (len(path), crc32(names), len(stamps))).tobytes(), path, stamps.tobytes())
    sys.stdout.buffer.writelines(said)  # at the end: who reads it looks at the other files until then


if __name__ == "__main__":
    main()

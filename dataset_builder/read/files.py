"""Files of the project: which there are, and their bytes.

Nothing outside the project is ever opened but what its configuration names by a URL.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Self

from dataset_builder.model.document import Document, Flaw
from dataset_builder.model.location import is_url, place_of
from dataset_builder.model.source import Source

__all__ = ["Reader", "escaped", "flawed_file", "lies_within", "list_files", "printable", "split_name", "walk_folders"]

_DOUBLE_ENDINGS = (".jsonl.gz", ".jsonl.zst")
_BUFFER = 64 * 1024  # most records fit; larger reads cost more in page faults than they save in calls
_MANY = 1000  # names that are looked at together; with 10,000 a corpus of 200,000 articles took 15 MB more
_MOST_OPEN = 64  # packed files at once; a process may have 256 of all kinds on macOS


def list_files(root: Path, folder: str, flaws: list[Document]) -> list[str]:
    """The regular files below `folder`, relative to `root`, sorted, as `walk_folders` finds them."""
    return sorted([f"{within}/{name}" for within, names in walk_folders(root, folder, flaws) for name in names])


def walk_folders(root: Path, folder: str, flaws: list[Document]) -> Iterator[tuple[str, list[str]]]:
    """The names of regular files in `folder` and below, many at a time, in any order, each time with their own folder.

    Folders are relative to `root`. There is none where there is no such folder.

    Hidden files and folders are passed over. A symbolic link that leads out of the project, or to a folder, is a flaw;
    so is what is neither file nor folder, as a named pipe, which would never end. A folder that is named by a URL is
    looked at where its files, or their copies, are on this machine; links may not lead out of that folder then.
    """
    return _walk_elsewhere(root, folder, flaws) if is_url(folder) else _walk_within(root, folder, flaws)


def _walk_within(root: Path, folder: str, flaws: list[Document]) -> Iterator[tuple[str, list[str]]]:
    if not lies_within(root, folder):
        flaws.append(flawed_file(folder, "outside", "a symbolic link leads out of the project"))
        return
    pending = [folder]
    while pending:
        current = pending.pop()
        try:
            with os.scandir(root / current) as entries:
                while some := list(islice(entries, _MANY)):
                    yield current, [entry.name for entry in some if _is_file(root, current, entry, pending, flaws)]
        except FileNotFoundError:
            continue
        except OSError as error:
            flaws.append(flawed_file(current, "unreadable", f"the folder can't be read: {error.strerror}"))


def _is_file(root: Path, within: str, entry: os.DirEntry[str], pending: list[str], flaws: list[Document]) -> bool:
    """Whether it is a file or a link to one, not hidden; a folder is added to `pending`, what is neither to `flaws`."""
    if entry.name.startswith("."):
        return False
    if entry.is_file(follow_symlinks=False):
        return True
    relative = f"{within}/{entry.name}"
    if entry.is_symlink() and _flawed_link(root, relative, flaws):
        return False
    if entry.is_dir():
        pending.append(relative)
    elif entry.is_file():
        return True
    else:
        flaws.append(flawed_file(relative, "unreadable", "it is neither a file nor a folder"))
    return False


def _walk_elsewhere(root: Path, url: str, flaws: list[Document]) -> Iterator[tuple[str, list[str]]]:
    home = Path(os.path.realpath(place_of(os.fspath(root), url)))
    found: list[Document] = []
    yield from ((url + within[1:], names) for within, names in _walk_within(home, ".", found))
    flaws += (replace(flaw, source=flaw.source._replace(file=url + flaw.source.file[1:])) for flaw in found)


def _flawed_link(root: Path, relative: str, flaws: list[Document]) -> bool:
    target = Path(os.path.realpath(root / relative))
    if not target.is_relative_to(root):
        flaws.append(flawed_file(relative, "outside", "a symbolic link leads out of the project"))
    elif target.is_dir():
        flaws.append(flawed_file(relative, "outside", "a symbolic link to a folder is not followed"))
    elif not target.exists():
        flaws.append(flawed_file(relative, "unreadable", "a symbolic link leads nowhere"))
    else:
        return False
    return True


def flawed_file(file: str, kind: str, message: str, *, line: int = 1) -> Document:
    """A document that stands for a file (or a line of one) which could not be read at all."""
    flaw = Flaw(kind=kind, message=message, offset=0, pointer=())
    return Document(source=Source(printable(file), line=line), text="", readable=False, flaws=(flaw,))


def printable(name: str) -> str:
    """`name` with bytes that are not UTF-8 replaced, as file systems may hold such names."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def escaped(name: str) -> str:
    """`name` with control characters, quotation marks and backslashes spelled out."""
    return json.dumps(printable(name), ensure_ascii=False)[1:-1]


class Reader:
    """Reads sources. Files that hold many records stay open, but not too many of them."""

    def __init__(self, root: Path) -> None:
        self._root = os.fspath(root)
        self._open: dict[str, int] = {}

    def read(self, source: Source) -> bytes:
        """The bytes of `source`.

        Raises:
            OSError: the file can't be read.
        """
        if source.size is None:
            return self._read_whole(place_of(self._root, source.file))
        path = source.unpacked or place_of(self._root, source.file)
        handle = self._open.get(path)
        if handle is None:
            if len(self._open) >= _MOST_OPEN:
                os.close(self._open.pop(next(iter(self._open))))
            handle = self._open[path] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        return os.pread(handle, source.size, source.offset)

    @staticmethod
    def _read_whole(path: str) -> bytes:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            data = os.read(handle, _BUFFER)
            if len(data) < _BUFFER:
                return data
            parts = [data]
            while data := os.read(handle, 1 << 20):
                parts.append(data)
            return b"".join(parts)
        finally:
            os.close(handle)

    def close(self) -> None:
        """Closes what stayed open."""
        for handle in self._open.values():
            os.close(handle)
        self._open.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def split_name(file: str) -> tuple[str, str]:
    """The file's name up to the last dot that matters, and the rest: `a/b.c.jsonl.gz` gives `b.c` and `.jsonl.gz`."""
    name = file.rpartition("/")[2]
    for ending in _DOUBLE_ENDINGS:
        if name.endswith(ending):
            return name.removesuffix(ending), ending
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem else (name, "")


def lies_within(root: Path, relative: str) -> bool:
    """Whether `relative` lies within the project once links are followed."""
    return Path(os.path.realpath(root / relative)).is_relative_to(root)

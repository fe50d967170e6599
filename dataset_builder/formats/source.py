"""What is imported: a folder, a file or a zip archive. Nothing outside it is opened, and nothing without bounds."""

import contextlib
import os
import stat
import zipfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO
from zlib import error as zlib_error

from dataset_builder.errors import UsageError
from dataset_builder.model.foreign import Trouble

__all__ = ["Source", "Unreadable"]

_MOST_BYTES = 64 << 20  # of one file; a project's own limit unless configured
_MOST_FILES = 5_000_000
_HEAD = 1 << 18
_MOST_RATIO = 200  # of unpacked to packed bytes; text packs to a tenth, seldom to a fiftieth


class Unreadable(Exception):  # noqa: N818 - it is caught and reported, and never leaves the room
    """A file of the source that can't be taken; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.message)
        self.trouble = trouble


@contextlib.contextmanager
def _told(file: str) -> Iterator[None]:
    """What goes wrong in reading `file`, as `Unreadable`."""
    try:
        yield
    except OSError as error:
        raise Unreadable(Trouble("import-unreadable", f"the file can't be read: {error.strerror}", file)) from error
    except (zipfile.BadZipFile, zlib_error, NotImplementedError, RuntimeError, EOFError) as error:
        message = f"the archive's entry can't be read: {error}"
        raise Unreadable(Trouble("import-unreadable", message, file)) from error


class Source:
    """The files of a source by their names, which are relative to it, with `/`; one of a single file has that one."""

    def __init__(self, path: Path) -> None:
        """Finds out what `path` is.

        Raises:
            UsageError: there is nothing, or it is neither folder nor file.
        """
        self.path = path
        self.troubles: list[Trouble] = []
        self._root = os.path.realpath(path)
        self._real = Path(self._root)
        self._single = False
        if self._real.is_dir():
            self._archive = None
        elif self._real.is_file():
            self._archive = self._opened()
            self._single = self._archive is None
        else:
            raise UsageError(f"{path} is neither a folder nor a file: name what is to be imported")

    def _opened(self) -> zipfile.ZipFile | None:
        if not zipfile.is_zipfile(self._root):
            return None
        try:
            return zipfile.ZipFile(self._root)
        except (OSError, zipfile.BadZipFile) as error:
            raise UsageError(f"{self.path} is a zip archive that can't be read: {error}") from error

    @property
    def is_file(self) -> bool:
        """Whether the source is one file, and no archive."""
        return self._single

    @cached_property
    def files(self) -> tuple[str, ...]:
        """All regular files, sorted; hidden ones are passed over, and with a word those that links lead out to."""
        if self._archive is not None:
            return self._members(self._archive)
        if self.is_file:
            return (self._real.name,)
        return tuple(sorted(self._listed()))

    def folder(self, name: str) -> tuple[str, ...]:
        """The files below the folder `name`."""
        return tuple(file for file in self.files if file.startswith(f"{name}/"))

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.files)

    def has(self, file: str) -> bool:
        """Whether there is such a file."""
        return file in self._known

    def _listed(self) -> Iterator[str]:
        pending, count = [""], 0
        while pending:
            folder = pending.pop()
            try:
                entries = list(os.scandir(self._real / folder))
            except OSError as error:
                self._tell(folder, f"the folder can't be read: {error.strerror}")
                continue
            for entry in entries:
                name = f"{folder}{entry.name}"
                if entry.name.startswith("."):
                    continue
                if entry.is_symlink() and not self._leads_within(name):
                    continue
                if entry.is_dir():
                    pending.append(f"{name}/")
                elif entry.is_file():
                    count += 1
                    if count > _MOST_FILES:
                        raise UsageError(f"{self.path} holds more than {_MOST_FILES:,} files: import parts of it")
                    yield name
                else:
                    self._tell(name, "it is neither a file nor a folder")

    def _leads_within(self, name: str) -> bool:
        target = Path(os.path.realpath(self._real / name))
        if not target.is_relative_to(self._real):
            self._tell(name, "a symbolic link leads out of what is imported")
        elif target.is_dir():
            self._tell(name, "a symbolic link to a folder is not followed")
        elif not target.exists():
            self._tell(name, "a symbolic link leads nowhere")
        else:
            return True
        return False

    def _members(self, archive: zipfile.ZipFile) -> tuple[str, ...]:
        found = []
        for entry in archive.infolist():
            parts = PurePosixPath(entry.filename).parts
            if entry.is_dir() or any(part.startswith(".") and part != ".." for part in parts):
                continue
            if ".." in parts or entry.filename.startswith(("/", "\\")) or stat.S_ISLNK(entry.external_attr >> 16):
                self._tell(entry.filename, "the archive has an entry that leads out of it")
            else:
                found.append(entry.filename)
        return tuple(sorted(set(found)))

    def _tell(self, name: str, message: str) -> None:
        printable = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        self.troubles.append(Trouble("import-unreadable", message, printable))

    def read(self, file: str) -> bytes:
        """The bytes of `file`, which is one of `files`.

        Raises:
            Unreadable: they can't be had, or are too many.
        """
        with _told(file):
            data = self._unpacked(self._archive, file) if self._archive else self._stored(file)
        if len(data) > _MOST_BYTES:
            message = f"the file is larger than {_MOST_BYTES:,} bytes"
            raise Unreadable(Trouble("import-unreadable", message, file))
        return data

    def _stored(self, file: str) -> bytes:
        path = self._root if self._single else f"{self._root}/{file}"
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            parts = []
            size = 0
            while size <= _MOST_BYTES and (part := os.read(handle, 1 << 16)):
                parts.append(part)
                size += len(part)
                if len(part) < 1 << 16:
                    break
            return parts[0] if len(parts) == 1 else b"".join(parts)
        finally:
            os.close(handle)

    @staticmethod
    def _entry(archive: zipfile.ZipFile, file: str) -> IO[bytes]:
        entry = archive.getinfo(file)
        if entry.file_size > max(1 << 20, _MOST_RATIO * entry.compress_size):
            message = f"unpacked it would be {entry.file_size // max(entry.compress_size, 1):,} times as large"
            raise Unreadable(Trouble("import-unreadable", message, file))
        return archive.open(entry)

    def _unpacked(self, archive: zipfile.ZipFile, file: str) -> bytes:
        with self._entry(archive, file) as stream:
            return stream.read(_MOST_BYTES + 1)

    def _stream(self, file: str) -> IO[bytes]:
        if self._archive is not None:
            return self._entry(self._archive, file)
        return (self._real if self._single else self._real / file).open("rb")

    def head(self, file: str) -> bytes:
        """The first bytes of `file`: enough to see what it is.

        Raises:
            Unreadable: they can't be had.
        """
        with _told(file), self._stream(file) as stream:
            return stream.read(_HEAD)

    def lines(self, file: str) -> Iterator[tuple[int, bytes]]:
        """The lines of `file` with their numbers and ends, one after the other: it may be larger than `read` allows.

        Raises:
            Unreadable: they can't be had, or one of them is too long.
        """
        with _told(file), self._stream(file) as stream:
            number = 0
            while line := stream.readline(_MOST_BYTES + 1):
                number += 1
                if len(line) > _MOST_BYTES:
                    message = f"the line is longer than {_MOST_BYTES:,} bytes"
                    raise Unreadable(Trouble("import-unreadable", message, file, number))
                yield number, line

    def text(self, file: str) -> str:
        """The text of `file`, which is UTF-8, just as it is stored.

        Raises:
            Unreadable: it can't be had, or is no UTF-8.
        """
        data = self.read(file)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            message = f"the file is not UTF-8: byte {error.start:,} is 0x{data[error.start]:02x}"
            raise Unreadable(Trouble("import-unreadable", message, file, line)) from error

    def size(self, file: str) -> int:
        """How many bytes `file` has; 0 where that can't be told."""
        try:
            if self._archive is not None:
                return self._archive.getinfo(file).file_size
            return (self._real if self.is_file else self._real / file).stat().st_size
        except (OSError, KeyError):
            return 0

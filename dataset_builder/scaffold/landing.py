"""Files that come into a project from outside: staged, compared with what is there, and put in place all together."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from dataset_builder.errors import UsageError

__all__ = ["LOCK", "Landing", "Lock", "short_digest"]

LOCK = "imports.lock.json"
"""What earlier imports made of a project: which files, with digests that tell whether a hand has been at them since."""

_VERSION = 1
_DIGITS = 16  # of a digest; it tells of a change, and guards against nobody


def short_digest(data: bytes) -> str:
    """What tells whether a file has changed."""
    return sha256(data).hexdigest()[:_DIGITS]


def _imports(value: Any) -> dict[str, dict[str, Any]]:
    if value["version"] != _VERSION:
        raise ValueError
    return {name: {**each, "files": dict(each["files"])} for name, each in value["imports"].items()}


@dataclass(slots=True, kw_only=True)
class Lock:
    """The record of a project's imports, by name: the format, the inventory, the files with their digests."""

    imports: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Path) -> "Lock":
        """The record in the project at `root`; empty where there is none.

        Raises:
            UsageError: it can't be read, or another version wrote it.
        """
        path = root / LOCK
        try:
            imports = _imports(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{path} can't be read: restore it, or delete it and import with --force to make it anew"
            ) from error
        return cls(imports=imports)

    def render(self) -> bytes:
        """The file: a line for each file that was imported, in order."""
        value = {"version": _VERSION, "imports": {name: self.imports[name] for name in sorted(self.imports)}}
        for each in value["imports"].values():  # type: ignore[attr-defined]
            each["files"] = dict(sorted(each["files"].items()))
        return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


@dataclass(slots=True, kw_only=True)
class Landing:
    """One import's files on their way into the project at `root`."""

    root: Path
    known: Mapping[str, str]  # file to digest, of what earlier imports wrote
    force: bool = False
    files: dict[str, str] = field(default_factory=dict)  # all that this import gives
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # edited by hand since, and the source is as it was
    refused: list[str] = field(default_factory=list)  # edited by hand, or made by hand, and the source is another
    _staging: Path = field(default=Path())
    _folders: set[str] = field(default_factory=set)
    _there: dict[str, bool] = field(default_factory=dict)  # whether the project has a folder

    @contextlib.contextmanager
    def staged(self) -> Iterator["Landing"]:
        """The landing, with a place for its files; what wasn't put in place by `commit` is gone afterwards."""
        cache = self.root / ".dataset-builder"
        cache.mkdir(parents=True, exist_ok=True)
        self._staging = cache / f"import-{os.getpid()}"
        shutil.rmtree(self._staging, ignore_errors=True)
        self._staging.mkdir()
        try:
            yield self
        finally:
            shutil.rmtree(self._staging, ignore_errors=True)

    def put(self, file: str, data: bytes) -> None:
        """Stages `file`, which may be given again, unless it is there just so."""
        digest = short_digest(data)
        before = self.files.get(file)
        self.files[file] = digest
        there = self._digest_of(file)
        if before is not None:
            self._forget(file)
        if there == digest:
            return
        known = self.known.get(file)
        if there is None:
            self.new.append(file)
        elif known == digest and not self.force:
            self.kept.append(file)
        elif known == there or self.force:
            self.changed.append(file)
        else:
            self.refused.append(file)
        self._write(file, data)  # of what is kept or refused, too: `put` may be asked to put more into it

    def staged_bytes(self, file: str) -> bytes:
        """What is staged of `file`, or there already."""
        path = self._staging / file
        return path.read_bytes() if path.exists() else (self.root / file).read_bytes()

    def _forget(self, file: str) -> None:
        for names in (self.new, self.changed, self.kept, self.refused):
            if names and names[-1] == file:
                names.pop()
            elif file in names:
                names.remove(file)
        (self._staging / file).unlink(missing_ok=True)

    def _digest_of(self, file: str) -> str | None:
        folder = file.rpartition("/")[0]
        if folder not in self._there:
            self._there[folder] = (self.root / folder).is_dir()
        if not self._there[folder]:
            return None
        try:
            with open(f"{self.root}/{file}", "rb", buffering=0) as stream:  # noqa: PTH123 - a Path a file takes as long as reading it
                return short_digest(stream.read())
        except FileNotFoundError:
            return None

    def _write(self, file: str, data: bytes) -> None:
        folder = file.rpartition("/")[0]
        if folder not in self._folders:
            (self._staging / folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        handle = os.open(f"{self._staging}/{file}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
        try:
            written = os.write(handle, data)
            while written < len(data):
                written += os.write(handle, data[written:])
        finally:
            os.close(handle)

    @property
    def gone(self) -> tuple[str, ...]:
        """Files that an earlier import of the source gave, and this one doesn't."""
        return tuple(sorted(file for file in self.known if file not in self.files))

    def commit(self, removed: tuple[str, ...] = ()) -> None:
        """Puts all files in place and takes `removed` away; where that fails, what was there is there again."""
        aside = self._staging / ".aside"
        aside.mkdir()
        done: list[tuple[Path, Path]] = []  # where something was, and where it is now
        try:
            for was, now in self._moves(aside, removed):
                was.rename(now)
                done.append((was, now))
        except BaseException:
            for was, now in reversed(done):
                now.rename(was)
            raise

    def _moves(self, aside: Path, removed: tuple[str, ...]) -> Iterator[tuple[Path, Path]]:
        """What has to be moved, from where and to where. Folders that the project doesn't have are moved whole."""
        tops = {file.partition("/")[0] for file in self.new if "/" in file}
        tops = {top for top in tops if not os.path.lexists(self.root / top)}
        yield from ((self._staging / top, self.root / top) for top in sorted(tops))
        for number, file in enumerate((*self.changed, *removed)):
            yield self.root / file, aside / str(number)
        made: set[str] = set()
        for file in (*self.new, *self.changed):
            folder = file.rpartition("/")[0]
            if file.partition("/")[0] in tops:
                continue
            if folder not in made:
                (self.root / folder).mkdir(parents=True, exist_ok=True)
                made.add(folder)
            yield self._staging / file, self.root / file

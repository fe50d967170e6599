"""Files changed in place, each in one step: what is read is what was checked, and all else in it stays as it was."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dataset_builder.errors import OutputError
from dataset_builder.mend.edits import Change, changed, choose, locate
from dataset_builder.mend.hunks import hunks
from dataset_builder.model.diagnostic import Edit
from dataset_builder.model.mending import Difference, Left
from dataset_builder.model.span import Lines
from dataset_builder.read.excerpts import blanked
from dataset_builder.read.files import split_name

__all__ = ["Fix", "Rewriter", "Rewritten"]

Fix = tuple[Edit, ...]
_CHUNK = 1 << 20
_STALE = "the file changed while it was looked at"
_LATER = "another mend of the same place goes first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """What became of the fixes of one file."""

    made: int
    left: tuple[Left, ...] = ()
    difference: Difference | None = None


@dataclass(slots=True)
class _Made:
    """Fixes of a text, or of one line, as far as they go together."""

    changes: list[Change]
    made: int
    stale: int
    later: int


class Rewriter:
    """Changes files of the project at `root`; with `write` False, it only says what would change.

    `show` gives what may be shown of a file (`read.excerpts`), `limit` is the most bytes that a record may have.
    """

    def __init__(self, root: Path, limit: int, show: Callable[[str], str | None], *, write: bool) -> None:
        self._root, self._limit, self._show, self._write = root, limit, show, write

    def rewrite(self, file: str, fixes: Sequence[Fix]) -> Rewritten:
        """Makes those of `fixes` that go together, all of which are of `file`.

        Raises:
            OutputError: the file can't be written; it is whole, as it was.
        """
        try:
            refused = self._refuse(file)
            if refused:
                return Rewritten(made=0, left=(Left(file=file, reason=refused, count=len(fixes)),))
            if split_name(file)[1] == ".jsonl":
                return self._packed(file, fixes)
            return self._whole(file, fixes)
        except OSError as error:
            message = f"{file} can't be rewritten: {error.strerror}"
            raise OutputError(message) from error

    def _refuse(self, file: str) -> str | None:
        """Why a file is not changed; None if it is."""
        if split_name(file)[1].startswith(".jsonl."):
            return "it is compressed: unpack it first"
        path = self._root / file
        if os.path.realpath(path) != os.path.join(os.path.realpath(self._root), *file.split("/")):  # noqa: PTH118
            return "it is reached by a symbolic link: change what that leads to"
        if not stat.S_ISREG(path.lstat().st_mode):
            return "it is no file"
        return None

    # One value a file

    def _whole(self, file: str, fixes: Sequence[Fix]) -> Rewritten:
        path = self._root / file
        if path.stat().st_size > self._limit:
            return Rewritten(made=0, left=(Left(file=file, reason=_STALE, count=len(fixes)),))
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            return Rewritten(made=0, left=(Left(file=file, reason=_STALE, count=len(fixes)),))
        found = _together(fixes, Lines(text), 1)
        difference = self._difference(file, text, found.changes) if found.made else None
        if found.changes and self._write:
            with _replacing(path) as stream:
                stream.write(changed(text, found.changes).encode("utf-8"))
        return _rewritten(file, [found], difference)

    def _difference(self, file: str, text: str, changes: list[Change]) -> Difference:
        shown = self._show(file)
        if shown is None or len(shown) != len(text):
            return Difference(file=file, lines=())
        return _difference(file, hunks(shown, _shown(changes, open_=shown == text)))

    # One record a line

    def _packed(self, file: str, fixes: Sequence[Fix]) -> Rewritten:
        by_line: dict[int, list[Fix]] = {}
        for fix in fixes:
            by_line.setdefault(fix[0].start[0], []).append(fix)
        path = self._root / file
        found: dict[int, _Made] = {}
        shown = _ShownLines(self._show(file))
        lines: list[str] = []
        with path.open("rb") as stream:
            if _has_lone_returns(stream):
                reason = "carriage returns stand within its lines, so that places in it are not clear"
                return Rewritten(made=0, left=(Left(file=file, reason=reason, count=len(fixes)),))
            for number, line in _lines_at(stream, by_line, self._limit):
                found[number] = made = _together(by_line[number], Lines(line), number)
                lines += shown.hunks(number, line, made.changes)
        if self._write and any(made.changes for made in found.values()):
            with path.open("rb") as stream, _replacing(path) as target:
                _copy(stream, target, {number: made.changes for number, made in found.items()}, self._limit)
        missing = sum(len(by_line[number]) for number in by_line.keys() - found.keys())
        parts = [*found.values(), _Made([], 0, missing, 0)]
        return _rewritten(file, parts, _difference(file, lines) if any(part.made for part in parts) else None)


def _rewritten(file: str, parts: Sequence[_Made], difference: Difference | None) -> Rewritten:
    left = [(_STALE, sum(part.stale for part in parts)), (_LATER, sum(part.later for part in parts))]
    return Rewritten(
        made=sum(part.made for part in parts),
        left=tuple(Left(file=file, reason=reason, count=count) for reason, count in left if count),
        difference=difference,
    )


def _together(fixes: Sequence[Fix], lines: Lines, first: int) -> _Made:
    located = (locate(fix, lines, first) for fix in fixes)
    found = [changes for changes in located if changes is not None]
    chosen, together = choose(found)
    return _Made(together, len(chosen), len(fixes) - len(found), len(found) - len(chosen))


def _difference(file: str, lines: Iterable[str]) -> Difference:
    body = tuple(lines)
    return Difference(file=file, lines=(f"--- a/{file}", f"+++ b/{file}", *body) if body else ())


def _shown(changes: Iterable[Change], *, open_: bool) -> list[Change]:
    """`changes` as they may be shown: where strings of the text are blanked, theirs are too."""
    return [change if open_ else change._replace(text=blanked(change.text)) for change in changes]


class _ShownLines:
    """Hunks of a packed file's lines, as far as it may be shown."""

    def __init__(self, text: str | None) -> None:
        self._lines = None if text is None else text.split("\n")

    def hunks(self, number: int, line: str, changes: list[Change]) -> Iterator[str]:
        if self._lines is None or not changes or number > len(self._lines):
            return
        end = line[len(line.removesuffix("\n")) :]
        shown = self._lines[number - 1] + end
        if len(shown) == len(line):
            yield from hunks(shown, _shown(changes, open_=shown == line), context=0, first=number)


def _has_lone_returns(stream: BinaryIO) -> bool:
    """Whether a CR stands anywhere but in front of a LF or at the end; leaves the stream at its start."""
    last = b""
    found = False
    while not found and (chunk := stream.read(_CHUNK)):
        data = last + chunk
        last = data[-1:]
        body = data if last != b"\r" else data[:-1]
        found = body.count(b"\r") != body.count(b"\r\n")
        last = b"\r" if last == b"\r" else b""
    stream.seek(0)
    return found


def _lines_at(stream: BinaryIO, numbers: Mapping[int, object], limit: int) -> Iterator[tuple[int, str]]:
    """The lines of these numbers, but for those that are too large or no UTF-8."""
    for number, line in enumerate(_pieces(stream, limit), 1):
        if number in numbers and line is not None:
            try:
                yield number, line.decode("utf-8")
            except UnicodeDecodeError:
                continue


def _pieces(stream: BinaryIO, limit: int) -> Iterator[bytes | None]:
    """Each line with its end; None in the place of one that is larger than `limit`."""
    while line := stream.readline(limit + 2):
        whole = line.endswith(b"\n") or len(line) < limit + 2
        rest = line
        while not rest.endswith(b"\n") and (rest := stream.readline(_CHUNK)):
            whole = False
        yield line if whole else None


def _copy(stream: BinaryIO, target: BinaryIO, changes: Mapping[int, list[Change]], limit: int) -> None:
    number = 1
    while line := stream.readline(limit + 2):
        if changes.get(number):
            target.write(changed(line.decode("utf-8"), changes[number]).encode("utf-8"))
        else:
            target.write(line)
        while not line.endswith(b"\n") and (line := stream.readline(_CHUNK)):
            target.write(line)
        number += 1


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content takes the place of `path` in one step, with its mode, once it is on the disk."""
    mode = stat.S_IMODE(path.stat().st_mode)
    staged = path.with_name(f".{path.name}.staging-{os.getpid()}")
    handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        staged.replace(path)
        _sync(path.parent)
    finally:
        staged.unlink(missing_ok=True)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""What changes do to a text, line by line, as a unified diff: made of the changes, with nothing compared."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, takewhile
from typing import NamedTuple

from dataset_builder.mend.edits import Change, changed

__all__ = ["hunks"]


class _Block(NamedTuple):
    """Lines `start` to `end` of the old text, half-open and counted from 0, and the lines in their place."""

    start: int
    end: int
    lines: list[str]


def hunks(text: str, changes: Sequence[Change], *, context: int = 3, first: int = 1) -> Iterator[str]:
    """The hunks of a unified diff of `text` with `changes`, line by line, without line ends.

    Only LF ends a line, as for `diff` and `patch`. `first` is the number of the text's first line. Linear in both.
    """
    old = _Lines(text)
    shift = 0
    for group in _grouped(old.blocks(changes), 2 * context):
        start, end = max(group[0].start - context, 0), min(group[-1].end + context, len(old.lines))
        grown = sum(len(block.lines) - (block.end - block.start) for block in group)
        size = end - start
        yield f"@@ -{_range(start + first, size)} +{_range(start + first + shift, size + grown)} @@"
        yield from old.body(group, start, end)
        shift += grown


def _range(line: int, count: int) -> str:
    line -= count == 0  # where there are no lines, the one before is named
    return str(line) if count == 1 else f"{line},{count}"


class _Lines:
    """The lines of the old text, each with its end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = _split(text)
        self.starts = list(accumulate(map(len, self.lines), initial=0))

    def body(self, group: list[_Block], start: int, end: int) -> Iterator[str]:
        """The lines of a hunk."""
        position = start
        for block in group:
            yield from _marked(" ", self.lines[position : block.start])
            yield from _marked("-", self.lines[block.start : block.end])
            yield from _marked("+", block.lines)
            position = block.end
        yield from _marked(" ", self.lines[position:end])

    def blocks(self, changes: Sequence[Change]) -> Iterator[_Block]:
        """The lines that change, those side by side as one."""
        pending: list[Change] = []
        first = reach = 0
        for change in changes:
            begin, end = self._line(change.start), self._line(change.end) + 1
            if pending and begin > reach:
                yield from self._block(pending, first, reach)
                pending = []
            first = first if pending else begin
            reach = max(reach, end)
            pending.append(change)
        if pending:
            yield from self._block(pending, first, reach)

    def _line(self, offset: int) -> int:
        """The line that an offset is in; behind the last line's end, still the last one."""
        return max(min(bisect_right(self.starts, offset) - 1, len(self.lines) - 1), 0)

    def _block(self, changes: list[Change], first: int, reach: int) -> Iterator[_Block]:
        reach = min(reach, len(self.lines))
        base, old = self.starts[first], self.lines[first:reach]
        moved = [Change(start - base, end - base, written) for start, end, written in changes]
        new = _split(changed(self.text[base : self.starts[reach]], moved))
        head = _shared(old, new)
        tail = _shared(old[head:][::-1], new[head:][::-1])
        if len(old) - tail > head or len(new) - tail > head:
            yield _Block(first + head, reach - tail, new[head : len(new) - tail])


def _marked(mark: str, lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _split(text: str) -> list[str]:
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _shared(one: list[str], other: list[str]) -> int:
    """How many lines two lists begin with both."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _grouped(blocks: Iterator[_Block], distance: int) -> Iterator[list[_Block]]:
    group: list[_Block] = []
    for block in blocks:
        if group and block.start - group[-1].end > distance:
            yield group
            group = []
        group.append(block)
    if group:
        yield group

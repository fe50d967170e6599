"""Edits of one text: found in it again, chosen so that none touches another, and made."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from dataset_builder.model.diagnostic import Edit
from dataset_builder.model.span import Lines

__all__ = ["Change", "changed", "choose", "locate"]


class Change(NamedTuple):
    """The stretch from `start` to `end` of a text, half-open and in code points, and what takes its place."""

    start: int
    end: int
    text: str


def locate(fix: Iterable[Edit], lines: Lines, first: int = 1) -> tuple[Change, ...] | None:
    """The changes that the edits of a fix mean in the text of `lines`, whose first line has the number `first`.

    None where the text is not the one that they were made for.
    """
    changes = [_change(edit, lines, first) for edit in fix]
    found = tuple(change for change in changes if change is not None)
    return found if len(found) == len(changes) else None


def _change(edit: Edit, lines: Lines, first: int) -> Change | None:
    start, end = (_offset(lines, line - first + 1, column) for line, column in (edit.start, edit.end))
    if start is None or end is None or start > end:
        return None
    fits = edit.was is None or lines.text[start:end] == edit.was
    return Change(start, end, edit.text) if fits else None


def _offset(lines: Lines, line: int, column: int) -> int | None:
    if not 1 <= line <= len(lines.starts) or column < 1:
        return None
    offset = lines.offset(line, column)
    return offset if offset <= len(lines.text) else None


def choose(fixes: Sequence[tuple[Change, ...]]) -> tuple[list[int], list[Change]]:
    """Which of `fixes` can be made together, by their indices, and all their changes in the order of the text.

    The first by place wins; one that overlaps it is left. A fix is made as a whole or not at all; what several have in
    common is made once. O(n log n), but for shifting the list of changes.
    """
    chosen: list[int] = []
    changes: list[Change] = []
    for index in sorted(range(len(fixes)), key=lambda index: min(fixes[index], default=Change(0, 0, ""))):
        new = [change for change in dict.fromkeys(fixes[index]) if not _is_there(change, changes)]
        if all(_is_free(change, changes) for change in new) and not _touch(new):
            chosen.append(index)
            for change in new:
                insort(changes, change)
    return sorted(chosen), changes


def _is_there(change: Change, changes: list[Change]) -> bool:
    at = bisect_left(changes, change)
    return at < len(changes) and changes[at] == change


def _is_free(change: Change, changes: list[Change]) -> bool:
    at = bisect_left(changes, change)
    return not any(_overlap(change, other) for other in changes[max(at - 2, 0) : at + 2])


def _touch(changes: list[Change]) -> bool:
    ordered = sorted(changes)
    return any(_overlap(*pair) for pair in pairwise(ordered))


def _overlap(one: Change, other: Change) -> bool:
    """Whether two changes share a code point, or put something in at one and the same place."""
    if one.start == one.end == other.start == other.end:
        return True
    return one.start < other.end and other.start < one.end


def changed(text: str, changes: Iterable[Change]) -> str:
    """`text` with `changes`, which are in its order and apart."""
    parts, position = [], 0
    for start, end, written in changes:
        parts += [text[position:start], written]
        position = end
    return "".join((*parts, text[position:]))

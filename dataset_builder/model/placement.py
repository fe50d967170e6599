"""Where tokens are in a text, and which of them a span has."""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

__all__ = ["Tokens", "places"]

_FIRST_MARK = "\u0300"  # no combining mark stands before it


def places(text: str, offsets: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The place of each token: what it covers without white space at its edges, and with the marks that follow.

    Byte-level and sentence-piece tokenizers count the blank before a word to the word; normalisers that compose or
    strip accents leave combining marks to no token, which are put to the character that they are on.
    """
    found = [_trimmed(text, start, end) for start, end in offsets]
    if text.isascii() or max(text) < _FIRST_MARK:
        return found
    covered = bytearray(len(text))
    for start, end in offsets:
        covered[start:end] = b"\1" * (end - start)
    return [(start, _with_marks(text, end, covered)) if start < end else (start, end) for start, end in found]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    if start >= end or not (text[start].isspace() or text[end - 1].isspace()):
        return start, end
    part = text[start:end]
    if part.isspace():
        return start, end
    return end - len(part.lstrip()), start + len(part.rstrip())


def _with_marks(text: str, end: int, covered: bytearray) -> int:
    while (
        end < len(text) and text[end] >= _FIRST_MARK and not covered[end] and unicodedata.category(text[end])[0] == "M"
    ):
        end += 1
    return end


class Tokens:
    """The tokens of an article by their places. Those without a width are in no span by themselves."""

    def __init__(self, found: Sequence[tuple[int, int]]) -> None:
        self._places = found
        self._wide = [index for index, (start, end) in enumerate(found) if start < end]
        # Offsets of some normalisers go back a little: the running extremes are sorted whatever they do.
        self._ends = list(accumulate((found[index][1] for index in self._wide), max))
        backwards = accumulate((found[index][0] for index in reversed(self._wide)), min)
        self._starts = list(backwards)[::-1]

    def touched(self, start: int, end: int) -> tuple[int, int] | None:
        """From the first token that has a character of the span to behind the last one. O(log tokens)."""
        first = bisect_right(self._ends, start)
        last = bisect_left(self._starts, end) - 1
        return (self._wide[first], self._wide[last] + 1) if first <= last else None

    def within(self, start: int, end: int) -> tuple[int, int] | None:
        """From the first token that lies in the span as a whole to behind the last one."""
        found = self.touched(start, end)
        if found is None:
            return None
        inside = [index for index in range(*found) if self._inside(index, start, end)]
        return (inside[0], inside[-1] + 1) if inside else None

    def _inside(self, index: int, start: int, end: int) -> bool:
        first, stop = self._places[index]
        return start <= first < stop <= end

    def place(self, first: int, stop: int) -> tuple[int, int]:
        """What the tokens cover, from the first character to the last: half-open, code points of the text."""
        wide = [place for place in self._places[first:stop] if place[0] < place[1]]
        return min(start for start, _ in wide), max(end for _, end in wide)

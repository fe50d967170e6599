"""What a place covers: the stretches of lines of its file."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from dataset_builder.model.diagnostic import Place
from dataset_builder.model.span import Lines

__all__ = ["Files", "Sources", "Stretch"]

Sources = Callable[[str], str | None]
"""The text of a file, by its path as diagnostics give it; None where it can't or mustn't be shown."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[\w.+-]+|.', re.DOTALL)
_MARK = "\ufeff"  # byte order mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Part of a line."""

    number: int  # of the line, 1-based
    line: str  # without its line end
    start: int  # half-open, code points of the line
    end: int


class Files:
    """Finds what places cover. Each file is read once."""

    def __init__(self, sources: Sources) -> None:
        self.text = cache(sources)
        self._lines = cache(Lines)

    def stretches(self, place: Place) -> tuple[Stretch, ...]:
        """What `place` covers, a stretch a line; empty where its line isn't to be had.

        In a text it is the passage meant, in JSON and TOML the token that begins at the place. Only the first stretch
        may be of length 0. Places that a file of fewer or shorter lines no longer has are moved to a line's end.
        """
        text = self.text(place.file) if place.line is not None else None
        if text is None or place.line is None or not 1 <= place.line <= len(self._lines(text).starts):
            return ()
        first, *others = self._cut(self._lines(text), place, place.line)
        return first, *(stretch for stretch in others if stretch.start < stretch.end)

    def marked(self, file: str) -> bool:
        """Whether `file` begins with a byte order mark, which is a column here and none to others."""
        return (self.text(file) or "").startswith(_MARK)

    def _cut(self, lines: Lines, place: Place, number: int) -> Iterator[Stretch]:
        line = lines.line(number)
        start = min(max((place.column or 1) - 1, 0), len(line))
        length = _length(place)
        if length is None:
            token = _TOKEN.match(line, start) if place.column is not None else None
            yield Stretch(number=number, line=line, start=start, end=token.end() if token else start)
            return
        end = lines.offset(number, start + 1) + length
        for each in range(number, bisect_left(lines.starts, end, lo=number) + 1):
            line, begin = lines.line(each), lines.starts[each - 1]
            yield Stretch(number=each, line=line, start=start, end=max(start, min(end - begin, len(line))))
            start = 0


def _length(place: Place) -> int | None:
    """How many code points of a text are meant; None in a record, whose place states a passage of another file."""
    if place.pointer is not None or place.start is None or place.end is None:
        return None
    return max(place.end - place.start, 0)

"""Spans written as brackets in a column: `(PER*`, `*)` of names; `(12`, `12)`, `(3)|(12` of chains, which may cross."""

import re
from typing import NamedTuple

__all__ = ["Bracketed", "Brackets"]

_PIECE = re.compile(r"\(([^()|]+)\)|\(([^()|]+)|([^()|]+)\)|\)")


class Bracketed(NamedTuple):
    """Tokens within brackets: half-open, by their numbers; `line` is where the first is."""

    start: int
    end: int
    name: str
    line: int


class Brackets:
    """Reads a column, cell by cell. Brackets that have names are matched by these, the others by nesting."""

    def __init__(self) -> None:
        self.found: list[Bracketed] = []
        self._open: list[tuple[int, str, int]] = []

    def read(self, number: int, cell: str, line: int) -> list[str]:
        """Reads the cell of the token `number`; gives what doesn't match."""
        wrong: list[str] = []
        for match in _PIECE.finditer(cell.replace("*", "|")):
            whole, opened, closed = match.groups()
            if whole is not None:
                self.found.append(Bracketed(number, number + 1, whole, line))
            elif opened is not None:
                self._open.append((number, opened, line))
            elif not self._close(number, closed):
                wrong.append(f'"{match[0]}" closes what was not opened')
        return wrong

    def _close(self, number: int, name: str | None) -> bool:
        for place in range(len(self._open) - 1, -1, -1):
            start, opened, line = self._open[place]
            if name is None or _key(opened) == _key(name):
                del self._open[place]
                self.found.append(Bracketed(start, number + 1, opened, line))
                return True
        return False

    @property
    def ordered(self) -> list[Bracketed]:
        """What was found, as it begins; of what begins together, the longer first."""
        return sorted(self.found, key=lambda each: (each.start, -each.end, each.name))

    def finish(self) -> list[tuple[int, str]]:
        """The lines of brackets that were never closed, and what they open."""
        left = [(line, f'"({name}" is never closed: it is left out') for _, name, line in self._open]
        self._open = []
        return left


def _key(name: str) -> str:
    return name.partition("-")[0]

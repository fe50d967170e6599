"""A JSON text whose every value has a position: what the slow path explains findings with."""

from dataclasses import dataclass, field
from typing import Any

from dataset_builder.model.diagnostic import Edit, Place, Pointer, json_pointer
from dataset_builder.model.source import Source
from dataset_builder.model.span import Lines

__all__ = ["Document", "Flaw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something that the strict reader found wrong with a JSON text.

    `kind` names the rule that reports it (`check.rule.Rule.kinds`).
    """

    kind: str
    message: str
    offset: int  # code points of the JSON text
    pointer: Pointer
    first: int | None = None  # for a duplicate key: where the first one stands, in code points


@dataclass(slots=True, kw_only=True, eq=False)
class Document:
    """A JSON text, its value and the position of each of its parts.

    `value` is None where the text could not be read (`readable` is False); the flaws then say why.
    """

    source: Source
    text: str  # the JSON text, decoded; undecodable bytes are U+FFFD
    value: Any = None
    readable: bool = True
    values: dict[Pointer, tuple[int, int]] = field(default_factory=dict)  # half-open, code points of `text`
    keys: dict[Pointer, int] = field(default_factory=dict)  # where the key of a member stands, code points
    flaws: tuple[Flaw, ...] = ()
    prefix: Pointer = ()  # where the value stands in its file, where that holds several
    _lines: Lines | None = None

    @property
    def lines(self) -> Lines:
        """Line starts of `text`, found once."""
        if self._lines is None:
            self._lines = Lines(self.text)
        return self._lines

    def place(self, pointer: Pointer, *, key: bool = False, note: str | None = None) -> Place:
        """Where the value at `pointer` stands (or its key); the nearest parent if it isn't there."""
        known = pointer
        while known and known not in self.values:
            known = known[:-1]
        offset = self.keys.get(known) if key and known == pointer else None
        if offset is None:
            offset = self.values.get(known, (0, 0))[0]
        return self.place_at(offset, pointer, note=note)

    def edit(self, start: int, end: int, text: str) -> Edit:
        """`text` in the place of the code points `start` to `end` of the JSON text."""
        bounds = (self._locate(start), self._locate(end))
        return Edit(file=self.source.file, start=bounds[0], end=bounds[1], text=text, was=self.text[start:end])

    def _locate(self, offset: int) -> tuple[int, int]:
        """Line and column of code point `offset` in the file; a record of a packed file is one line."""
        line, column = (1, offset + 1) if self.source.size is not None else self.lines.locate(offset)
        return line + self.source.line - 1, column

    def place_at(self, offset: int, pointer: Pointer, *, note: str | None = None) -> Place:
        """The place of code point `offset` of the JSON text."""
        line, column = self._locate(offset)
        return Place(
            file=self.source.file,
            line=line,
            column=column,
            pointer=json_pointer(self.prefix + pointer),
            note=note,
        )

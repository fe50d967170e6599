"""Gathers the flaws of a JSON text while it is read."""

from collections.abc import Iterable
from typing import NoReturn

from dataset_builder.model.diagnostic import Pointer
from dataset_builder.model.document import Document, Flaw

__all__ = ["Report", "Unreadable"]


class Unreadable(Exception):  # noqa: N818 - no error of ours: the reader stops, having reported why
    """Nothing behind the last flaw can be read."""


class Report:
    """The flaws of `document` so far."""

    def __init__(self, document: Document, flaws: Iterable[Flaw] = ()) -> None:
        self._document = document
        self._flaws = list(flaws)

    def add(self, kind: str, message: str, offset: int, pointer: Pointer, *, first: int | None = None) -> None:
        """Notes a flaw behind which the reading goes on."""
        self._flaws.append(Flaw(kind=kind, message=message, offset=offset, pointer=pointer, first=first))

    def stop(self, kind: str, message: str, offset: int, pointer: Pointer) -> NoReturn:
        """Notes a flaw behind which nothing can be read.

        Raises:
            Unreadable: always.
        """
        self.add(kind, message, offset, pointer)
        raise Unreadable(message)

    def where(self, offset: int) -> str:
        """The line and column of `offset` in the file, as messages name them."""
        place = self._document.place_at(offset, ())
        return f"line {place.line}, column {place.column}"

    def sorted(self) -> tuple[Flaw, ...]:
        """All flaws, in the order of the text."""
        return tuple(sorted(self._flaws, key=lambda flaw: flaw.offset))

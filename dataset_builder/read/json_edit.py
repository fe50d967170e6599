"""Small changes to a JSON text that leave all else in it as it was written."""

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from dataset_builder.model.diagnostic import Pointer
from dataset_builder.model.document import Document

__all__ = ["JsonEdit"]


_Change = tuple[int, int, str]  # a half-open range of the text, and what takes its place


class JsonEdit:
    """Changes to the text of `document`, which has no flaw; `text()` is the text with all of them.

    A member is changed once at most, and nothing inside one that is replaced or removed. What is new is spaced as its
    neighbours are.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self._replaced: list[_Change] = []
        self._added: dict[Pointer, dict[str, Any]] = {}  # by the object that they go to
        self._removed: set[Pointer] = set()

    @classmethod
    def merged(cls, edits: Sequence["JsonEdit"]) -> "JsonEdit":
        """The changes of `edits`, which are of parts of one text."""
        whole = cls(edits[0].document)
        whole._replaced = [change for edit in edits for change in edit.changes]
        return whole

    def set(self, parent: Pointer, name: str, value: Any) -> None:
        """Gives the object at `parent` the member `name`: in its place where there is one, else behind the last one."""
        pointer = (*parent, name)
        if pointer in self.document.keys:
            self._replaced.append((*self.document.values[pointer], _written(value, self._colon(pointer))))
        else:
            self._added.setdefault(parent, {})[name] = value

    def replace(self, pointer: Pointer, name: str, value: Any) -> None:
        """Puts the member `name` with `value` in the place of the member at `pointer`."""
        written = _member(name, value, self._colon(pointer))
        self._replaced.append((self.document.keys[pointer], self.document.values[pointer][1], written))

    def remove(self, pointer: Pointer) -> None:
        """Takes the member at `pointer` out, with the comma that goes with it."""
        self._removed.add(pointer)

    @property
    def changes(self) -> list[_Change]:
        """What is done to the text, in the order of the text; ranges do not overlap."""
        objects: dict[Pointer, list[Pointer]] = {parent: [] for parent in self._added}
        objects |= {pointer[:-1]: [] for pointer in self._removed}
        for pointer in self.document.keys if objects else ():  # in the order of the text
            if pointer[:-1] in objects:
                objects[pointer[:-1]].append(pointer)
        return sorted([*self._replaced, *(change for each in objects.items() for change in self._changes_of(*each))])

    def text(self) -> str:
        """The text with all changes."""
        parts, position = [], 0
        for start, end, written in self.changes:
            parts += [self.document.text[position:start], written]
            position = end
        return "".join((*parts, self.document.text[position:]))

    def _changes_of(self, parent: Pointer, members: list[Pointer]) -> Iterator[_Change]:
        """What is removed from and added to the object at `parent`, which has `members`."""
        keys, values = self.document.keys, self.document.values
        new = self._added.get(parent, {})
        colon, comma = self._spacing(members)
        added = comma.join(_member(name, value, colon) for name, value in new.items())
        kept = [index for index, member in enumerate(members) if member not in self._removed]
        if not kept:
            start, end = values[parent]
            inside = (keys[members[0]], values[members[-1]][1]) if members and new else (start + 1, end - 1)
            yield (*inside, added)
            return
        if kept[0]:
            yield keys[members[0]], keys[members[kept[0]]], ""
        for before, member in pairwise(members[kept[0] :]):
            if member in self._removed:
                yield values[before][1], values[member][1], ""
        if new:
            end = values[members[-1]][1]
            yield end, end, comma + added

    def _spacing(self, members: list[Pointer]) -> tuple[str, str]:
        """The colon and the comma of a new member beside `members`, with the white space that goes with them."""
        if not members:
            last = next(reversed(self.document.keys), None)
            colon = ": " if last is None else self._colon(last)
            return colon, _comma(colon)
        *_, member = members
        head = self.document.text[self.document.values[member[:-1]][0] : self.document.keys[member]]
        space, colon = head[len(head.rstrip()) :], self._colon(member)
        return colon, "," + space if len(members) > 1 or "\n" in space else _comma(colon)

    def _colon(self, member: Pointer) -> str:
        """What stands between the name and the value of `member`."""
        head = self.document.text[self.document.keys[member] : self.document.values[member][0]]
        return head[head.rindex('"') + 1 :]


def _member(name: str, value: Any, colon: str) -> str:
    return _written({name: value}, colon)[1:-1]


def _written(value: Any, colon: str) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(_comma(colon), colon))


def _comma(colon: str) -> str:
    """The comma that goes with `colon` in one line."""
    return "," if colon.endswith(":") else ", "

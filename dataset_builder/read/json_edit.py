"""Small changes to a JSON text that leave all else in it as it was written."""

import json
import re
from collections.abc import Sequence
from typing import Any

from dataset_builder.model.diagnostic import Pointer
from dataset_builder.model.document import Document

__all__ = ["JsonEdit"]

_COMMA_AFTER = re.compile(r"\s*,\s*")
_COMMA_BEFORE = re.compile(r"\s*,\s*\Z")


class JsonEdit:
    """Changes to the text of `document`, which has no flaw; `text()` is the text with all of them."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.changes: list[tuple[int, int, str]] = []  # half-open ranges of the text, and what takes their place

    @classmethod
    def merged(cls, edits: Sequence["JsonEdit"]) -> "JsonEdit":
        """The changes of `edits`, which are of parts of one text."""
        whole = cls(edits[0].document)
        whole.changes = [change for edit in edits for change in edit.changes]
        return whole

    def set(self, parent: Pointer, name: str, value: Any) -> None:
        """Gives the object at `parent` the member `name`: in its place where there is one, else behind the last one."""
        pointer = (*parent, name)
        written = json.dumps(value, ensure_ascii=False)
        if pointer in self.document.values:
            self.changes.append((*self.document.values[pointer], written))
            return
        members = [self.document.keys[p] for p in self.document.keys if p[:-1] == parent]
        member = f"{json.dumps(name, ensure_ascii=False)}: {written}"
        if not members:
            start, end = self.document.values[parent]
            begun = any(start < change[0] < end for change in self.changes)
            self.changes.append((end - 1, end - 1, f", {member}") if begun else (start + 1, end - 1, member))
            return
        last = max(self.document.values[p][1] for p in self.document.keys if p[:-1] == parent)
        self.changes.append((last, last, f",{self._space_before(min(members))}{member}"))

    def replace(self, pointer: Pointer, name: str, value: Any) -> None:
        """Puts the member `name` with `value` in the place of the member at `pointer`."""
        written = f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False)}"
        self.changes.append((self.document.keys[pointer], self.document.values[pointer][1], written))

    def remove(self, pointer: Pointer) -> None:
        """Takes the member at `pointer` out, with the comma that goes with it."""
        text, start, end = self.document.text, self.document.keys[pointer], self.document.values[pointer][1]
        after = _COMMA_AFTER.match(text, end)
        before = _COMMA_BEFORE.search(text, 0, start)
        if after:
            end = after.end()
        elif before:
            start = before.start()
        self.changes.append((start, end, ""))

    def text(self) -> str:
        """The text with all changes. Changes must not overlap."""
        parts, position = [], 0
        for start, end, written in sorted(self.changes, key=lambda change: change[:2]):  # stable: in the order of calls
            parts += [self.document.text[position:start], written]
            position = end
        return "".join((*parts, self.document.text[position:]))

    def _space_before(self, key: int) -> str:
        """The white space in front of the key at `key`, which tells how members are set apart."""
        head = self.document.text[:key]
        return head[len(head.rstrip()) :] or " "

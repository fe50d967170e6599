"""Reads JSON values with their positions, without recursion and in linear time.

Most members and items are plain: one regular expression takes such a one whole, with what follows it. Whatever it
doesn't match is read again with care, step by step. Repeats are possessive (`*+`), so no expression backtracks.
"""

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn

from dataset_builder.model.diagnostic import Pointer
from dataset_builder.model.document import Document
from dataset_builder.read import json_syntax as syntax
from dataset_builder.read.json_report import Report
from dataset_builder.read.json_scalars import CHARACTERS, WORDS, read_number, read_string, read_word

__all__ = ["ValueReader"]

_SPACE = r"[ \t\n\r]*+"
_SPACES = re.compile(_SPACE)
_SCALAR = rf'"({CHARACTERS})"|(-?(?:0|[1-9][0-9]{{0,17}}+))|(true|false|null)'

# Groups: the key (of a member), a string, a small integer, a word, the delimiter; or else the bracket that opens.
_PLAIN_MEMBER = re.compile(
    rf'{_SPACE}"({CHARACTERS})"{_SPACE}:{_SPACE}(?:(?:{_SCALAR}){_SPACE}([,}}])|([\[{{]))',
)
_PLAIN_ITEM = re.compile(rf"{_SPACE}(?:(?:{_SCALAR}){_SPACE}([,\]])|([\[{{]))")


@dataclass(slots=True, eq=False)
class _Object:
    """An object that isn't closed yet."""

    offset: int
    pointer: Pointer
    container: dict[str, Any] = field(default_factory=dict)
    first_keys: dict[str, int] = field(default_factory=dict)  # of the keys given twice: where the first one stands

    noun: ClassVar[str] = "object"
    closer: ClassVar[str] = "}"
    separator: ClassVar[re.Pattern[str]] = re.compile(rf"{_SPACE}([,}}])")


@dataclass(slots=True, eq=False)
class _Array:
    """An array that isn't closed yet."""

    offset: int
    pointer: Pointer
    container: list[Any] = field(default_factory=list)

    noun: ClassVar[str] = "array"
    closer: ClassVar[str] = "]"
    separator: ClassVar[re.Pattern[str]] = re.compile(rf"{_SPACE}([,\]])")


class ValueReader:
    """Reads the text of `document` into its `values` and `keys`.

    The objects and arrays that are open form a stack: `innermost`, and the others in `outer`.
    """

    def __init__(self, document: Document, report: Report, depth: int) -> None:
        self.text = document.text
        self.values = document.values
        self.keys = document.keys
        self.report = report
        self.depth = depth  # at most so many open at once
        self.names: dict[str, str] = {}  # one string for all members of a name
        self.innermost: _Object | _Array | None = None
        self.outer: list[_Object | _Array | None] = []

    def read(self, start: int) -> Any:
        """The value of the text from `start` to its end.

        Raises:
            Unreadable: there is no such value, or something stands behind it.
        """
        offset = self._skip(start)
        if offset == len(self.text):
            message = "the text is empty" if offset == start else "the text holds only white space"
            self.report.stop("empty", message, start, ())
        value, end = self._value(offset, ())
        while (opened := self.innermost) is not None:
            end = self._members(opened, end) if isinstance(opened, _Object) else self._items(opened, end)
        rest = self._skip(end)
        if rest < len(self.text):
            self.report.stop("trailing-data", syntax.end_expected(self.text, rest), rest, ())
        return value

    def _members(self, opened: _Object, position: int) -> int:
        """Reads on in an object until it closes, or another value opens in it; the offset behind that."""
        text, base, container = self.text, opened.pointer, opened.container
        values, keys, names, plain = self.values, self.keys, self.names, _PLAIN_MEMBER.match
        if container:
            position = self._separator(opened, position)
        while self.innermost is opened:
            match = plain(text, position)
            if match is None or match[1] in container:
                position = self._member(opened, position)
                continue
            key, string, integer, word, delimiter, bracket = match.groups()
            key = names.setdefault(key, key)
            pointer = base + (key,)  # noqa: RUF005 - unpacking takes twice as long
            keys[pointer] = match.start(1) - 1
            position = match.end()
            if bracket:
                container[key] = self._open(bracket, position - 1, pointer)
                return position
            if string is not None:
                values[pointer] = (match.start(2) - 1, match.end(2) + 1)
                container[key] = string
            elif integer:
                values[pointer] = match.span(3)
                container[key] = int(integer)
            else:
                values[pointer] = match.span(4)
                container[key] = WORDS[word]
            if delimiter == "}":
                self._close(opened, position)
        return position

    def _items(self, opened: _Array, position: int) -> int:
        """Reads on in an array until it closes, or another value opens in it; the offset behind that."""
        text, base, container = self.text, opened.pointer, opened.container
        values, plain = self.values, _PLAIN_ITEM.match
        if container:
            position = self._separator(opened, position)
        while self.innermost is opened:
            match = plain(text, position)
            if match is None:
                position = self._item(opened, position)
                continue
            string, integer, word, delimiter, bracket = match.groups()
            pointer = base + (len(container),)  # noqa: RUF005 - unpacking takes twice as long
            position = match.end()
            if bracket:
                container.append(self._open(bracket, position - 1, pointer))
                return position
            if string is not None:
                values[pointer] = (match.start(1) - 1, match.end(1) + 1)
                container.append(string)
            elif integer:
                values[pointer] = match.span(2)
                container.append(int(integer))
            else:
                values[pointer] = match.span(3)
                container.append(WORDS[word])
            if delimiter == "]":
                self._close(opened, position)
        return position

    def _member(self, opened: _Object, position: int) -> int:
        """Reads one member, of whatever form, and what separates it from the next one; the offset behind that."""
        text, container = self.text, opened.container
        start = self._skip(position)
        if not container and text.startswith("}", start):
            return self._close(opened, start + 1)
        if not text.startswith('"', start):
            message, offset = syntax.key_expected(text, start, self._name(opened), first=not container)
            self.report.stop("syntax", message, offset, opened.pointer)
        key, end = read_string(text, start, opened.pointer, self.report)
        colon = self._skip(end)
        if not text.startswith(":", colon):
            message = syntax.colon_expected(text, colon, key, self._name(opened))
            self.report.stop("syntax", message, colon, opened.pointer)
        pointer = (*opened.pointer, self.names.setdefault(key, key))
        if key in container:
            self._replace(opened, key, start, pointer)
        self.keys[pointer] = start
        container[key], end = self._value(self._skip(colon + 1), pointer)
        return self._separator(opened, end) if self.innermost is opened else end

    def _item(self, opened: _Array, position: int) -> int:
        """Reads one item, of whatever form, and what separates it from the next one; the offset behind that."""
        container = opened.container
        start = self._skip(position)
        if not container and self.text.startswith("]", start):
            return self._close(opened, start + 1)
        value, end = self._value(start, (*opened.pointer, len(container)))
        container.append(value)
        return self._separator(opened, end) if self.innermost is opened else end

    def _separator(self, opened: _Object | _Array, end: int) -> int:
        """The offset behind what follows a value that ends at `end`: a comma, or the bracket that closes `opened`."""
        match = opened.separator.match(self.text, end)
        if match is None:
            found = self._skip(end)
            message, offset = syntax.separator_expected(self.text, end, found, self._name(opened), opened.closer)
            self.report.stop("syntax", message, offset, opened.pointer)
        return match.end() if match[1] == "," else self._close(opened, match.end())

    def _open(self, bracket: str, offset: int, pointer: Pointer) -> dict[str, Any] | list[Any]:
        self.outer.append(self.innermost)
        if len(self.outer) > self.depth:
            self.report.stop("depth", f"values nest more than {self.depth} levels deep here", offset, pointer)
        self.innermost = _Object(offset, pointer) if bracket == "{" else _Array(offset, pointer)
        self.values[pointer] = (offset, len(self.text))  # until it closes
        return self.innermost.container

    def _close(self, opened: _Object | _Array, end: int) -> int:
        self.values[opened.pointer] = (opened.offset, end)
        self.innermost = self.outer.pop()
        return end

    def _value(self, start: int, pointer: Pointer) -> tuple[Any, int]:
        """The value at `start`, of whatever form, and its end; only opened, if it is an object or an array."""
        text, report = self.text, self.report
        if text.startswith(("{", "["), start):
            return self._open(text[start], start, pointer), start + 1
        if text.startswith('"', start):
            read: tuple[Any, int] | None = read_string(text, start, pointer, report)
        else:
            read = read_word(text, start, pointer, report) or read_number(text, start, pointer, report)
        if read is None:
            self._no_value(start, pointer)
        self.values[pointer] = (start, read[1])
        return read

    def _no_value(self, start: int, pointer: Pointer) -> NoReturn:
        opened = self.innermost
        if opened is None:
            message, offset = syntax.root_expected(self.text, start), start
        elif isinstance(opened, _Object):
            message, offset = syntax.value_expected(self.text, start, str(pointer[-1]), self._name(opened)), start
        else:
            message, offset = syntax.item_expected(self.text, start, self._name(opened), first=not opened.container)
        self.report.stop("syntax", message, offset, pointer)

    def _replace(self, opened: _Object, key: str, offset: int, pointer: Pointer) -> None:
        """Notes a duplicate key and forgets the positions of the value that it replaces. Linear in that value."""
        first = opened.first_keys.setdefault(key, self.keys[pointer])
        message = f"the key {syntax.key_name(key)} was given before, at {self.report.where(first)}"
        self.report.add("duplicate-key", message, offset, pointer, first=first)
        rest: list[tuple[Pointer, Any]] = [(pointer, opened.container[key])]
        while rest:
            stale, value = rest.pop()
            self.values.pop(stale)
            self.keys.pop(stale, None)
            if isinstance(value, dict):
                rest.extend(((*stale, name), member) for name, member in value.items())
            elif isinstance(value, list):
                rest.extend(((*stale, index), item) for index, item in enumerate(value))

    def _skip(self, position: int) -> int:
        """The offset of what follows the white space at `position`."""
        match = _SPACES.match(self.text, position)
        return match.end() if match else position

    def _name(self, opened: _Object | _Array) -> str:
        return f"the {opened.noun} opened at {self.report.where(opened.offset)}"

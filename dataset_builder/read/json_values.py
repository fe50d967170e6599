"""Reads JSON values with their positions, without recursion and in linear time.

Most members and items are plain: one regular expression takes such a one whole, with what follows it. Whatever it
doesn't match is read again with care, step by step. Repeats are possessive (`*+`), so no expression backtracks.
"""

import math
import re
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn

import orjson

from dataset_builder.model.diagnostic import Pointer
from dataset_builder.model.document import Document, Flaw
from dataset_builder.read import json_syntax as syntax

__all__ = ["Unreadable", "ValueReader"]

_SPACE = r"[ \t\n\r]*+"
_CHARACTERS = r'[^"\\\x00-\x1f]*+'
_SCALAR = rf'"({_CHARACTERS})"|(-?(?:0|[1-9][0-9]{{0,17}}+))|(true|false|null)'

# Groups: the key (of a member), a string, a small integer, a word, the delimiter; or else the bracket that opens.
_PLAIN_MEMBER = re.compile(
    rf'{_SPACE}"({_CHARACTERS})"{_SPACE}:{_SPACE}(?:(?:{_SCALAR}){_SPACE}([,}}])|([\[{{]))',
)
_PLAIN_ITEM = re.compile(rf"{_SPACE}(?:(?:{_SCALAR}){_SPACE}([,\]])|([\[{{]))")

_SPACES = re.compile(_SPACE)
_RUN = re.compile(_CHARACTERS)
_STRING = re.compile(rf'"{_CHARACTERS}(?:\\.{_CHARACTERS})*+"')
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt])|u([0-9a-fA-F]{4}))')
_LOW_SURROGATE = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?([eE][-+]?[0-9]++)?(?![-+.\w$])")
_WORD = re.compile(r"(?:true|false|null|NaN|-?Infinity)(?![\w$])")

_WORDS = {"true": True, "false": False, "null": None}
_NOT_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_ESCAPED = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_REPLACEMENT = "\ufffd"
_INT64 = range(-(2**63), 2**63)
_INTEGER_LENGTH = 640  # the least limit that sys.set_int_max_str_digits takes; int() would be quadratic in the length


class Unreadable(Exception):  # noqa: N818 - no error: it carries the flaw behind which nothing is read
    """The reading stops at `flaw`."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.message)
        self.flaw = flaw


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
    """Reads the text of `document` into its `values` and `keys`, and into `flaws` what is wrong with it.

    The objects and arrays that are open form a stack: `innermost`, and the others in `outer`.
    """

    def __init__(self, document: Document, depth: int, flaws: list[Flaw]) -> None:
        self.document = document
        self.text = document.text
        self.values = document.values
        self.keys = document.keys
        self.depth = depth
        self.flaws = flaws
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
            self._stop("empty", "the text is empty" if offset == start else "the text holds only white space", start, ())
        value, end = self._value(offset, ())
        while (opened := self.innermost) is not None:
            end = self._members(opened, end) if isinstance(opened, _Object) else self._items(opened, end)
        rest = self._skip(end)
        if rest < len(self.text):
            self._stop("trailing-data", syntax.end_expected(self.text, rest), rest, ())
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
                container[key] = _WORDS[word]
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
                container.append(_WORDS[word])
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
            message, offset = syntax.key_expected(text, start, opened=self._name(opened), first=not container)
            self._stop("syntax", message, offset, opened.pointer)
        key, end = self._string(start, opened.pointer)
        colon = self._skip(end)
        if not text.startswith(":", colon):
            message = syntax.colon_expected(text, colon, key=key, opened=self._name(opened))
            self._stop("syntax", message, colon, opened.pointer)
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
        """The offset behind the comma, or behind the bracket that closes `opened`, that follows a value ending at `end`."""
        match = opened.separator.match(self.text, end)
        if match is None:
            offset = self._skip(end)
            name, closer = self._name(opened), opened.closer
            message, offset = syntax.separator_expected(self.text, end, offset, opened=name, closer=closer)
            self._stop("syntax", message, offset, opened.pointer)
        return match.end() if match[1] == "," else self._close(opened, match.end())

    def _open(self, bracket: str, offset: int, pointer: Pointer) -> dict[str, Any] | list[Any]:
        self.outer.append(self.innermost)
        if len(self.outer) > self.depth:
            self._stop("depth", f"values nest more than {self.depth} levels deep here", offset, pointer)
        self.innermost = _Object(offset, pointer) if bracket == "{" else _Array(offset, pointer)
        self.values[pointer] = (offset, len(self.text))  # until it closes
        return self.innermost.container

    def _close(self, opened: _Object | _Array, end: int) -> int:
        self.values[opened.pointer] = (opened.offset, end)
        self.innermost = self.outer.pop()
        return end

    def _value(self, start: int, pointer: Pointer) -> tuple[Any, int]:
        """The value at `start`, of whatever form, and its end; only opened, if it is an object or an array."""
        first = self.text[start : start + 1]
        if first in {"{", "["}:
            return self._open(first, start, pointer), start + 1
        if first == '"':
            value, end = self._string(start, pointer)
        elif match := _WORD.match(self.text, start):
            value, end = self._word(match[0], start, pointer), match.end()
        elif match := _NUMBER.match(self.text, start):
            value, end = self._number(match, pointer), match.end()
        else:
            self._no_value(start, pointer)
        self.values[pointer] = (start, end)
        return value, end

    def _no_value(self, start: int, pointer: Pointer) -> NoReturn:
        if _looks_like_number(self.text, start):
            self._stop("syntax", syntax.bad_number(self.text, start), start, pointer)
        opened = self.innermost
        name, closer = (self._name(opened), opened.closer) if opened else (None, "")
        first = not (opened and opened.container)
        message, offset = syntax.value_expected(self.text, start, opened=name, closer=closer, first=first)
        self._stop("syntax", message, offset, pointer)

    def _word(self, word: str, start: int, pointer: Pointer) -> Any:
        if word in _WORDS:
            return _WORDS[word]
        self._flaw("not-a-number", f"JSON has no {word}: write null, or leave the member out", start, pointer)
        return _NOT_NUMBERS[word]

    def _number(self, match: re.Match[str], pointer: Pointer) -> int | float:
        literal = match[0]
        if match[1] or match[2]:
            return self._float(literal, match.start(), pointer)
        value = int(literal) if len(literal) <= _INTEGER_LENGTH else math.copysign(math.inf, -(literal[0] == "-") or 1)
        if value not in _INT64:
            self._flaw("number-range", "the integer doesn't fit into 64 bits", match.start(), pointer)
        return value

    def _float(self, literal: str, start: int, pointer: Pointer) -> float:
        value = float(literal)
        if math.isinf(value):
            self._flaw("number-range", "the number is too large for a 64-bit float", start, pointer)
        elif value == 0 and re.search("[1-9]", re.split("[eE]", literal)[0]):
            message = "the number is too close to zero for a 64-bit float, which would make it 0"
            self._flaw("number-range", message, start, pointer)
        return value

    def _string(self, start: int, pointer: Pointer) -> tuple[str, int]:
        """The string that opens at `start`, and its end."""
        match = _STRING.match(self.text, start)
        if match is not None:
            literal = match[0]
            if "\\" not in literal:
                return literal[1:-1], match.end()
            try:
                return orjson.loads(literal), match.end()
            except orjson.JSONDecodeError:
                pass  # for a reason that the careful way finds
        return self._careful_string(start, pointer)

    def _careful_string(self, start: int, pointer: Pointer) -> tuple[str, int]:
        pieces = []
        position = start + 1
        while True:
            run = _RUN.match(self.text, position)
            if run:
                pieces.append(run[0])
                position = run.end()
            following = self.text[position : position + 1]
            if following == '"':
                return "".join(pieces), position + 1
            if following != "\\":
                opened = f"the string opened at {self._where(start)}"
                self._stop("syntax", syntax.string_unclosed(self.text, position, opened), position, pointer)
            piece, position = self._escape(position, pointer)
            pieces.append(piece)

    def _escape(self, start: int, pointer: Pointer) -> tuple[str, int]:
        """What the escape sequence at `start` stands for, a surrogate pair being one, and its end."""
        match = _ESCAPE.match(self.text, start)
        if match is None:
            self._stop("syntax", syntax.bad_escape(self.text, start), start, pointer)
        if match[1]:
            return _ESCAPED[match[1]], match.end()
        unit = int(match[2], 16)
        if not 0xD800 <= unit <= 0xDFFF:
            return chr(unit), match.end()
        low = _LOW_SURROGATE.match(self.text, match.end()) if unit < 0xDC00 else None
        if low is None:
            self._flaw("lone-surrogate", f"{match[0]} is half of a surrogate pair", start, pointer)
            return _REPLACEMENT, match.end()
        return chr(0x10000 + (unit - 0xD800) * 0x400 + int(low[1], 16) - 0xDC00), low.end()

    def _replace(self, opened: _Object, key: str, offset: int, pointer: Pointer) -> None:
        """Notes a duplicate key and forgets the positions of the value that it replaces. Linear in that value."""
        first = opened.first_keys.setdefault(key, self.keys[pointer])
        message = f"the key {syntax.key_name(key)} is given twice, first at {self._where(first)}"
        self.flaws.append(Flaw(kind="duplicate-key", message=message, offset=offset, pointer=pointer, first=first))
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
        return f"the {opened.noun} opened at {self._where(opened.offset)}"

    def _where(self, offset: int) -> str:
        place = self.document.place_at(offset, ())
        return f"line {place.line}, column {place.column}"

    def _flaw(self, kind: str, message: str, offset: int, pointer: Pointer) -> None:
        self.flaws.append(Flaw(kind=kind, message=message, offset=offset, pointer=pointer))

    def _stop(self, kind: str, message: str, offset: int, pointer: Pointer) -> NoReturn:
        raise Unreadable(Flaw(kind=kind, message=message, offset=offset, pointer=pointer))


def _looks_like_number(text: str, start: int) -> bool:
    return re.compile(r"[-+]?+\.?+[0-9]|-").match(text, start) is not None

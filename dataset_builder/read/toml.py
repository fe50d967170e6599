"""TOML texts with the position of every table, key and value, which `tomllib` doesn't keep.

The grammar is that of TOML 1.0 (https://toml.io/en/v1.0.0). `tomllib` alone decides what is TOML and what it means; the
scanner here only runs on what `tomllib` accepted, and so can be simple.
"""

import re
import tomllib

from dataset_builder.model.diagnostic import Pointer
from dataset_builder.model.document import Document, Flaw
from dataset_builder.model.source import Source
from dataset_builder.read.json_text import decode

__all__ = ["read_toml"]


def read_toml(data: bytes, source: Source) -> Document:
    """The TOML text `data` with its value and the position of each part; a flaw `config-syntax` if it can't be read.

    No input raises. A table's position is that of its header, or of the first key that implies it.
    """
    decoded = decode(data)
    document = Document(source=source, text=decoded.text, readable=False)
    if decoded.flaws:  # a byte order mark among them, which TOML doesn't allow
        document.flaws = tuple(_syntax(flaw.message, flaw.offset) for flaw in decoded.flaws)
        return document
    try:
        value = tomllib.loads(decoded.text)
        scanner = _Scanner(decoded.text)
        scanner.scan()
    except ValueError as error:  # TOMLDecodeError, and an integer of too many digits
        document.flaws = (_refusal(decoded.text, str(error)),)
    except RecursionError:
        document.flaws = (_syntax("arrays or tables nest too deeply", 0),)
    else:
        document.readable, document.value = True, value
        document.values, document.keys = scanner.values, scanner.keys
    return document


def _syntax(message: str, offset: int) -> Flaw:
    return Flaw(kind="config-syntax", message=message, offset=offset, pointer=())


_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def _refusal(text: str, message: str) -> Flaw:
    """What `tomllib` said, its place taken out of the words and put where places belong."""
    found = _PLACE.search(message)
    if not found:
        return _syntax(message, 0)
    plain = message[: found.start()]
    if found[1] is None:
        return _syntax(f"{plain}: the file ends too early", len(text.rstrip()))
    start = 0
    for _ in range(int(found[1]) - 1):
        start = text.index("\n", start) + 1
    return _syntax(plain, min(start + int(found[2]) - 1, len(text)))


_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_SCALAR = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}'  # a closing run may hold up to two quotes more
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]*"
    r"|[^\s,\]}#]+",
    re.DOTALL,
)


class _Scanner:
    """Walks a TOML text that is known to be valid, and notes where its parts stand."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0  # code points
        self.values: dict[Pointer, tuple[int, int]] = {(): (0, len(text))}
        self.keys: dict[Pointer, int] = {}
        self.counts: dict[Pointer, int] = {}  # items so far of each array of tables

    def scan(self) -> None:
        table: Pointer = ()
        self._skip()
        while self.at < len(self.text):
            table = self._header() if self.text[self.at] == "[" else self._member(table)
            self._skip()

    def _skip(self, more: str = "") -> None:
        """Goes past white space, line ends and comments, then past one of the characters in `more` and blanks again."""
        self.at = self._end(_BLANK)
        if more and self.text[self.at : self.at + 1] in tuple(more):
            self.at += 1
            self.at = self._end(_BLANK)

    def _end(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self.text, self.at)
        return found.end() if found else self.at + 1

    def _header(self) -> Pointer:
        """The table that a `[header]` or `[[header]]` opens."""
        start = self.at
        repeated = self.text.startswith("[[", start)
        self.at += 2 if repeated else 1
        names = self._key()
        self.at += 2 if repeated else 1
        table = self._walk((), names)
        span = (start, self.at)
        if repeated:
            self.values.setdefault(table, span)
            self.counts[table] = self.counts.get(table, 0) + 1
            table = self._last(table)
        self.values[table] = span
        return table

    def _key(self) -> list[tuple[str, int, int]]:
        """The parts of a dotted key, each with where it starts and ends; stands behind it then, blanks skipped."""
        parts = []
        while True:
            self._skip()
            start, self.at = self.at, self._end(_KEY)
            raw = self.text[start : self.at]
            name = next(iter(tomllib.loads(f"{raw} = 0"))) if raw[0] in "\"'" else raw
            parts.append((name, start, self.at))
            self._skip()
            if self.text[self.at : self.at + 1] != ".":
                return parts
            self.at += 1

    def _walk(self, table: Pointer, names: list[tuple[str, int, int]]) -> Pointer:
        """The pointer of the key `names` within `table`; every part gets its position where it is met first."""
        for index, (name, start, end) in enumerate(names):
            table = (*table, name)
            self.keys.setdefault(table, start)
            if index < len(names) - 1:
                self.values.setdefault(table, (start, end))
                table = self._last(table)
        return table

    def _last(self, table: Pointer) -> Pointer:
        """The item of an array of tables that `table`, named in a header, means."""
        return (*table, self.counts[table] - 1) if table in self.counts else table

    def _member(self, table: Pointer) -> Pointer:
        """Reads `key = value`; gives back `table`."""
        pointer = self._walk(table, self._key())
        self._skip("=")
        self._value(pointer)
        return table

    def _value(self, pointer: Pointer) -> None:
        start = self.at
        opening = self.text[start : start + 1]
        if opening not in ("[", "{"):
            self.at = self._end(_SCALAR)
        else:
            self.at += 1
            self._skip()
            count = 0
            while self.text[self.at : self.at + 1] not in ("]", "}", ""):
                if opening == "[":
                    self._value((*pointer, count))
                    count += 1
                else:
                    self._member(pointer)
                self._skip(",")
            self.at += 1
        self.values[pointer] = (start, self.at)

"""Offset arithmetic: half-open ranges in Unicode code points, and the other units that tools count in."""

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

__all__ = [
    "Lines",
    "code_points_from_utf8",
    "code_points_from_utf16",
    "utf8_from_code_points",
    "utf16_from_code_points",
]

_LINE_END = re.compile(r"\r\n|\n|\r")


def utf16_from_code_points(text: str, offset: int) -> int:
    """The number of UTF-16 code units before code point `offset` of `text`. O(offset)."""
    head = text[:offset]
    return len(head) + sum(1 for character in head if ord(character) > 0xFFFF)


def utf8_from_code_points(text: str, offset: int) -> int:
    """The number of UTF-8 bytes before code point `offset` of `text`. O(offset)."""
    return len(text[:offset].encode("utf-8"))


def code_points_from_utf16(text: str, offset: int) -> int | None:
    """The code point at UTF-16 code unit `offset`; None inside a surrogate pair or outside the text. O(len(text))."""
    units = 0
    for index, character in enumerate(text):
        if units == offset:
            return index
        units += 2 if ord(character) > 0xFFFF else 1
    return len(text) if units == offset else None


def code_points_from_utf8(text: str, offset: int) -> int | None:
    """The code point at UTF-8 byte `offset`; None inside a character or outside the text. O(len(text))."""
    data = text.encode("utf-8")
    if not 0 <= offset <= len(data) or (offset < len(data) and data[offset] & 0xC0 == 0x80):
        return None
    return len(data[:offset].decode("utf-8"))


class Lines:
    """Finds line and column (both 1-based, columns in code points) of an offset in `text`.

    A line ends after LF, CR LF or a CR alone, as editors count; U+2028 and form feed end none.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def starts(self) -> list[int]:
        """Offsets at which lines start, ascending; the first is 0."""
        if "\r" not in self.text:
            lines = self.text.split("\n")[:-1]
            return [0, *(end + number for number, end in enumerate(accumulate(map(len, lines)), start=1))]
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def locate(self, offset: int) -> tuple[int, int]:
        """Line and column of code point `offset`. O(log lines) after the first call."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset at `line` and `column`: what `locate` gave these for."""
        return self.starts[line - 1] + column - 1

    def line(self, number: int) -> str:
        """The text of line `number`, without its line end."""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

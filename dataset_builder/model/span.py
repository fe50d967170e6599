"""Where offsets, which count Unicode code points, lie in lines and columns; other units are in `unit`."""

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

__all__ = ["Lines"]

_LINE_END = re.compile(r"\r\n|\n|\r")


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

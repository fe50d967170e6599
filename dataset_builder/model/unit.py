"""The units in which tools count offsets, and how they convert, many at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["CODE_POINTS", "UTF_8", "UTF_16", "Unit", "natural_units"]

_BOM = "\ufeff"
_WIDTHS = {"utf-16-le": 2, "utf-8": 1}
_NAMES = {"utf-16-le": "UTF-16 units, as JavaScript and Java do", "utf-8": "bytes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A way to count offsets: what is counted, and how line ends and a byte order mark are."""

    encoding: str | None = None  # whose units are counted; None: code points
    ends: str = "kept"  # "one": CR LF counts as one; "two": each LF counts as two
    mark: int = 0  # -1: the text's byte order mark isn't counted; 1: one is that the text doesn't have

    @property
    def name(self) -> str:
        """What is counted, behind "the offsets seem to count"."""
        parts = [_NAMES[self.encoding]] if self.encoding else []
        parts += {"one": ["CR LF as one character"], "two": ["every line end as two characters"]}.get(self.ends, [])
        parts += {-1: ["no byte order mark"], 1: ["from 1, or a byte order mark that isn't there"]}.get(self.mark, [])
        return " and ".join(parts)

    @property
    def complexity(self) -> int:
        """In how many respects the unit differs from code points."""
        return (self.encoding is not None) + (self.ends != "kept") + (self.mark != 0)

    def code_points(self, text: str, offsets: Iterable[int]) -> dict[int, int | None]:
        """The code point of `text` at each offset in this unit; None where there is none. O(len(text) + offsets)."""
        body, base = _marked(text, self.mark)
        body, double = _with_ends(body, self.ends)
        data = body.encode(self.encoding) if self.encoding else body
        width = _WIDTHS.get(self.encoding or "", 1)
        found: dict[int, int | None] = {}
        position = passed = 0
        for offset in sorted(set(offsets)):
            chunk = _chunk(data, position * width, offset * width, self.encoding)
            found[offset] = None
            if chunk is None or (self.ends == "two" and chunk.endswith("\r")):
                continue
            doubled = chunk.count(double) if double else 0
            passed += len(chunk) + (doubled if self.ends == "one" else -doubled)
            position = offset
            found[offset] = passed + base if passed + base >= 0 else None
        return found

    def counted(self, text: str, offsets: Iterable[int]) -> dict[int, int]:
        """What this unit counts before each code point of `text` in `offsets`. O(len(text) + offsets)."""
        body, base = _marked(text, self.mark)
        doubles = {"one": "\r\n", "two": "\n"}.get(self.ends)
        width = _WIDTHS.get(self.encoding or "", 1)
        found: dict[int, int] = {}
        position = total = 0
        for offset in sorted(set(offsets)):
            chunk = body[position : offset - base]
            total += len(chunk.encode(self.encoding)) // width if self.encoding else len(chunk)
            if doubles:
                total += chunk.count(doubles) * (1 if self.ends == "two" else -1)
            position = max(offset - base, position)
            found[offset] = total
        return found


CODE_POINTS = Unit()
"""What this package counts, and Python, brat and spaCy."""

UTF_16 = Unit(encoding="utf-16-le")
"""What JavaScript, Java and UIMA count."""

UTF_8 = Unit(encoding="utf-8")
"""Bytes."""


def _marked(text: str, mark: int) -> tuple[str, int]:
    if mark < 0:
        return text[1:], 1
    return (_BOM + text, -1) if mark else (text, 0)


def _with_ends(text: str, ends: str) -> tuple[str, str]:
    """`text` with its line ends as a tool saw them, and the character whose count tells how many it saw."""
    if ends == "one":
        single = next(character for character in map(chr, range(32)) if character not in text)
        return text.replace("\r\n", single), single
    return (text.replace("\n", "\r\n"), "\r") if ends == "two" else (text, "")


def _chunk(data: str | bytes, start: int, end: int, encoding: str | None) -> str | None:
    if not 0 <= end <= len(data):
        return None
    part = data[start:end]
    try:
        return part if isinstance(part, str) else part.decode(encoding or "")
    except UnicodeDecodeError:
        return None


def natural_units(text: str) -> Iterator[Unit]:
    """The units other than code points that make a difference in `text`, plain ones first."""
    encodings: list[str | None] = [None]
    encodings += ["utf-16-le"] if any(character > "\uffff" for character in {*text}) else []
    encodings += [] if text.isascii() else ["utf-8"]
    ends = ["kept"]
    ends += ["one"] if "\r\n" in text and any(chr(code) not in text for code in range(32)) else []
    ends += ["two"] if "\n" in text and "\r" not in text else []
    marks = [0, -1] if text.startswith(_BOM) else [0, 1]
    units = (Unit(encoding=encoding, ends=end, mark=mark) for mark in marks for end in ends for encoding in encodings)
    yield from sorted((unit for unit in units if unit != Unit()), key=_complexity)


def _complexity(unit: Unit) -> tuple[int, bool]:
    return unit.complexity, unit.mark != 0

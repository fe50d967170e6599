"""Code frames: a line as a terminal shows it, with carets under a stretch of it."""

import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate

from dataset_builder.report.cells import cells
from dataset_builder.report.visible import visible

__all__ = ["Frame", "frame"]

_INDENT = "    "  # shown for a tab that indents
_LONGEST = 32  # code points shown of what a reader takes for one character; the longest emoji have ten
_JOINERS = "\u200c\u200d"
_RIGHT_TO_LEFT = frozenset(("R", "AL"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A line as it is shown, in three parts, and where the carets go, in cells of a terminal."""

    before: str
    meant: str
    behind: str
    indent: int
    carets: int  # at least 1

    @property
    def line(self) -> str:
        """The line as it is shown."""
        return self.before + self.meant + self.behind

    @property
    def reordered(self) -> bool:
        """Whether a terminal may show the line in another order than it is written in: right to left."""
        return any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in self.line)


@dataclass(frozen=True, slots=True)
class _Glyph:
    """What is shown for a grapheme cluster, which is `length` code points of the line, and how many cells it takes."""

    shown: str
    length: int
    cells: int


def frame(line: str, start: int, end: int, width: int) -> Frame:
    """The frame of `line` with carets under `[start, end)`, code points; at most `width` cells wide.

    Carets go under whole characters as readers see them, of which a code point may be a part (UAX 29). A longer line is
    cut around `start`, with `…` where something is missing.
    """
    start = min(max(start, 0), len(line))
    near = max(start - 4 * width, 0)  # a line may be a record of megabytes
    glyphs = _glyphs(line[near : start + 4 * width], indents=near == 0)
    ends = list(accumulate((glyph.length for glyph in glyphs), initial=near))
    first = bisect_right(ends, start) - 1
    last = max(bisect_left(ends, end, hi=len(glyphs)), first)
    whole = (near, ends[-1]) == (0, len(line)) and _cells(glyphs) <= width
    left, right = (0, len(glyphs)) if whole else _window(glyphs, first, max(width - 2, 1))  # but for the two `…`
    before = ("…" if ends[left] > 0 else "") + _shown(glyphs[left:first])
    meant = glyphs[first : min(last, right)]
    behind = _shown(glyphs[max(first, min(last, right)) : right]) + ("…" if ends[right] < len(line) else "")
    return Frame(
        before=before,
        meant=_shown(meant),
        behind=behind,
        indent=_cells(glyphs[left:first]) + (ends[left] > 0),
        carets=max(1, _cells(meant)),
    )


def _glyphs(text: str, *, indents: bool) -> list[_Glyph]:
    """What is shown of `text`, a piece a grapheme cluster; tabs that indent are widened."""
    import regex

    indent = len(text) - len(text.lstrip("\t ")) if indents else 0
    widened = [_glyph(_INDENT if character == "\t" else character, 1) for character in text[:indent]]
    return widened + [_glyph(_safe(cluster), len(cluster)) for cluster in regex.findall(r"\X", text[indent:])]


def _glyph(shown: str, length: int) -> _Glyph:
    return _Glyph(shown, length, cells(shown))


def _safe(cluster: str) -> str:
    """A grapheme cluster as it may be shown: nothing in it changes what is shown before it, or grows without end."""
    if cluster[0] in _JOINERS:
        return f"<U+{ord(cluster[0]):04X}>" + visible(cluster[1:_LONGEST])
    alone = unicodedata.category(cluster[0]).startswith("M")  # it would go onto what stands before it
    return "\u25cc" * alone + visible(cluster[:_LONGEST]) + ("…" if len(cluster) > _LONGEST else "")


def _shown(glyphs: list[_Glyph]) -> str:
    return "".join(glyph.shown for glyph in glyphs)


def _cells(glyphs: list[_Glyph]) -> int:
    return sum(glyph.cells for glyph in glyphs)


def _window(glyphs: list[_Glyph], at: int, room: int) -> tuple[int, int]:
    """The stretch of `glyphs` around `at` that fills the room; a third of it to the left where there is enough."""
    start, used = _leftwards(glyphs, at, 0, room // 3)
    stop = at
    while stop < len(glyphs) and used + glyphs[stop].cells <= room:
        used += glyphs[stop].cells
        stop += 1
    start, _ = _leftwards(glyphs, start, used, room)
    return start, stop


def _leftwards(glyphs: list[_Glyph], start: int, used: int, room: int) -> tuple[int, int]:
    """How far left of `start` the room reaches, and the cells used then."""
    while start > 0 and used + glyphs[start - 1].cells <= room:
        start -= 1
        used += glyphs[start].cells
    return start, used

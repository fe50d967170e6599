"""Code frames: the line that a finding is about, with carets under the place meant."""

import re
from dataclasses import dataclass

from rich.cells import cell_len

from dataset_builder.report.visible import visible

__all__ = ["Frame", "frame"]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[\w.+-]+|.', re.DOTALL)
_INDENT = "    "  # shown for a tab that indents


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A line as it is shown, and where the carets go, both in cells of a terminal."""

    line: str
    indent: int
    carets: int  # at least 1


def frame(line: str, column: int, length: int | None, width: int) -> Frame:
    """The frame of `line` at `column` (1-based, code points), at most `width` cells wide.

    The carets are under `length` code points, or under the JSON or TOML token that begins there; never past the line's
    end. A longer line is cut around the column, with `…` where something is missing.
    """
    at = min(max(column - 1, 0), len(line))
    if length is None:
        token = _TOKEN.match(line, at)
        length = len(token[0]) if token else 1
    near = max(at - 4 * width, 0)  # a line may be a record of megabytes
    glyphs = _glyphs(line[near : at + 4 * width], indents=near == 0)
    start, stop = _window(glyphs, at - near, width)
    head = "…" if near + start > 0 else ""
    tail = "…" if near + stop < len(line) else ""
    before = head + "".join(glyphs[start : at - near])
    meant = "".join(glyphs[at - near : min(at - near + length, stop)])
    return Frame(
        line=head + "".join(glyphs[start:stop]) + tail,
        indent=cell_len(before),
        carets=max(1, cell_len(meant)),
    )


def _glyphs(text: str, *, indents: bool) -> list[str]:
    """What is shown for each code point of `text`."""
    indent = len(text) - len(text.lstrip("\t ")) if indents else 0
    return [_INDENT if character == "\t" else character for character in text[:indent]] + [
        visible(character) for character in text[indent:]
    ]


def _window(glyphs: list[str], at: int, width: int) -> tuple[int, int]:
    """The stretch of `glyphs` around `at` to show: all where they fit, else a third of the room to the left."""
    if cell_len("".join(glyphs)) <= width:
        return 0, len(glyphs)
    room = max(width - 2, 1)  # but for the two `…`
    start, used = at, 0
    while start > 0 and used + cell_len(glyphs[start - 1]) <= room // 3:
        start -= 1
        used += cell_len(glyphs[start])
    stop = at
    while stop < len(glyphs) and used + cell_len(glyphs[stop]) <= room:
        used += cell_len(glyphs[stop])
        stop += 1
    while start > 0 and used + cell_len(glyphs[start - 1]) <= room:
        start -= 1
        used += cell_len(glyphs[start])
    return start, stop

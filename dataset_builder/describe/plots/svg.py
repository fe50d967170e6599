"""SVG made of data: text escaped and cut to its place, colours for light and for dark, numbers without noise."""

import re
import unicodedata
from collections.abc import Sequence
from html import escape

__all__ = ["GAP", "LINE", "SERIES", "WIDTH", "circle", "cut", "legend", "line", "picture", "rectangle", "text", "width"]

WIDTH = 760  # pixels of every plot
LINE = 20  # pixels from one line of text to the next
GAP = 16  # pixels left free around everything

SERIES = 6
"""How many colours there are; more series than that share the last one."""

# Tenths of a pixel of a letter at 12 pixels, by what it is like: more than nearly all have, for what is to fit has to.
_UNIT, _CAPITAL, _BROAD, _SQUARE = 72, 95, 120, 144
_TOLD = 1500  # pixels of what is shown where a pointer rests
_WIDE = "\u2e80"  # from here on letters may fill a square: ideographs, kana, hangul, emoji
_ILLEGAL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")  # most of them may not stand in XML at all
_STEERING = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # would turn all that follows
_MARKS = "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_HEAP = re.compile(f"({_MARKS}{{2}}){_MARKS}+")
_JOINING = "\u200d\ufe0e\ufe0f"

# Each colour has a contrast of at least 3 with its background, text one of at least 4.5 (WCAG 2.2, 1.4.3 and 1.4.11).
_STYLE = """\
text{font:12px system-ui,-apple-system,"Segoe UI","Noto Sans",sans-serif;fill:#1f2328}
.b{fill:#fff;stroke:#d1d9e0}.h{font-weight:600}.m{fill:#59636e}.g{stroke:#d1d9e0}.t{fill:#eff2f5}
.s0{fill:#0969da}.s1{fill:#bc4c00}.s2{fill:#1a7f37}.s3{fill:#8250df}.s4{fill:#bf3989}.s5{fill:#6e7781}
.o{fill:none;stroke:#bc4c00;stroke-width:2}.e{fill:#1f2328;stroke:#fff}
@media (prefers-color-scheme:dark){
text{fill:#f0f6fc}
.b{fill:#0d1117;stroke:#3d444d}.m{fill:#9198a1}.g{stroke:#3d444d}.t{fill:#21262d}
.s0{fill:#4493f8}.s1{fill:#f0883e}.s2{fill:#3fb950}.s3{fill:#ab7df8}.s4{fill:#f778ba}.s5{fill:#8b949e}
.o{stroke:#f0883e}.e{fill:#f0f6fc;stroke:#0d1117}
}
"""


def picture(title: str, description: str, height: int, body: Sequence[str]) -> str:
    """A whole SVG file. It has a ground of its own: a page need not be dark where its reader's system is."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        'role="img" aria-labelledby="title description">\n'
        f'<title id="title">{_clean(title)}</title>\n'
        f'<desc id="description">{_clean(description)}</desc>\n'
        f"<style>\n{_STYLE}</style>\n"
        f'<rect class="b" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="6"/>\n'
        + "".join(f"{part}\n" for part in body if part)
        + "</svg>\n"
    )


def text(x: float, y: float, content: str, *, kind: str = "", anchor: str = "start") -> str:
    """One line of text whose base line is at `y`."""
    classes = f' class="{kind}"' if kind else ""
    end = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{_number(x)}" y="{_number(y)}"{classes}{end}>{_clean(_apart(_plain(content)))}</text>'


def rectangle(x: float, y: float, size: tuple[float, float], kind: str, told: str = "") -> str:
    """A filled rectangle, so wide and so high; `told` is shown where a pointer rests on it."""
    hint = f"<title>{_clean(_apart(cut(told, _TOLD)))}</title>" if told else ""
    place = f'x="{_number(x)}" y="{_number(y)}" width="{_number(size[0])}" height="{_number(size[1])}"'
    return f'<rect class="{kind}" {place}>{hint}</rect>' if hint else f'<rect class="{kind}" {place}/>'


def circle(x: float, y: float, radius: float, kind: str) -> str:
    """A circle around a point."""
    return f'<circle class="{kind}" cx="{_number(x)}" cy="{_number(y)}" r="{_number(radius)}"/>'


def line(x1: float, y1: float, x2: float, y2: float) -> str:
    """A thin line of a grid."""
    return f'<line class="g" x1="{_number(x1)}" y1="{_number(y1)}" x2="{_number(x2)}" y2="{_number(y2)}"/>'


def legend(names: Sequence[str], y: float) -> str:
    """The names of the series on one line, each behind its colour; those that share the last one are counted."""
    shown = list(names)
    if len(shown) > SERIES:
        shown = [*shown[: SERIES - 1], f"{len(names) - SERIES + 1} others"]
    room = (WIDTH - 2 * GAP) / max(len(shown), 1) - 26
    parts, x = [], float(GAP)
    for index, name in enumerate(shown):
        label = cut(name, room)
        parts += [rectangle(x, y - 10, (12, 12), f"s{index}"), text(x + 18, y, label)]
        x += 18 + width(label) + 14
    return "\n".join(parts)


def width(content: str) -> float:
    """How many pixels wide `content` is at most, about. The rule is coarse, so that no Unicode version changes it."""
    return sum(map(_tenths, content)) / 10


def _tenths(letter: str) -> int:
    if letter >= _WIDE:
        return _SQUARE
    if letter in "MWmw@%&\N{EM DASH}…":
        return _BROAD
    if "\u0300" <= letter <= "\u036f":
        return 0  # an accent of its own
    return _UNIT if letter.isascii() and not letter.isupper() else _CAPITAL


def cut(content: str, room: float) -> str:
    """`content` without what steers its direction, cut to `room` pixels; what is cut ends with an ellipsis."""
    plain = _plain(content)
    if width(plain) <= room:
        return plain
    left, kept = 10 * room - _BROAD, 0
    for letter in plain:
        left -= _tenths(letter)
        if left < 0:
            break
        kept += 1
    while 0 < kept < len(plain) and _belongs(plain[kept]):
        kept -= 1  # what is drawn as one isn't torn
    return plain[:kept].rstrip() + "…"


def _belongs(letter: str) -> bool:
    """Whether `letter` is drawn on the one before it."""
    return letter in _JOINING or unicodedata.category(letter).startswith("M")


def _plain(content: str) -> str:
    """`content` on one line, without what would reach beyond it: marks of direction, and marks heaped on a letter."""
    return _HEAP.sub(r"\1", " ".join(_STEERING.sub("", _ILLEGAL.sub(" ", content)).split()))


def _apart(content: str) -> str:
    """`content` in marks that give it the direction of its first letter, so that it doesn't turn what is around it."""
    return content if content.isascii() else f"\u2068{content}\u2069"


def _clean(content: str) -> str:
    """`content` as text of XML."""
    return escape(_ILLEGAL.sub(" ", content), quote=True)


def _number(value: float) -> str:
    """`value` with a tenth at most: more can't be seen."""
    return f"{round(value * 10) / 10:g}"

"""Bars that lie one below the other, each of several parts, with a name before and a number behind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dataset_builder.describe.plots.svg import LINE, SERIES, cut, rectangle, text, width

__all__ = ["Bar", "Panel", "bars", "height_of", "merged"]

_HIGH = 12  # pixels of a bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar. `parts` are of the series in their order, in the unit of the panel."""

    label: str
    parts: tuple[float, ...]
    number: str  # what is written behind it


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Bars of one scale, under a heading."""

    title: str
    bars: tuple[Bar, ...]
    series: tuple[str, ...]  # names of the parts
    most: float  # what a bar of full length would be
    note: str = ""  # what is said below, as of bars that are left out
    framed: bool = False  # the full length is shown as a track: a share of it is what counts


def height_of(panel: Panel) -> int:
    """How many pixels high `panel` is."""
    return LINE * (1 + len(panel.bars) + bool(panel.note))


def bars(panel: Panel, x: float, y: float, wide: float, rooms: tuple[float, float]) -> Iterator[str]:
    """`panel` with its upper left corner there. `rooms` are the pixels for names and, at least, for numbers."""
    before, behind = rooms[0], max([rooms[1], *(width(bar.number) for bar in panel.bars)])
    start, length = x + before + 8, wide - before - behind - 16
    yield text(x, y + 14, cut(panel.title, wide), kind="h")
    for index, bar in enumerate(panel.bars):
        top = y + LINE * (index + 1)
        yield text(x + before, top + 14, cut(bar.label, before), anchor="end")
        if panel.framed:
            yield rectangle(start, top + 4, (length, _HIGH), "t")
        yield from _parts(panel, bar, start, top + 4, length)
        yield text(x + wide, top + 14, bar.number, kind="m", anchor="end")
    if panel.note:
        yield text(x, y + LINE * (len(panel.bars) + 1) + 14, cut(panel.note, wide), kind="m")


def _parts(panel: Panel, bar: Bar, x: float, y: float, length: float) -> Iterator[str]:
    for series, value in enumerate(merged(bar.parts)):
        part = length * value / panel.most if panel.most else 0.0
        if value:
            shown = max(part, 1.5)  # anything above zero shows
            told = f"{bar.label}, {_named(panel.series, series)}: {value:,}" if panel.series else ""
            yield rectangle(x, y, (shown, _HIGH), f"s{series}", told)
            x += part


def _named(names: Sequence[str], series: int) -> str:
    return names[series] if len(names) <= SERIES or series < SERIES - 1 else "others"


def merged(parts: Sequence[float]) -> tuple[float, ...]:
    """`parts`, those taken together for which there is no colour left."""
    return tuple(parts) if len(parts) <= SERIES else (*parts[: SERIES - 1], sum(parts[SERIES - 1 :]))

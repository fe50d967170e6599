"""How far annotators agree: two points on a line from 0 to 1 for each layer and column."""

from collections.abc import Iterator, Sequence

from dataset_builder.describe.card_agreement import Figure
from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.plots.plot import Plot
from dataset_builder.describe.plots.svg import GAP, LINE, WIDTH, circle, cut, line, picture, text

__all__ = ["agreement"]

_ROWS = 30  # of layers, and of columns, at most
_LEFT, _RIGHT = 236, 116  # pixels beside the lines
_SPANS, _VALUES = ("exact_f1", "overlap_f1"), ("alpha", "agreement")


def agreement(facts: CardFacts) -> Plot | None:
    """Spans first, then values; None where nothing is compared."""
    figures: Sequence[Figure] = facts.agreement
    if not figures:
        return None
    apart = len({figure.annotators for figure in figures}) > 1
    spans = [figure for figure in figures if figure.measure == "span"]
    values = [figure for figure in figures if figure.measure != "span"]
    parts: list[str] = []
    top = float(GAP)
    for title, found, names, keys in (
        ("Spans", spans, ("F1, exact", "F1, overlapping"), _SPANS),
        ("Values", values, ("Krippendorff’s alpha", "equal"), _VALUES),
    ):
        if found:
            parts += _block(title, found[:_ROWS], names, keys, top, apart=apart)
            top += LINE * (min(len(found), _ROWS) + 2) + GAP
        if len(found) > _ROWS:
            parts.append(text(GAP, top, f"{len(found) - _ROWS:,} more are left out.", kind="m"))
            top += LINE
    told = "Points that show how far annotators agree in each layer and column, from 0 to 1"
    return Plot(name="agreement", told=told, svg=picture("Agreement between annotators", f"{told}.", round(top), parts))


def _block(  # noqa: PLR0913 - what is drawn, and where
    title: str,
    found: Sequence[Figure],
    names: tuple[str, str],
    keys: tuple[str, str],
    top: float,
    *,
    apart: bool,
) -> Iterator[str]:
    yield text(GAP, top + 14, title, kind="h")
    yield from (circle(_LEFT + 6, top + 10, 5, "s0"), text(_LEFT + 18, top + 14, names[0]))
    yield from (circle(_LEFT + 206, top + 10, 5, "o"), text(_LEFT + 218, top + 14, names[1]))
    bottom = top + LINE * (len(found) + 1)
    for quarter in range(5):
        yield line(_x(quarter / 4), top + LINE + 2, _x(quarter / 4), bottom + 2)
        yield text(_x(quarter / 4), bottom + 16, f"{quarter / 4:g}", kind="m", anchor="middle")
    for index, figure in enumerate(found):
        y = top + LINE * (index + 1)
        name = f"{figure.path} ({', '.join(figure.annotators)})" if apart else figure.path
        shown = [figure.values.get(key) for key in keys]
        yield text(_LEFT - 12, y + 14, cut(name, _LEFT - 12 - GAP), anchor="end")
        yield line(_x(0), y + 10, _x(1), y + 10)
        if shown[0] is not None:
            yield circle(_x(shown[0]), y + 10, 4.5, "s0")
        if shown[1] is not None:
            yield circle(_x(shown[1]), y + 10, 6, "o")
        yield text(WIDTH - GAP, y + 14, " and ".join(map(_decimal, shown)), kind="m", anchor="end")


def _x(value: float) -> float:
    """Where `value` lies; what is below zero, at zero."""
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * min(max(value, 0.0), 1.0)


def _decimal(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "\N{MINUS SIGN}")

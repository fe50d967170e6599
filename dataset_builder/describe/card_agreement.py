"""The card's table of how far annotators agree, and what the measures mean."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.markdown import Markdown, code, table, words

__all__ = ["Figure", "agreement"]


_SPANS = {"exact_f1": "F1, exact", "overlap_f1": "F1, overlapping"}
_VALUES = {"alpha": "α", "agreement": "equal"}  # noqa: RUF001 - the letter alpha is meant


class Figure(Protocol):
    """What the card needs to know of a `merge.agreement.AgreementFigure`."""

    @property
    def path(self) -> str:
        """Property names joined by dots."""

    @property
    def measure(self) -> str:
        """The kind of scale, or `span`."""

    @property
    def annotators(self) -> tuple[str, ...]:
        """Who is compared."""

    @property
    def n(self) -> int:
        """Of how many spans or units."""

    @property
    def values(self) -> Mapping[str, float | None]:
        """By name of the figure; None where it isn't defined."""


def agreement(facts: CardFacts) -> dict[str, object] | None:
    """Agreement in spans and in values, apart: they are measured differently."""
    figures: Sequence[Figure] = facts.agreement
    if not figures:
        return None
    spans = [figure for figure in figures if figure.measure == "span"]
    values = [figure for figure in figures if figure.measure != "span"]
    between = {figure.annotators for figure in figures}
    apart = len(between) > 1
    marked = {figure.path for figure in spans}
    return {
        "annotators": None if apart else words([code(name) for name in next(iter(between))]),
        "spans": _table(
            spans, ("layer", "spans"), {"exact_f1": "F1, exact", "overlap_f1": "F1, overlapping"}, apart=apart
        ),
        "values": _table(values, ("column", "n"), _VALUES, apart=apart, measured=True),
        "within": any(figure.path.rpartition(".")[0] in marked for figure in values),
        "ordinal": any(figure.measure in ("ordinal", "interval") for figure in values),
    }


def _table(
    figures: Sequence[Figure],
    heads: tuple[str, str],
    shown: Mapping[str, str],
    *,
    apart: bool,
    measured: bool = False,
) -> Markdown | None:
    """A row a figure; who is compared stands in a column of its own where that differs."""
    if not figures:
        return None
    column, number = heads
    headers = [column, *(["scale"] if measured else []), *(["between"] if apart else []), number, *shown.values()]
    rows = [
        [
            code(figure.path),
            *([figure.measure] if measured else []),
            *([words([code(name) for name in figure.annotators])] if apart else []),
            figure.n,
            *(_decimal(figure.values.get(name)) for name in shown),
        ]
        for figure in figures
    ]
    first = len(headers) - len(shown) - 1
    return table(headers, rows, numbers=range(first, len(headers)))


def _decimal(value: float | None) -> Markdown:
    """`value` with two decimals; a dash where it isn't defined."""
    return Markdown("–" if value is None else f"{value:.2f}".replace("-", "\N{MINUS SIGN}"))

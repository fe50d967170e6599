"""All plots of a card."""

from collections.abc import Callable, Mapping

from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.markdown import Markdown, escape
from dataset_builder.describe.plots.agreement import agreement
from dataset_builder.describe.plots.coverage import coverage
from dataset_builder.describe.plots.labels import labels
from dataset_builder.describe.plots.lengths import lengths
from dataset_builder.describe.plots.plot import Plot
from dataset_builder.describe.plots.versions import versions

__all__ = ["image", "plots"]

_BY_REGION: Mapping[str, Callable[[CardFacts], Plot | None]] = {
    "counts": lengths,
    "coverage": coverage,
    "distributions": labels,
    "agreement": agreement,
    "versions": versions,
}


def plots(facts: CardFacts, card: str) -> dict[str, str]:
    """The plots that the text `card` shows, by their paths beside it. The same facts give the same bytes."""
    drawn = (draw(facts) for draw in _BY_REGION.values())
    return {plot.path: plot.svg for plot in drawn if plot and f"({plot.path})" in card}


def image(facts: CardFacts, region: str) -> Markdown | None:
    """How the region of that name shows its plot; None where it has none."""
    draw = _BY_REGION.get(region)
    plot = draw(facts) if draw else None
    return Markdown(f"![{escape(plot.told)}]({plot.path})") if plot else None

"""Which share of each split's articles has something in each layer."""

from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.plots.bars import Bar, Panel, bars, height_of
from dataset_builder.describe.plots.plot import Plot
from dataset_builder.describe.plots.svg import GAP, LINE, SERIES, WIDTH, picture, text

__all__ = ["coverage"]

_LAYERS, _SPLITS = 16, 8  # layers, and bars of one, that there is room for


def coverage(facts: CardFacts) -> Plot | None:
    """A panel for each layer with a bar for each split; None without layers."""
    layers = facts.layers
    splits = facts.statistics.splits
    if not layers or not splits:
        return None
    several = len(splits) > 1
    articles = facts.statistics.rows.get(facts.layout.articles.name, {})
    top = float(GAP)
    body: list[str] = []
    half = (WIDTH - 3 * GAP) / 2
    for index, layer in enumerate(layers[:_LAYERS]):
        filled = facts.statistics.filled.get(layer.name, {})
        panel = Panel(
            title=layer.name,
            bars=tuple(
                Bar(
                    label=split if several else "all",
                    parts=(*(0,) * min(at, SERIES - 1), filled.get(split, 0) / max(articles.get(split, 0), 1)),
                    number=f"{filled.get(split, 0):,} of {articles.get(split, 0):,}",
                )
                for at, split in enumerate(splits[:_SPLITS])
            ),
            series=(),
            most=1,
            note=f"{len(splits) - _SPLITS:,} more splits" if len(splits) > _SPLITS else "",
            framed=True,
        )
        body += bars(panel, GAP + index % 2 * (half + GAP), top, half, (100, 100))
        if index % 2 or index == min(len(layers), _LAYERS) - 1:
            top += height_of(panel) + GAP
    if len(layers) > _LAYERS:
        body.append(text(GAP, top + 8, f"{len(layers) - _LAYERS:,} more layers are left out.", kind="m"))
        top += LINE
    told = "Bars that show which share of the articles has something in each layer" + (", by split" if several else "")
    return Plot(name="coverage", told=told, svg=picture("Coverage", f"{told}.", round(top), body))

"""How often each label occurs, by split."""

from collections.abc import Sequence

from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.figures import Distribution
from dataset_builder.describe.plots.bars import Bar, Panel, bars, height_of
from dataset_builder.describe.plots.plot import Plot
from dataset_builder.describe.plots.svg import GAP, LINE, WIDTH, legend, picture, text

__all__ = ["labels"]

_PANELS, _LABELS = 24, 12  # columns, and labels of one, that there is room for


def labels(facts: CardFacts) -> Plot | None:
    """A panel for each column of labels, in two columns; None where nothing is labelled."""
    found = facts.distributions
    if not found:
        return None
    panels = [_panel(facts, each) for each in found[:_PANELS]]
    left_out = len(found) - len(panels)
    several = len(facts.statistics.splits) > 1
    top = GAP + (LINE + 8 if several else 0)
    body = [legend(facts.statistics.splits, GAP + 14)] if several else []
    half = (WIDTH - 3 * GAP) / 2
    heights = [float(top), float(top)]
    for index, panel in enumerate(panels):
        side = index % 2 if abs(heights[0] - heights[1]) < LINE else int(heights[1] < heights[0])
        body += bars(panel, GAP + side * (half + GAP), heights[side], half, (128, 86))
        heights[side] += height_of(panel) + GAP
    bottom = max(heights)
    if left_out:
        body.append(text(GAP, bottom + 8, f"{left_out:,} more columns are left out.", kind="m"))
        bottom += LINE
    told = "Bars that show how often each label occurs" + (", divided by split" if several else "")
    return Plot(name="labels", told=told, svg=picture("Label distributions", f"{told}.", round(bottom), body))


def _panel(facts: CardFacts, found: Distribution) -> Panel:
    splits = facts.statistics.splits
    names = _shown(found)
    rest = len(found.values) - len(names)
    items = sum(found.of(name) for name in found.values) - sum(found.of(name) for name in names)
    return Panel(
        title=facts.path_of(found),
        bars=tuple(
            Bar(
                label=name,
                parts=tuple(found.counts.get(split, {}).get(name, 0) for split in splits),
                number=f"{found.of(name):,} ({_share(found.of(name), found.total)})",
            )
            for name in names
        ),
        series=splits if len(splits) > 1 else (),
        most=max(found.of(name) for name in names),
        note=f"{rest:,} more labels, {items:,} times" if rest else "",
    )


def _shown(found: Distribution) -> Sequence[str]:
    """All labels in the schema's order, or the most frequent ones of many."""
    if len(found.values) <= _LABELS:
        return found.values
    return sorted(found.values, key=lambda name: (-found.of(name), name))[:_LABELS]


def _share(number: int, total: int) -> str:
    return "<1%" if 0 < 200 * number < total else f"{100 * number / total:.0f}%"

"""What each release changed, as far as the data's changelog lists it."""

from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.plots.bars import Bar, Panel, bars, height_of
from dataset_builder.describe.plots.plot import Plot
from dataset_builder.describe.plots.svg import GAP, LINE, WIDTH, legend, picture, text

__all__ = ["versions"]

_RELEASES = 20  # the newest


def versions(facts: CardFacts) -> Plot | None:
    """A bar for each release, divided by kind of change; None where none lists any."""
    if not any(release.changes for release in facts.releases):
        return None
    shown = facts.releases[:_RELEASES]
    kinds = tuple(dict.fromkeys(kind for release in shown for kind in release.changes))
    panel = Panel(
        title="Changes by release",
        bars=tuple(
            Bar(
                label=release.version,
                parts=tuple(release.changes.get(kind, 0) for kind in kinds),
                number=f"{release.total:,}" + (f", {release.date[:10]}" if release.date else ""),
            )
            for release in shown
        ),
        series=tuple(kind or "Other" for kind in kinds),
        most=max(release.total for release in shown),
    )
    top = GAP + LINE + 8
    body = [legend(panel.series, GAP + 14), *bars(panel, GAP, top, WIDTH - 2 * GAP, (130, 150))]
    height = top + height_of(panel) + GAP
    if len(facts.releases) > len(shown):
        body.append(text(GAP, height, f"{len(facts.releases) - len(shown):,} older releases are left out.", kind="m"))
        height += LINE
    told = "Bars that show how many changes each release lists, by kind"
    return Plot(name="versions", told=told, svg=picture("Releases", f"{told}.", height, body))

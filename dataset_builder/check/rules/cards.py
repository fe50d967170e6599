"""CRD: the dataset card."""

from collections.abc import Iterator

from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.view import FlawView
from dataset_builder.model.diagnostic import Severity

__all__ = ["RULES"]


@rule(
    "CRD001",
    "card-stale",
    looks=Looks.AT_FLAW,
    kinds=("card-stale",),
    severity=Severity.WARNING,
    broken=Case(files={"DATASET_CARD.md": "# River notes\n"}, at=("DATASET_CARD.md", 1, 1), by="card"),
)
def card_stale(view: FlawView) -> Iterator[Finding]:
    """The card's generated parts are not what the project gives now.

    **Why it matters.** Readers trust the card's figures, its label definitions and its loading instructions.

    **How to fix it.** Run `dataset-builder card`. What stands outside of the markers is kept as it is.
    """
    yield view.finding(help="run `dataset-builder card`")


@rule(
    "CRD002",
    "card-markers",
    looks=Looks.AT_FLAW,
    kinds=("card-markers",),
    broken=Case(
        files={"DATASET_CARD.md": "# River notes\n\n<!-- dataset-builder:begin statistics -->\n"},
        at=("DATASET_CARD.md", 3, 1),
        by="card",
    ),
)
def card_markers(view: FlawView) -> Iterator[Finding]:
    """The markers around the card's generated parts are damaged.

    **Why it matters.** Without them it can't be told what is generated from what an author wrote, and nothing that an
    author wrote may be lost.

    **How to fix it.** Restore the marker lines from git, or delete the damaged ones and run `dataset-builder card`.
    """
    yield view.finding(help="restore the marker lines, or delete them and run `dataset-builder card`")


@rule(
    "CRD003",
    "card-front-matter",
    looks=Looks.AT_FLAW,
    kinds=("card-front-matter",),
    broken=Case(
        files={"DATASET_CARD.md": "---\nlicense: [\n---\n\n# River notes\n"}, at=("DATASET_CARD.md", 3, 1), by="card"
    ),
)
def card_front_matter(view: FlawView) -> Iterator[Finding]:
    """The YAML at the top of the card can't be read.

    **Why it matters.** The Hub and `datasets` read licence, tables and splits from there. It can't be renewed either
    without losing what an author wrote into it.

    **How to fix it.** Mend the YAML, or delete the block with its two `---` lines and run `dataset-builder card`.
    """
    yield view.finding(help="mend the YAML, or delete it and run `dataset-builder card`")


RULES = (card_stale, card_markers, card_front_matter)

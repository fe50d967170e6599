"""CRD and REL: the card, and the files of a build."""

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
        files={"DATASET_CARD.md": "# River notes\n\n<!-- begin generated: statistics -->\n"},
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
    "REL001",
    "release-file",
    looks=Looks.AT_FLAW,
    kinds=("release-file",),
    broken=Case(files={"dist/manifest.json": None}, at=("manifest.json", 1, 1), by="verify"),
)
def release_file(view: FlawView) -> Iterator[Finding]:
    """A file of the build is missing, too many, or not the one that the manifest names.

    **Why it matters.** Those who load the build would get other data than what was checked.

    **How to fix it.** Build again, or fetch the build again. Don't edit files of a build.
    """
    yield view.finding(help="build again, or fetch the build again")


@rule(
    "REL002",
    "release-content",
    looks=Looks.AT_FLAW,
    kinds=("release-content",),
    broken=Case(files={"dist/README.md": "# River notes\n"}, at=("README.md", 1, 1), by="verify"),
)
def release_content(view: FlawView) -> Iterator[Finding]:
    """Parts of the build contradict one another: the README, the Parquet files, the schemas, Croissant, the manifest.

    **Why it matters.** `datasets` believes the README, others the Parquet files or Croissant: the same data would load
    with different columns or rows.

    **How to fix it.** Build again. Don't edit files of a build; edit the sources.
    """
    yield view.finding(help="build again; edit the sources rather than a build")


RULES = (card_stale, card_markers, release_file, release_content)

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
    """The card's generated parts, or the plots beside it, are not what the project gives now.

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


@rule(
    "CRD004",
    "card-question",
    looks=Looks.AT_FLAW,
    kinds=("card-question",),
    severity=Severity.NOTE,
    broken=Case(
        files={
            "DATASET_CARD.md": "# River notes\n\n## Uses\n\n<!-- dataset-builder:answer uses -->\n\n"
            "*To be answered: the uses that it is meant for, and what else it could serve.*\n"
        },
        at=("DATASET_CARD.md", 5, 1),
        by="card",
    ),
)
def card_question(view: FlawView) -> Iterator[Finding]:
    """A question that the card asks its authors is not answered.

    Only `card` says so. The card answers what the data tells, and asks for the rest: what the dataset was made for,
    where its texts come from, whom it concerns, what it is not good for, who looks after it.

    **Why it matters.** Whoever uses the data can't find this out from the data.

    **How to fix it.** Write the answer behind the marker, in the place of the line that says what it should tell;
    "none" and "nobody knows" are answers too. Where the card has one elsewhere, move the marker in front of that. For a
    question that makes no sense for the dataset, write `<!-- dataset-builder:skip NAME -->` in its place.
    """
    yield view.finding(help="write it behind the marker, in the place of the line that says what it should tell")


@rule(
    "CRD005",
    "card-field-missing",
    looks=Looks.AT_FLAW,
    kinds=("card-field-missing",),
    severity=Severity.NOTE,
    broken=Case(
        files={"DATASET_CARD.md": "---\ntask_categories: []\n---\n\n# River notes\n"},
        at=("DATASET_CARD.md", 2, 1),
        by="card",
    ),
)
def card_field_missing(view: FlawView) -> Iterator[Finding]:
    """The card's YAML lacks a field by which the Hugging Face Hub lists datasets.

    Only `card` says so. What the data tells is filled in; who made texts and annotation, what they are made of and
    which tasks they serve isn't in the data.

    **Why it matters.** People who look for such a dataset filter by these fields, and don't find it.

    **How to fix it.** Give the field in the configuration, or write it into the YAML at the card's head: what isn't
    generated is kept as it is.
    """
    yield view.finding(help="give it in the configuration, or write it into the card's YAML")


@rule(
    "CRD006",
    "card-field-unknown",
    looks=Looks.AT_FLAW,
    kinds=("card-field-unknown",),
    severity=Severity.WARNING,
    broken=Case(
        files={"DATASET_CARD.md": "---\nlanguage_creators:\n- me\n---\n\n# River notes\n"},
        at=("DATASET_CARD.md", 2, 1),
        by="card",
    ),
)
def card_field_unknown(view: FlawView) -> Iterator[Finding]:
    """A field of the card's YAML has a value that the Hugging Face Hub doesn't list.

    Only `card` says so. The lists are those of `DatasetCardData` in `huggingface_hub` and of the Hub's tasks.

    **Why it matters.** The Hub refuses or ignores the value, and nobody finds the dataset by it.

    **How to fix it.** Write one of the Hub's values, in the configuration or in the card's YAML. Where the Hub has
    learned a new one since, ignore this finding in the configuration.
    """
    yield view.finding(help="write one of the Hub's values, or ignore this if the Hub has learned a new one")


RULES = (card_stale, card_markers, card_front_matter, card_question, card_field_missing, card_field_unknown)

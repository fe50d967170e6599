"""AGR: what several annotators' records on one article have to do with one another."""

from collections.abc import Iterator
from dataclasses import replace

from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.view import GroupView
from dataset_builder.check.wording import either, quoted
from dataset_builder.model.diagnostic import json_pointer

__all__ = ["RULES"]

_TOML = "dataset.toml"
_BOB = "annotations/bob/vault.json"
_RECORD = (
    '{"article": "vault", "annotator": "bob", '
    '"text_sha256": "f6bd6a18e43eae2b76a489b1e35db5513c3ab082d680bfad2a2029acbdaa5d10", '
    '"topic": "travel", "entities": [], "cues": [], "relations": []}\n'
)


@rule(
    "AGR001",
    "rival-annotations",
    looks=Looks.AT_GROUP,
    broken=Case(files={_BOB: _RECORD}, at=(_BOB, 1, 1)),
)
def rival_annotations(view: GroupView) -> Iterator[Finding]:
    """Several annotators have records on one article, but the configuration says that there is only one.

    **Why it matters.** One of the records would have to be published as the gold annotation, and nothing says which.

    **How to fix it.** Set `gold.policy` in the configuration: `adjudicated` (one annotator's record is gold),
    `majority` (what more than half of them have) or `all` (everything, each item with who has it).
    """
    if view.project.gold.policy != "single":
        return
    first, *others = view.places
    for place in others:
        yield Finding(
            message=f"the article {quoted(view.article)} has another annotation, and gold.policy admits only one",
            place=place,
            help='set gold.policy to "adjudicated", "majority" or "all"',
            related=(replace(first, note="the first one is here"),),
        )


@rule(
    "AGR002",
    "not-adjudicated",
    looks=Looks.AT_GROUP,
    broken=Case(
        edits={_TOML: ('languages = ["en"]\n', '[gold]\npolicy = "adjudicated"\nannotator = "ada"\n')},
        files={_BOB: _RECORD, "annotations/ada/vault.json": None},
        at=(_BOB, 1, 1),
    ),
)
def not_adjudicated(view: GroupView) -> Iterator[Finding]:
    """An article is annotated, but not by the annotator whose records are gold.

    **Why it matters.** The article would be published without annotation, as if there were nothing in it to annotate.

    **How to fix it.** Add the adjudicated record, or correct `gold.annotator` in the configuration.
    """
    gold = view.project.gold
    if gold.policy == "adjudicated" and gold.annotator not in view.documents and view.documents:
        article, annotator = quoted(view.article), quoted(gold.annotator)
        yield Finding(
            message=f"the article {article} has no record of {annotator}, whose records are gold",
            place=view.places[0],
            help=f"it has records of {either(sorted(view.documents), 'and')}: adjudicate them",
        )


@rule(
    "AGR003",
    "invalid-gold",
    looks=Looks.AT_GROUP,
    broken=Case(
        edits={_TOML: ('languages = ["en"]\n', '[gold]\npolicy = "majority"\n')},
        files={_BOB: _RECORD},
        at=("annotations/ada/vault.json", 1, 1),
    ),
)
def invalid_gold(view: GroupView) -> Iterator[Finding]:
    """What several annotators' records were merged into is no valid record.

    As a rule a required value has no majority: two annotators give two different labels.

    **Why it matters.** The gold annotation would be published with a hole where the schema promises a value.

    **How to fix it.** Let the annotators settle it, add a third one, adjudicate the article, or let the schema admit
    null where there may be no majority.
    """
    if view.project.gold.policy not in ("majority", "all") or view.gold is None:
        return
    first, *others = view.places
    for violation in view.judgement.violations:
        at = json_pointer(violation.pointer) or "the record as a whole"
        yield Finding(
            message=f"the records of {quoted(view.article)} merge into an invalid one: at {at}, {violation.message}",
            place=replace(first, pointer=json_pointer(violation.pointer)),
            help="let the annotators settle it, add another one, or adjudicate the article",
            related=tuple(replace(place, note="another record is here") for place in others),
        )


RULES = (rival_annotations, not_adjudicated, invalid_gold)

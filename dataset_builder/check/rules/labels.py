"""LAB002: labels that nothing has."""

from collections.abc import Iterator

from dataset_builder.check.label_view import LabelsView
from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.wording import quoted
from dataset_builder.model.diagnostic import Severity

__all__ = ["RULES"]

_SCHEMA = "schema/annotation.schema.json"
_TYPES = '"enum": ["person", "place", "thing"]'


@rule(
    "LAB002",
    "unused-label",
    looks=Looks.AT_LABELS,
    severity=Severity.NOTE,
    broken=Case(
        edits={_SCHEMA: (_TYPES, _TYPES.replace('"thing"', '"thing", "event"'))}, at=(_SCHEMA, 33, 57), by="card"
    ),
)
def unused_label(view: LabelsView) -> Iterator[Finding]:
    """A label of a set is never used, though others of the set are.

    Only `card` and `build` say so, since all records have to be counted. Sets of which no label is in use yet are left
    alone. Where several properties have the same set, it counts if one of them uses the label.

    **Why it matters.** Whoever trains on the data gets a class without examples. As a rule the guidelines were changed,
    or annotators don't know of the label.

    **How to fix it.** Take the label out of the schema, or look for what it was meant for. If it is meant for data that
    is still to come, leave it.
    """
    for counted in view.sets:
        for label in counted.unused:
            yield Finding(
                message=f"the label {quoted(label)} of {counted.path} is never used",
                place=view.place(counted, label),
                help="take it out of the schema, unless it is meant for data that is still to come",
            )


RULES = (unused_label,)

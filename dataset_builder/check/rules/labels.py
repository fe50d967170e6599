"""LAB002: labels that nothing has."""

from collections.abc import Iterator
from hashlib import sha256

from dataset_builder.check.label_view import LabelsView
from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.wording import quoted
from dataset_builder.model.diagnostic import Severity

__all__ = ["RULES"]

_SCHEMA = "schema/annotation.schema.json"
_LINE = "Ada met Bo.\n"
_TEXT = _LINE * 40
_SPANS = ",\n".join(
    f'  {{"id": "e{start}", "start": {start}, "end": {start + 3}, "quote": "Ada", "type": "person"}}'
    for start in range(0, len(_TEXT), len(_LINE))
)
_RECORD = f"""{{"article": "note", "annotator": "ada", "text_sha256": "{sha256(_TEXT.encode()).hexdigest()}",
 "topic": "meeting", "cues": [], "relations": [], "entities": [
{_SPANS}
]}}
"""
_TYPES = '"enum": ["person", "place", "thing"]'


@rule(
    "LAB002",
    "unused-label",
    looks=Looks.AT_LABELS,
    severity=Severity.NOTE,
    broken=Case(
        edits={_SCHEMA: (_TYPES, _TYPES.replace('"thing"', '"thing", "event"'))},
        files={
            "annotations/ada/note.json": _RECORD,
            "seeds/note.json": '{"title": null, "published": "2025-03-01T08:00:00Z", "event": "note", '
            '"rights": {"license": "CC0-1.0", "text": "included"}}\n',
            "seeds/note.txt": _TEXT,
        },
        at=(_SCHEMA, 33, 57),
        by="card",
    ),
)
def unused_label(view: LabelsView) -> Iterator[Finding]:
    """A label of a set is never used, though there is much to use it on.

    Only `card` and `build` say so, since all records have to be counted. Sets with fewer than ten values for each label
    are left alone. Where several properties have the same set, their values are counted together.

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

"""SPN010: spans that are there twice."""

import json
from collections.abc import Iterator
from typing import Any

from dataset_builder.check.rule import Aspect, Case, Finding, Looks, rule
from dataset_builder.check.view import RecordView
from dataset_builder.model.diagnostic import Edit, Pointer, Severity
from dataset_builder.schema.shape import ITEM, Path

__all__ = ["RULES"]

_MILL = "annotations/ada/mill.json"
_SAID = '{"id": "c2", "start": 27, "end": 31, "quote": "said", "manner": "neutral"}'


@rule(
    "SPN010",
    "duplicate-span",
    looks=(Looks.AT_RECORD, Looks.AT_LINK),
    aspect=Aspect.SINGLE,
    severity=Severity.WARNING,
    broken=Case(
        edits={
            "schema/annotation.schema.json": ('"x-overlap": "forbid"', '"x-overlap": "allow"'),
            _MILL: (_SAID, f"{_SAID},\n    {_SAID.replace('c2', 'c3')}"),
        },
        at=(_MILL, 17, 5),
    ),
    clean=Case(
        edits={
            "schema/annotation.schema.json": ('"x-overlap": "forbid"', '"x-overlap": "allow"'),
            _MILL: (_SAID, f"{_SAID},\n    {_SAID.replace('c2', 'c3').replace('neutral', 'plain')}"),
        }
    ),
    fixed={_MILL: f"{_SAID}\n  ],"},
)
def duplicate_span(view: RecordView) -> Iterator[Finding]:
    """A span is there twice: another one of the same array says just the same of the same passage.

    Only their keys may differ. Two spans that cover the same passage and say different things of it are no duplicates.

    **Why it matters.** It counts twice, in figures and in what is learnt from the data, and it stays behind when the
    other one is corrected.

    **How to fix it.** Delete one of the two, that which nothing refers to.
    """
    for anchor in view.schema.plan.anchors:
        array = anchor.path[:-1]
        if anchor.path[-1:] == (ITEM,):
            for pointer, items in view.at(array):
                if isinstance(items, list):
                    yield from _doubles(view, array, pointer, items)


def _doubles(view: RecordView, array: Path, pointer: Pointer, items: list[Any]) -> Iterator[Finding]:
    key = next((keyed.key for keyed in view.schema.plan.keyed if keyed.path == array), None)
    first: dict[str, int] = {}
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            continue
        said = json.dumps({name: value for name, value in item.items() if name != key}, sort_keys=True)
        earlier = first.setdefault(said, index)
        if earlier < index:
            yield Finding(
                message="the span is there twice",
                place=view.document.place((*pointer, index)),
                help="delete one of the two, that which nothing refers to",
                related=(view.document.place((*pointer, earlier), note="the first one is here"),),
                fix=_without(view, array, pointer, [(each, items[each].get(key)) for each in (index, earlier)]),
            )


def _without(view: RecordView, array: Path, pointer: Pointer, doubles: list[tuple[int, Any]]) -> tuple[Edit, ...]:
    """An edit that takes out the first of `doubles`, given by index and key, that nothing can refer to."""
    document = view.document
    if any(flaw.kind != "bom" for flaw in document.flaws) or not view.linked.isdisjoint(_names(array)):
        return ()
    named = _named(view, array)
    index = next((index for index, key in doubles if key not in named), None)
    if index is None:
        return ()
    if index:
        start, end = document.values[(*pointer, index - 1)][1], document.values[(*pointer, index)][1]
    else:
        start, end = document.values[(*pointer, 0)][0], document.values[(*pointer, 1)][0]
    return (document.edit(start, end, ""),)


def _names(array: Path) -> tuple[str, ...]:
    """The name by which references know an array: none of an inner one."""
    return (array[0],) if len(array) == 1 and array[0] is not None else ()


def _named(view: RecordView, array: Path) -> list[Any]:
    """The keys of items of the array that the record refers to."""
    names = _names(array)
    paths = [
        reference.path for reference in view.schema.plan.references if not set(names).isdisjoint(reference.targets)
    ]
    return [name for path in paths for _, name in view.at(path)]


RULES = (duplicate_span,)

"""REF010 and REF011: references to the wrong array, and references that lead back to where they began."""

from collections.abc import Iterator

from dataset_builder.check.chains import cycles
from dataset_builder.check.rule import Aspect, Case, Finding, Looks, rule
from dataset_builder.check.rules.references import known_keys, named_by
from dataset_builder.check.view import RecordView
from dataset_builder.check.wording import either, quoted
from dataset_builder.model.diagnostic import Pointer, Severity
from dataset_builder.schema.plan import Reference
from dataset_builder.schema.shape import ITEM

__all__ = ["RULES"]

_MILL = "annotations/ada/mill.json"
_E3, _E4 = '"quote": "the mill", "type": "place"', '"quote": "mill", "type": "place"'
_PLACES = f'{_E3}}},\n    {{"id": "e4", "start": 18, "end": 22, {_E4}'


@rule(
    "REF010",
    "wrong-array",
    looks=Looks.AT_RECORD,
    aspect=Aspect.REFERRED,
    broken=Case(edits={_MILL: ('"cues": ["c1"]', '"cues": ["e3"]')}, at=(_MILL, 19, 53)),
)
def wrong_array(view: RecordView) -> Iterator[Finding]:
    """A reference names an item of another array than those that it may name.

    **Why it matters.** The relation would point into nothing, though the item is there: two properties were mixed up as
    a rule, the cue and the speaker, say.

    **How to fix it.** Write the key of an item of the array that the schema names (`x-ref`). If items of either may be
    meant, let `x-ref` name both.
    """
    keys = {layer: known_keys(view, (layer,)) for layer in view.schema.plan.layers}
    for reference in view.schema.plan.references:
        known = known_keys(view, reference.targets)
        for pointer, name in named_by(view, reference):
            found = [] if name in known else [layer for layer, names in keys.items() if name in names]
            if found:
                meant = either(reference.targets)
                yield Finding(
                    message=f"{quoted(name)} is an item of {either(found, 'and')}, but this names one of {meant}",
                    place=view.document.place(pointer),
                    help=f"write the key of an item of {meant}",
                )


@rule(
    "REF011",
    "reference-cycle",
    looks=Looks.AT_RECORD,
    aspect=Aspect.REFERRED,
    severity=Severity.WARNING,
    broken=Case(
        edits={_MILL: (_PLACES, _PLACES.replace(_E3, f'{_E3}, "same_as": "e4"') + ', "same_as": "e3"')},
        at=(_MILL, 11, 91),
    ),
    clean=Case(edits={_MILL: (_PLACES, f'{_PLACES}, "same_as": "e3"')}),
)
def reference_cycle(view: RecordView) -> Iterator[Finding]:
    """Items of an array refer to one another in a circle: the first to the second, and in the end one to the first.

    Only properties that hold a single reference to an item of their own array are looked at, such as `same_as` or
    `parent`. A list of related items may name one that names it in turn. An item that refers to itself is REF008.

    **Why it matters.** Such references are followed to their end: to the first mention of a chain, to the root of a
    tree. In a circle there is none, and whoever follows them never stops.

    **How to fix it.** Let one of the items refer to none: the one that the others mean.
    """
    for reference in view.schema.plan.references:
        layer = reference.path[0]
        if layer is not None and layer in reference.targets and reference.path.count(ITEM) == 1:
            yield from _circles(view, reference, layer)


def _circles(view: RecordView, reference: Reference, layer: str) -> Iterator[Finding]:
    owners = {pointer: name for name, pointer in view.keys(layer)}
    follows: dict[str, str] = {}
    places: dict[str, Pointer] = {}
    for pointer, name in named_by(view, reference):
        owner = owners.get(pointer[:2])
        if owner is not None and owner != name:
            follows[owner], places[owner] = name, pointer
    for circle in cycles(follows):
        first, *others = sorted(circle, key=lambda owner: places[owner][1])
        way = " → ".join(quoted(name) for name in (*_turned(circle, first), first))
        yield Finding(
            message=f"the references lead in a circle: {way}" if len(circle) <= _SHOWN else _long(circle, first),
            place=view.document.place(places[first]),
            help="let the item that the others mean refer to none",
            related=tuple(view.document.place(places[other], note="by way of this") for other in others[:_SHOWN]),
        )


_SHOWN = 6


def _turned(circle: list[str], first: str) -> list[str]:
    """`circle` from `first` on."""
    at = circle.index(first)
    return circle[at:] + circle[:at]


def _long(circle: list[str], first: str) -> str:
    return f"the references lead in a circle of {len(circle):,} items, from {quoted(first)} back to it"


RULES = (wrong_array, reference_cycle)

"""What features of structures become: labels, properties, values that JSON and columns can hold."""

import math
from collections.abc import Mapping
from typing import Any

from dataset_builder.formats.cas import Reference, Structure, short
from dataset_builder.formats.cas_parts import base_of

__all__ = ["LABELS", "USUAL_LABELS", "held", "label_of", "plain", "property_name"]

LABELS: Mapping[str, str | None] = {
    "POS": "PosValue",
    "Dependency": "DependencyType",
    "Chunk": "chunkValue",
    "Constituent": "constituentType",
    "SemPred": "category",
    "Lemma": None,
    "Stem": None,
    "SurfaceForm": None,
    "MorphologicalFeatures": None,
}
"""Which feature of a type is its label, where that isn't one that is called so; None: it has values without end."""

USUAL_LABELS = ("value", "label", "referenceType")  # features that are labels
_PLACES = ("start", "end", "quote", "digest", "at", "fragments")
_SAID = ("id", "label", "arguments", "attributes", "notes", "referents", "extra")
_OWN = frozenset((*_PLACES, *_SAID))  # properties of an item that a reference can't be called
_LARGEST = 2**63


def label_of(structure: Structure) -> str | None:
    """The feature of `structure` that is its label."""
    called = short(base_of(structure.type))
    names = (LABELS[called],) if called in LABELS else USUAL_LABELS
    for name in names:
        if name and isinstance(value := structure.features.get(name), str) and value:
            return name
    return None


def property_name(name: str) -> str:
    """What a reference is called that the feature `name` holds."""
    plain = name.lstrip("_") or "reference"
    return f"{plain}_" if plain in _OWN else plain


def held(value: Any) -> Any:
    """`value` itself, or texts in the place of numbers that JSON or a column can't hold."""
    if isinstance(value, list):
        return [held(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return str(value) if isinstance(value, int) and not -_LARGEST <= value < _LARGEST else value


def plain(value: Any) -> Any:
    """`value` as JSON."""
    if isinstance(value, Reference):
        return value.id
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return held(value)

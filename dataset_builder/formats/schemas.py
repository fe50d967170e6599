"""The schemas of a project that was imported, inferred from what occurs in it."""

from collections.abc import Iterable, Mapping
from typing import Any

from dataset_builder.formats.inventory import Facts, Inventory, Values

__all__ = ["annotation_schema", "article_schema"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_RESERVED = frozenset({"articles", "annotations", "links", "default"})  # names of tables that every project has
_MOST_LABELS = 1000
_PASSAGE: dict[str, Any] = {
    "description": "A stretch of the text.",
    "type": "object",
    "required": ["start", "end"],
    "anyOf": [{"required": ["quote"]}, {"required": ["digest"]}],
    "x-span": {"start": "start", "end": "end", "quote": "quote", "digest": "digest"},
    "properties": {
        "start": {"description": "Where it begins, in Unicode code points, from 0.", "type": "integer", "minimum": 0},
        "end": {"description": "Where it ends (exclusive), in Unicode code points.", "type": "integer", "minimum": 0},
        "quote": {"description": "The covered text.", "type": "string", "minLength": 1},
        "digest": {"description": "SHA-256 of the covered text, where the text is withheld.", **_DIGEST},
    },
}


def article_schema(inventory: Inventory) -> dict[str, Any]:
    """The schema of articles' metadata."""
    properties: dict[str, Any] = {
        "source": {"description": "The file that the article was imported from.", "type": "string"},
        "rights": {
            "description": "What may be done with the text.",
            "type": "object",
            "required": ["license", "text"],
            "unevaluatedProperties": False,
            "properties": {
                "license": {"description": "An SPDX licence expression.", "type": "string", "minLength": 1},
                "text": {"description": "Whether the text is published.", "enum": ["included", "withheld"]},
            },
        },
        "sha256": {"description": "SHA-256 of the text's bytes.", **_DIGEST},
        "length": {"description": "The text's length in Unicode code points.", "type": "integer", "minimum": 1},
    }
    for name, values in sorted(inventory.metadata.items()):
        properties[name] = {"description": "As the source has it.", **_value(values)}
    if inventory.article_extra:
        properties["article_extra"] = _json("What the source says besides.")
    return {
        "$schema": _DIALECT,
        "$id": "article.schema.json",
        "title": "Article",
        "description": "What is known of an article beside its text.",
        "type": "object",
        "required": ["rights"],
        "unevaluatedProperties": False,
        "properties": properties,
    }


def annotation_schema(inventory: Inventory) -> dict[str, Any]:
    """The schema of annotations: an array for each layer."""
    properties: dict[str, Any] = {
        "article": {"description": "The annotated article.", "type": "string", "x-ref": "@article"},
        "annotator": {
            "description": "Who made this record; the name of the folder it lies in.",
            "type": "string",
            "minLength": 1,
        },
        "text_sha256": {"description": "SHA-256 of the text that was annotated.", **_DIGEST},
    }
    for name, values in sorted(inventory.attributes.items()):
        properties[name] = {"description": "Of the text as a whole.", **_value(values)}
    for name, facts in sorted(inventory.layers.items()):
        properties[name] = _layer(name, facts, inventory.layers)
    if inventory.extra:
        properties["extra"] = _json("What the source says of the article besides.")
    return {
        "$schema": _DIALECT,
        "$id": "annotation.schema.json",
        "title": "Annotation",
        "description": "One annotator's record on one article.",
        "type": "object",
        "required": ["article", "annotator"],
        "unevaluatedProperties": False,
        "properties": properties,
        "$defs": {"passage": _PASSAGE},
    }


def _layer(name: str, facts: Facts, layers: Mapping[str, Facts]) -> dict[str, Any]:
    return {
        "description": f"{name.replace('_', ' ').capitalize()}, as imported: {facts.items:,} in all.",
        "type": "array",
        "x-key": "id",
        "x-table": f"{name}_items" if name in _RESERVED else name,
        "items": _item(facts, layers),
    }


def _item(facts: Facts, layers: Mapping[str, Facts]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "id": {"description": "Identifies the item within the record.", "type": "string", "minLength": 1}
    }
    required = ["id"]
    spans: dict[str, Any] = {}
    if facts.points:
        properties["at"] = {"description": "The place in the text, in code points.", "type": "integer", "minimum": 0}
        required.append("at")
    elif facts.spans:
        spans = {"$ref": "#/$defs/passage"}
    if facts.labels:
        properties["label"] = _labels(facts.labels, facts.titles)
    if facts.fragmented:
        properties["fragments"] = {
            "description": "The pieces of what is marked, where it is in several; start and end then are those of all.",
            "type": "array",
            "minItems": 2,
            "x-overlap": "ordered",
            "items": {"$ref": "#/$defs/passage", "unevaluatedProperties": False},
        }
    for name, targets in sorted(facts.references.items()):
        properties[name] = _reference(targets, many=name in facts.many, layers=layers)
    if facts.roles:
        properties["arguments"] = _arguments(facts, layers)
    if facts.attributes:
        properties["attributes"] = {
            "description": "What is said of the item.",
            "type": "object",
            "unevaluatedProperties": False,
            "properties": {name: _value(values) for name, values in sorted(facts.attributes.items())},
        }
    properties |= _remarks(facts)
    body: dict[str, Any] = {"description": "An item.", **(spans or {"type": "object"}), "required": required}
    return {**body, "unevaluatedProperties": False, "properties": properties}


def _remarks(facts: Facts) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if facts.notes:
        found["notes"] = _records("Remarks on the item.", ("id", "type", "about", "text"), ("text",))
    if facts.referents:
        described = "Entries of knowledge bases that the item stands for."
        found["referents"] = _records(described, ("id", "resource", "entry", "text"), ("resource", "entry"))
    if facts.extra:
        found["extra"] = _json("What the source says of the item besides.")
    return found


def _labels(labels: Mapping[str, int], titles: Mapping[str, str]) -> dict[str, Any]:
    if len(labels) > _MOST_LABELS:
        return {"description": "What kind of item it is.", "type": "string"}
    return {
        "description": "What kind of item it is.",
        "oneOf": [
            {
                "const": label,
                **({"title": titles[label]} if label in titles else {}),
                "description": f"{count:,} in what was imported." if count else "Not in what was imported last.",
            }
            for label, count in sorted(labels.items())
        ],
    }


def _reference(targets: Iterable[str], *, many: bool, layers: Mapping[str, Facts]) -> dict[str, Any]:
    known = sorted(target for target in targets if target in layers)
    one = {"type": "string", **({"x-ref": known[0] if len(known) == 1 else known} if known else {})}
    described = {
        "description": f"The ids of items of {', '.join(known)}."
        if many
        else f"The id of an item of {', '.join(known)}."
    }
    return {**described, "type": "array", "items": one} if many else {**described, **one}


def _arguments(facts: Facts, layers: Mapping[str, Facts]) -> dict[str, Any]:
    return {
        "description": "What plays which role.",
        "type": "array",
        "items": {
            "type": "object",
            "required": ["role", "target"],
            "unevaluatedProperties": False,
            "properties": {
                "role": {"description": "The role.", "enum": sorted(facts.roles)},
                "target": _reference(facts.targets, many=False, layers=layers),
            },
        },
    }


def _value(values: Values) -> dict[str, Any]:
    """The schema of a property with these `values`."""
    kinds = {kind for kind in values.kinds if kind != "null"}
    null = "null" in values.kinds
    labels = values.labels
    if labels and kinds == {"strings"}:
        return {"type": ["array", "null"] if null else "array", "items": {"enum": list(labels)}}
    if labels:
        return {"enum": [*labels, None]} if null else {"enum": list(labels)}
    if kinds == {"integer", "number"}:
        kinds = {"number"}
    if kinds == {"strings"}:
        return {"type": ["array", "null"] if null else "array", "items": {"type": "string"}}
    if len(kinds) == 1 and (kind := kinds.pop()) != "json":
        return {"type": [kind, "null"] if null else kind}
    return _json("Of several kinds." if values.kinds else "Never given.")


def _records(described: str, names: tuple[str, ...], required: tuple[str, ...]) -> dict[str, Any]:
    return {
        "description": described,
        "type": "array",
        "items": {
            "type": "object",
            "required": list(required),
            "unevaluatedProperties": False,
            "properties": {name: {"type": "string"} for name in names},
        },
    }


def _json(described: str) -> dict[str, Any]:
    return {"description": described, "x-column": {"type": "json"}}

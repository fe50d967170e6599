"""The drafts of JSON Schema that a schema may be written for, and what the older one says in the words of the newer.

All that reads schemas for more than a verdict knows 2020-12 alone; a verdict is given by the schema's own draft.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
from referencing import Specification
from referencing.jsonschema import DRAFT7, DRAFT202012, Schema, SchemaResource

__all__ = ["DRAFT_7", "LATEST", "Dialect", "Draft7Object", "Spelling", "dialect_of", "in_latest", "resource_of"]

Spelling = Mapping[str, str]
"""Keywords of 2020-12 to those that say the same in the schema as it is written, where they differ."""


@dataclass(frozen=True, slots=True, eq=False)
class Dialect:
    """A draft of JSON Schema."""

    uri: str  # as `$schema` states it
    name: str
    specification: Specification[Schema]  # how references work
    validator: Any  # the class of `jsonschema_rs`
    unknown: frozenset[str]  # keywords of the other draft that mean nothing in this one


LATEST = Dialect(
    uri="https://json-schema.org/draft/2020-12/schema",
    name="2020-12",
    specification=DRAFT202012,
    validator=jsonschema_rs.Draft202012Validator,
    unknown=frozenset({"additionalItems"}),
)
DRAFT_7 = Dialect(
    uri="http://json-schema.org/draft-07/schema#",
    name="draft 7",
    specification=DRAFT7,
    validator=jsonschema_rs.Draft7Validator,
    unknown=frozenset(
        {
            "$anchor",
            "$dynamicAnchor",
            "$dynamicRef",
            "dependentRequired",
            "dependentSchemas",
            "maxContains",
            "minContains",
            "prefixItems",
            "unevaluatedItems",
            "unevaluatedProperties",
        }
    ),
)

_STATED = {
    "urn:dataset-builder:standoff": LATEST,
    **{dialect.uri.rstrip("#"): dialect for dialect in (LATEST, DRAFT_7)},
}


def dialect_of(contents: object) -> Dialect | None:
    """The draft that a schema file is written for, which is the latest where it states none; None if it is another."""
    stated = contents.get("$schema", LATEST.uri) if isinstance(contents, Mapping) else LATEST.uri
    return _STATED.get(stated.removesuffix("#")) if isinstance(stated, str) else None


class Draft7Object(dict[str, Any]):
    """An object of a schema that is written for draft 7, which nothing else in the object itself may tell."""


def resource_of(contents: Any) -> SchemaResource:
    """A schema file as references see it; every object in it tells by its type which draft it is written for."""
    dialect = dialect_of(contents) or LATEST
    return dialect.specification.create_resource(_marked(contents) if dialect is DRAFT_7 else contents)


def _marked(contents: Any) -> Any:
    if isinstance(contents, Mapping):
        return Draft7Object((name, _marked(inner)) for name, inner in contents.items())
    return [_marked(item) for item in contents] if isinstance(contents, list) else contents


def in_latest(schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], Spelling]:
    """What `schema` itself says as 2020-12 says it, subschemas left as they are; and where it said so.

    `dependencies` is read in both drafts: the metaschema of 2020-12 keeps it, and validators act on it.
    """
    if not isinstance(schema, Draft7Object):
        return _without_dependencies(schema) if "dependencies" in schema else (schema, {})
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}, {}  # what stands beside it is ignored
    known, spelling = _without_dependencies(
        {keyword: value for keyword, value in schema.items() if keyword not in DRAFT_7.unknown}
    )
    rest = known.pop("additionalItems", True)
    if isinstance(known.get("items"), list):
        known["prefixItems"] = known["items"]
        known["items"] = rest
        spelling = {**spelling, "prefixItems": "items", "items": "additionalItems"}
    return known, spelling


def _without_dependencies(schema: Mapping[str, Any]) -> tuple[dict[str, Any], Spelling]:
    """`schema` with those of its `dependencies` that are schemas as `dependentSchemas`; names don't bear on types."""
    known = dict(schema)
    stated = known.pop("dependencies", {})
    schemas = {name: inner for name, inner in stated.items() if isinstance(inner, Mapping | bool)}
    if not schemas:
        return known, {}
    known["dependentSchemas"] = schemas | known.get("dependentSchemas", {})
    return known, {"dependentSchemas": "dependencies"}

"""The gold record of an article: what is published of its annotators' records."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dataset_builder.errors import UsageError
from dataset_builder.merge.vote import HOLDERS, merge_records
from dataset_builder.model.project import Fields, Gold
from dataset_builder.schema.plan import Plan
from dataset_builder.schema.shape import Kind, Shape

__all__ = ["as_annotation", "gold_shape", "merge_gold"]


def merge_gold(
    records: Mapping[str, Mapping[str, Any]], plan: Plan, shape: Shape, gold: Gold, fields: Fields
) -> dict[str, Any] | None:
    """What is published of the `records` of one article, which are by annotator; None where that is nothing.

    The envelope - the properties `article`, `annotator` and `text_sha256` of `fields` - is left out. `records` is
    unchanged, and its order never shows; the result shares parts with it, so treat both as read-only.

    - `single`: the only record; of several the alphabetically first annotator's (a rule reports it).
    - `adjudicated`: the record of `gold.annotator`.
    - `majority`: what more than half of the annotators have. Items are the same as `alignment` says; an item's
      properties are voted on by those who have the item, an object's by those who have the object.
    - `all`: what any annotator has, each item that is an object with the property `annotators`. Where annotators
      differ on a value, most of those who give one decide; among equals, the alphabetically first annotator.

    In the two policies by vote:

    - A value without a majority is null where the schema admits null, else absent, **even if it is required**. So
      a merged record may violate the schema, as two records with different dates do; validate it again, in the form
      that `as_annotation` gives. What `x-overlap` restricts in every record, a majority of them respects too; `all`
      need not.
    - An anchored object's start, end, quote and digest are kept together, as the first who has it gives them.
    - Items stand by start and end, else in the order in which they first appear, annotators taken by name.
    - Keys are those of the alphabetically first annotator who has the item, renumbered where two items want the same
      one (see `assign_keys`), and references follow. A reference whose target isn't there is null where it may be,
      absent where it is optional; else what holds it falls: the nearest object that may be null or absent, at most
      the item. What has lost its item in turn does the same.
    - What the shape doesn't describe (a recursive or mixed schema) is voted on as a whole, and references in it stay
      as they are.

    The records are taken to be valid. O(1) in the number of items for `single` and `adjudicated`.
    """
    if gold.policy == "adjudicated":
        record = records.get(gold.annotator or "")
        return None if record is None else _without_envelope(record, fields)
    if not records:
        return None
    if gold.policy == "single":
        return _without_envelope(records[min(records)], fields)
    bare = {annotator: _without_envelope(record, fields) for annotator, record in records.items()}
    return merge_records(bare, plan, shape, union=gold.policy == "all")


def _without_envelope(record: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    envelope = (fields.article, fields.annotator, fields.text_sha256)
    return {name: value for name, value in record.items() if name not in envelope}


def gold_shape(shape: Shape, gold: Gold, fields: Fields) -> Shape:
    """The shape of what `merge_gold` gives for records of `shape`: no envelope, and `annotators` for `all`.

    Raises:
        UsageError: under `all`, items have a property `annotators` already, which would be lost.
    """
    envelope = (fields.article, fields.annotator, fields.text_sha256)
    bare = replace(
        shape,
        properties=tuple((name, inner) for name, inner in shape.properties if name not in envelope),
        required=shape.required.difference(envelope),
    )
    return _with_holders(bare) if gold.policy == "all" else bare


def _with_holders(shape: Shape, *, item: bool = False) -> Shape:
    """`shape` with who has it in every object that is an item of an array, at any depth."""
    properties = tuple((name, _with_holders(inner)) for name, inner in shape.properties)
    items = _with_holders(shape.items, item=shape.kind is Kind.ARRAY) if shape.items else None
    if not item or shape.kind is not Kind.OBJECT:
        return replace(shape, properties=properties, items=items)
    if shape.property(HOLDERS):
        raise UsageError(
            f"items have a property {HOLDERS!r}, to which the gold policy 'all' writes who has the item: "
            "rename the property, or choose another policy"
        )
    holders = Shape(
        kind=Kind.ARRAY,
        nullable=False,
        at=shape.at,
        description="Who has the item, sorted.",
        items=Shape(kind=Kind.STRING, nullable=False, at=shape.at),
    )
    return replace(
        shape, properties=(*properties, (HOLDERS, holders)), items=items, required=shape.required | {HOLDERS}
    )


def as_annotation(
    merged: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]], shape: Shape, gold: Gold, fields: Fields
) -> dict[str, Any]:
    """The gold record `merged` of `records` in the form that the schema of annotations judges.

    It has the envelope of the record that gave it, or of the alphabetically first annotator, and no `annotators`.
    """
    donor = records[gold.annotator if gold.annotator and gold.annotator in records else min(records)]
    envelope = (fields.article, fields.annotator, fields.text_sha256)
    body = _without_holders(merged, shape) if gold.policy == "all" else merged
    return {**{name: donor[name] for name in envelope if name in donor}, **body}


def _without_holders(value: Any, shape: Shape, *, item: bool = False) -> Any:
    if isinstance(value, list):
        return [_without_holders(inner, shape.items, item=True) for inner in value] if shape.items else value
    if not isinstance(value, dict):
        return value
    declared = dict(shape.properties)
    other = shape.items if shape.kind is Kind.MAP else None
    return {
        name: _without_holders(inner, declared.get(name) or other or Shape())
        for name, inner in value.items()
        if not (item and shape.kind is Kind.OBJECT and name == HOLDERS)
    }

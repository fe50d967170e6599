"""From JSON Schema to `Shape`: the one place that knows how each keyword bears on a value's type."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from referencing.exceptions import Unresolvable

from dataset_builder.model.diagnostic import Pointer
from dataset_builder.schema.dialect import DRAFT_7, LATEST, Draft7Object, Spelling, in_latest
from dataset_builder.schema.shape import Column, Kind, Label, Shape, SpanKeys, meet, unite

if TYPE_CHECKING:
    from referencing._core import Resolver  # public as a type only by this name

__all__ = ["compile_shape"]

_KINDS = {kind.value: kind for kind in (Kind.OBJECT, Kind.ARRAY, Kind.STRING, Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN)}
_IMPLIED = {
    "properties": Kind.OBJECT,
    "additionalProperties": Kind.OBJECT,
    "patternProperties": Kind.OBJECT,
    "items": Kind.ARRAY,
    "prefixItems": Kind.ARRAY,
}


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a subschema stands: what resolves its references, and which ones are being resolved already."""

    resolver: "Resolver[Any]"
    file: str
    pointer: Pointer
    open_references: frozenset[int] = frozenset()
    spelling: Spelling = field(default_factory=dict)

    def at(self, keyword: str, *steps: str | int) -> "_Scope":
        return replace(self, pointer=(*self.pointer, self.spelling.get(keyword, keyword), *steps), spelling={})


def compile_shape(schema: object, resolver: "Resolver[Any]", file: str) -> Shape:
    """The shape of the values that `schema` admits. O(size of the schema with its references unfolded).

    The schema must be valid against its metaschema. A reference that can't be resolved is reported when the schema is
    loaded, and counts as no information here.
    """
    return _resolved(schema, _Scope(resolver, file, ()))


def _shape(schema: object, scope: _Scope) -> Shape:
    """The shape of a schema that stands in another one: an `$id` of its own is what references in it start from."""
    if isinstance(schema, Mapping) and "$id" in schema:
        dialect = DRAFT_7 if isinstance(schema, Draft7Object) else LATEST
        inner = scope.resolver.in_subresource(dialect.specification.create_resource(schema))
        return _resolved(schema, replace(scope, resolver=inner))
    return _resolved(schema, scope)


def _resolved(schema: object, scope: _Scope) -> Shape:
    if not isinstance(schema, Mapping):
        return Shape(kind=Kind.ANY if schema else Kind.NEVER, nullable=bool(schema), at=(scope.file, scope.pointer))
    schema, spelling = in_latest(schema)
    return _keywords(schema, replace(scope, spelling=spelling))


def _keywords(schema: Mapping[str, Any], scope: _Scope) -> Shape:
    """What all keywords of a schema say together."""
    shape = _own(schema, scope)
    parts = [_reference(schema[keyword], scope) for keyword in ("$ref", "$dynamicRef") if keyword in schema]
    parts += [_shape(branch, scope.at("allOf", index)) for index, branch in enumerate(schema.get("allOf", ()))]
    for part in parts:
        shape = _inherit(shape, part)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema and not _is_label_set(schema[keyword]):
            branches = [_shape(branch, scope.at(keyword, index)) for index, branch in enumerate(schema[keyword])]
            narrows = all(branch.kind is not Kind.ANY for branch in branches)
            shape = meet(shape, unite(branches)) if narrows else _extend(shape, unite(branches))
            parts += branches
    branches = [_shape(schema[keyword], scope.at(keyword)) for keyword in ("then", "else") if keyword in schema]
    branches += [
        _shape(inner, scope.at("dependentSchemas", name)) for name, inner in schema.get("dependentSchemas", {}).items()
    ]
    condition = [_shape(schema["if"], scope.at("if"))] if "if" in schema else []
    shape = _extend(shape, unite(branches))
    return replace(shape, patterned=shape.patterned or _admit_more((*parts, *branches, *condition), shape))


def _admit_more(parts: Iterable[Shape], shape: Shape) -> bool:
    """Whether `parts` of a schema let properties pass `unevaluatedProperties` that `shape` doesn't declare."""
    declared = {name for name, _ in shape.properties}
    return any(part.patterned or not declared.issuperset(name for name, _ in part.properties) for part in parts)


def _extend(shape: Shape, sometimes: Shape) -> Shape:
    """`shape` with the properties that only some values have; what they all have is not narrowed by that.

    What is private in some values is private in all.
    """
    shape = replace(shape, private=shape.private or sometimes.private)
    if shape.kind is not Kind.OBJECT or sometimes.kind is not Kind.OBJECT:
        return shape
    properties = dict(shape.properties)
    for name, inner in sometimes.properties:
        properties[name] = _extend(properties[name], inner) if name in properties else inner
    return replace(shape, properties=tuple(properties.items()))


def _inherit(shape: Shape, base: Shape) -> Shape:
    """What `shape` says on top of `base`, whose properties come first, as they do in every layer."""
    met = meet(shape, base)
    order = [name for name, _ in base.properties]
    first = sorted((pair for pair in met.properties if pair[0] in order), key=lambda pair: order.index(pair[0]))
    return replace(met, properties=(*first, *(pair for pair in met.properties if pair[0] not in order)))


def _reference(reference: str, scope: _Scope) -> Shape:
    try:
        resolved = scope.resolver.lookup(reference)
    except Unresolvable:
        return Shape(at=(scope.file, scope.pointer))
    if id(resolved.contents) in scope.open_references:
        return Shape(kind=Kind.RECURSIVE, at=(scope.file, scope.pointer))
    inner = replace(scope, resolver=resolved.resolver, open_references=scope.open_references | {id(resolved.contents)})
    return _resolved(resolved.contents, inner)


def _own(schema: Mapping[str, Any], scope: _Scope) -> Shape:
    """What the keywords of `schema` itself say, its applicators in place aside."""
    labels, labels_nullable = _labels(schema)
    kinds, nullable = _kinds(schema, labels_nullable=labels_nullable)
    shape = Shape(
        kind=kinds,
        nullable=nullable,
        at=(scope.file, scope.pointer),
        title=schema.get("title"),
        description=schema.get("description"),
        labels=labels,
        format=schema.get("format"),
        required=frozenset(schema.get("required", ())),
        patterned=_names_freely(schema),
        **_vocabulary(schema),
    )
    if kinds is Kind.OBJECT:
        return _object(schema, scope, shape)
    if kinds is Kind.ARRAY:
        return replace(shape, items=_items(schema, scope))
    return shape


def _kinds(schema: Mapping[str, Any], *, labels_nullable: bool | None) -> tuple[Kind, bool]:
    """The kind that `schema` states or implies, and whether null is admitted."""
    if "type" in schema:
        stated = schema["type"]
        types = {stated} if isinstance(stated, str) else set(stated)
        nullable = "null" in types and labels_nullable is not False
        return _single_kind({_KINDS[name] for name in types - {"null"}}, null_only=Kind.NULL), nullable
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if values is not None:
        return _single_kind(
            {_kind_of(value) for value in values if value is not None}, null_only=Kind.NULL
        ), None in values
    if labels_nullable is not None:
        return Kind.STRING, labels_nullable
    implied = {kind for keyword, kind in _IMPLIED.items() if keyword in schema}
    return _single_kind(implied, null_only=Kind.ANY), True


def _single_kind(kinds: set[Kind], *, null_only: Kind) -> Kind:
    if not kinds:
        return null_only
    if kinds == {Kind.INTEGER, Kind.NUMBER}:
        return Kind.NUMBER
    return kinds.pop() if len(kinds) == 1 else Kind.MIXED


def _kind_of(value: object) -> Kind:
    for kind, types in (
        (Kind.BOOLEAN, bool),
        (Kind.INTEGER, int),
        (Kind.NUMBER, float),
        (Kind.STRING, str),
        (Kind.ARRAY, list),
    ):
        if isinstance(value, types):
            return kind
    return Kind.OBJECT


def _is_label_set(branches: Iterable[object]) -> bool:
    constants = [_constant(branch) if isinstance(branch, Mapping) else 0 for branch in branches]
    return all(isinstance(value, str | None) for value in constants) and set(constants) != {None}


def _constant(branch: Mapping[str, Any]) -> object:
    """The one value that `branch` admits; 0 where there may be more."""
    return branch.get("const", None if branch.get("type") == "null" else 0)


def _labels(schema: Mapping[str, Any]) -> tuple[tuple[Label, ...], bool | None]:
    """The closed set of strings that `schema` states, and whether null is in it; None if there is no set."""
    branches = next((schema[key] for key in ("oneOf", "anyOf") if key in schema and _is_label_set(schema[key])), None)
    if branches:
        named = [branch for branch in branches if _constant(branch) is not None]
        labels = (Label(name=b["const"], title=b.get("title"), description=b.get("description")) for b in named)
        return _unique(labels), len(named) < len(branches)
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if values and all(isinstance(value, str | None) for value in values):
        return _unique(Label(name=value) for value in values if value is not None), None in values
    return (), None


def _unique(labels: Iterable[Label]) -> tuple[Label, ...]:
    """The first label of each name: JSON Schema lets `enum` repeat itself, ClassLabel doesn't."""
    first: dict[str, Label] = {}
    for label in labels:
        first.setdefault(label.name, label)
    return tuple(first.values())


def _object(schema: Mapping[str, Any], scope: _Scope, shape: Shape) -> Shape:
    declared = {
        name: _shape(inner, scope.at("properties", name)) for name, inner in schema.get("properties", {}).items()
    }
    rest = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
    patterns = schema.get("patternProperties", {})
    if not declared and (patterns or isinstance(rest, Mapping)):
        values = [_shape(inner, scope.at("patternProperties", name)) for name, inner in patterns.items()]
        if isinstance(rest, Mapping):
            values.append(_shape(rest, scope.at("additionalProperties")))
        return replace(shape, kind=Kind.MAP, items=unite(values))
    return replace(shape, properties=tuple(declared.items()), closed=rest is False)


def _names_freely(schema: Mapping[str, Any]) -> bool:
    """Whether `schema` itself accounts for properties that it doesn't declare."""
    rest = (schema.get(keyword, False) for keyword in ("additionalProperties", "unevaluatedProperties"))
    return "patternProperties" in schema or any(values is not False for values in rest)


def _items(schema: Mapping[str, Any], scope: _Scope) -> Shape:
    rest = schema.get("items", schema.get("unevaluatedItems", True))
    first = [_shape(inner, scope.at("prefixItems", index)) for index, inner in enumerate(schema.get("prefixItems", ()))]
    if rest is False:
        return unite(first)
    if not first:
        return _shape(rest, scope.at("items"))
    return unite([*first, _shape(rest, scope.at("items"))])


def _vocabulary(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The standoff vocabulary's keywords (see `vocabulary.py`)."""
    facts: dict[str, Any] = {}
    if "x-span" in schema:
        facts["span"] = SpanKeys(**schema["x-span"])
    if "x-ref" in schema:
        named = schema["x-ref"]
        facts["refs"] = (named,) if isinstance(named, str) else tuple(named)
    if "x-column" in schema:
        stated = schema["x-column"]
        facts["column"] = Column(drop=True) if stated is False else Column(**stated)
    for keyword in ("key", "overlap", "table", "agreement", "private"):
        if f"x-{keyword}" in schema:
            facts[keyword] = schema[f"x-{keyword}"]
    return facts

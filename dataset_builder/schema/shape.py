"""The intermediate representation: what a JSON Schema says a value looks like, with references resolved.

A `Shape` is to a JSON Schema what a type is to a program: constraints that don't change the type are left out.
Everything that depends on a schema beside validity itself - checks, Arrow types, tables, the card - reads shapes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Literal

from dataset_builder.model.diagnostic import Pointer

__all__ = ["ITEM", "Column", "Kind", "Label", "Overlap", "Path", "Shape", "SpanKeys", "meet", "unite", "walk"]

ITEM = None
"""The step of a `Path` that enters every item of an array."""

Path = tuple[str | None, ...]
"""The way from a record to values: property names, and `ITEM` for every item of an array."""

Overlap = Literal["allow", "nest", "forbid", "ordered"]
Measure = Literal["nominal", "ordinal", "interval", "span"]


class Kind(StrEnum):
    """What a value is, null aside."""

    ANY = "any"  # the schema doesn't say
    OBJECT = "object"
    MAP = "map"  # an object with free names and one shape of values
    ARRAY = "array"
    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NULL = "null"
    MIXED = "mixed"  # kinds that no one column holds
    NEVER = "never"  # no value satisfies the schema
    RECURSIVE = "recursive"  # a schema that contains itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label of a closed set, with what the schema says it means."""

    name: str
    title: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanKeys:
    """`x-span`: the properties of an object that anchor it in the article; quote and digest may be unused."""

    start: str
    end: str
    quote: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`x-column`: overrides of a value's column."""

    type: str | None = None
    name: str | None = None
    drop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a schema says of a value; `at` is where in the schema file it says so."""

    kind: Kind = Kind.ANY
    nullable: bool = True
    at: tuple[str, Pointer] = ("", ())  # schema file, place in it
    title: str | None = None
    description: str | None = None
    properties: tuple[tuple[str, "Shape"], ...] = ()  # in the schema's order
    required: frozenset[str] = frozenset()
    closed: bool = False  # an object that admits no undeclared property
    patterned: bool = False  # an object that may admit undeclared properties, closed or not: by a pattern, say
    items: "Shape | None" = None  # of an array; values of a map
    labels: tuple[Label, ...] = ()
    format: str | None = None
    span: SpanKeys | None = None
    key: str | None = None
    refs: tuple[str, ...] = ()
    overlap: Overlap | None = None
    table: str | None = None
    column: Column | None = None
    agreement: Measure | None = None
    private: bool = False

    def property(self, name: str) -> "Shape | None":
        """The shape of the property `name`, None if it isn't declared."""
        return dict(self.properties).get(name)


# Facts that the outer schema states once and the inner one may state instead: the first that says something wins.
_FIRST_WINS = ("title", "description", "format", "span", "key", "refs", "overlap", "table", "column", "agreement")


def _first(a: Any, b: Any) -> Any:
    return a if a not in (None, ()) else b


def meet(a: Shape, b: Shape) -> Shape:
    """The shape of values that satisfy both; where both describe, `a` wins. O(size of both)."""
    shared: dict[str, Any] = {name: _first(getattr(a, name), getattr(b, name)) for name in _FIRST_WINS}
    shared |= {"nullable": a.nullable and b.nullable, "private": a.private or b.private}
    shared["patterned"] = a.patterned or b.patterned
    if Kind.ANY in (a.kind, b.kind):
        main, other = (b, a) if a.kind is Kind.ANY else (a, b)
        return replace(main, at=a.at, required=main.required | other.required, **shared)
    kind = _meet_kinds(a.kind, b.kind)
    if kind is Kind.NEVER:
        only_null = a.nullable and b.nullable
        return replace(a, kind=Kind.NULL if only_null else Kind.NEVER, **shared)
    properties = dict(a.properties)
    for name, shape in b.properties:
        properties[name] = meet(properties[name], shape) if name in properties else shape
    if kind is Kind.OBJECT and Kind.MAP in (a.kind, b.kind) and not properties:
        kind = Kind.MAP  # that it is an object says nothing new
    return replace(
        a,
        kind=kind,
        properties=tuple(properties.items()),
        required=a.required | b.required,
        closed=a.closed or b.closed,
        items=meet(a.items, b.items) if a.items and b.items else a.items or b.items,
        labels=_meet_labels(a.labels, b.labels),
        **shared,
    )


def _meet_kinds(a: Kind, b: Kind) -> Kind:
    if a is b:
        return a
    pair = {a, b}
    if pair == {Kind.INTEGER, Kind.NUMBER}:
        return Kind.INTEGER
    if pair == {Kind.OBJECT, Kind.MAP}:
        return Kind.OBJECT
    if Kind.MIXED in pair:
        return (pair - {Kind.MIXED}).pop()
    if Kind.RECURSIVE in pair:
        return Kind.RECURSIVE
    return Kind.NEVER


def _meet_labels(a: tuple[Label, ...], b: tuple[Label, ...]) -> tuple[Label, ...]:
    if not a or not b:
        return a or b
    allowed = {label.name for label in b}
    return tuple(label for label in a if label.name in allowed)


def unite(branches: Iterable[Shape]) -> Shape:
    """The shape of values that satisfy one of `branches`; ANY branches, which only assert, are passed over.

    What is private in one of them is private.
    """
    branches = tuple(branches)
    private = any(branch.private for branch in branches)
    known = [branch for branch in branches if branch.kind not in (Kind.ANY, Kind.NEVER)]
    if not known:
        columns = {branch.column for branch in branches}
        return Shape(private=private, column=columns.pop() if len(columns) == 1 else None)
    united = known[0]
    for branch in known[1:]:
        united = _unite_two(united, branch)
    return replace(united, private=private)


def _unite_two(a: Shape, b: Shape) -> Shape:
    nullable = a.nullable or b.nullable or Kind.NULL in (a.kind, b.kind)
    private = a.private or b.private
    for nothing in (Kind.NEVER, Kind.NULL):
        if nothing in (a.kind, b.kind):
            return replace(b if a.kind is nothing else a, nullable=nullable, private=private)
    kind = a.kind if a.kind is b.kind else _unite_kinds(a.kind, b.kind)
    if kind is Kind.MIXED:
        column, patterned = a.column or b.column, a.patterned or b.patterned
        return Shape(kind=kind, nullable=nullable, at=a.at, column=column, private=private, patterned=patterned)
    properties = dict(a.properties)
    for name, shape in b.properties:
        properties[name] = _unite_two(properties[name], shape) if name in properties else shape
    return replace(
        a,
        kind=kind,
        nullable=nullable,
        properties=tuple(properties.items()),
        required=a.required & b.required,
        closed=a.closed and b.closed,
        patterned=a.patterned or b.patterned,
        items=_unite_two(a.items, b.items) if a.items and b.items else a.items or b.items,
        labels=_unite_labels(a.labels, b.labels),
        format=a.format if a.format == b.format else None,
        private=private,
    )


def _unite_kinds(a: Kind, b: Kind) -> Kind:
    pair = {a, b}
    if pair == {Kind.INTEGER, Kind.NUMBER}:
        return Kind.NUMBER
    if Kind.ANY in pair:
        return (pair - {Kind.ANY}).pop()
    return Kind.MIXED


def _unite_labels(a: tuple[Label, ...], b: tuple[Label, ...]) -> tuple[Label, ...]:
    if not a or not b:  # one branch admits any string
        return ()
    names = {label.name for label in a}
    return a + tuple(label for label in b if label.name not in names)


def walk(shape: Shape, path: Path = ()) -> Iterator[tuple[Path, Shape]]:
    """Every shape within `shape`, itself first, with the path of the values it describes; maps aren't entered."""
    yield path, shape
    if shape.kind is Kind.OBJECT:
        for name, inner in shape.properties:
            yield from walk(inner, (*path, name))
    elif shape.kind is Kind.ARRAY and shape.items:
        yield from walk(shape.items, (*path, ITEM))

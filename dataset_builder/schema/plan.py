"""What to check and publish of a record, compiled from its shape: paths of spans, keys, references, labels, tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dataset_builder.model.diagnostic import Pointer
from dataset_builder.schema.shape import ITEM, Kind, Measure, Overlap, Path, Shape, SpanKeys, walk

__all__ = [
    "Anchor",
    "Keyed",
    "LabelSet",
    "Measured",
    "Overlapping",
    "Plan",
    "Reference",
    "TableSpec",
    "compile_plan",
    "gather",
    "gather_places",
]

ARTICLE_REFERENCE = "@article"
"""The target of an `x-ref` that names an article rather than an array of the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Objects at `path` are spans."""

    path: Path
    keys: SpanKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """Items of the array at `path` are identified by their property `key`."""

    path: Path
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Strings at `path` name items of one of the arrays `targets` of the record."""

    path: Path
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlapping:
    """Spans that are items of the array at `path` lie to one another as `policy` says."""

    path: Path
    keys: SpanKeys
    policy: Overlap


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSet:
    """Strings at `path` are among `names`."""

    path: Path
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Annotators are compared by the values at `path`."""

    path: Path
    measure: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """The array at `path` is also published as the table `name`."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a shape asks for, in the schema's order."""

    anchors: tuple[Anchor, ...] = ()
    keyed: tuple[Keyed, ...] = ()
    references: tuple[Reference, ...] = ()
    article_references: tuple[Path, ...] = ()
    overlaps: tuple[Overlapping, ...] = ()
    labels: tuple[LabelSet, ...] = ()
    measured: tuple[Measured, ...] = ()
    tables: tuple[TableSpec, ...] = ()
    private: tuple[Path, ...] = ()
    certain: frozenset[Path] = frozenset()  # of values that are there and not null wherever what holds them is

    @property
    def layers(self) -> tuple[str, ...]:
        """The arrays at the record's top level whose items have keys."""
        return tuple(keyed.path[0] for keyed in self.keyed if len(keyed.path) == 1 and keyed.path[0] is not None)

    def key_of(self, layer: str) -> str | None:
        """The key property of the array `layer` at the record's top level."""
        return next((keyed.key for keyed in self.keyed if keyed.path == (layer,)), None)


def compile_plan(shape: Shape) -> Plan:
    """The plan of records of `shape`."""
    plan: dict[str, list[Any]] = {}
    for path, inner in walk(shape):
        for name, part in _parts(path, inner):
            plan.setdefault(name, []).append(part)
    certain = frozenset(path for outer, inner in walk(shape) for path in _certain(outer, inner))
    return Plan(**{name: tuple(parts) for name, parts in plan.items()}, certain=certain)


def _certain(path: Path, shape: Shape) -> Iterator[Path]:
    """The paths of what every value of `shape`, at `path`, holds."""
    if shape.kind is Kind.OBJECT:
        yield from ((*path, name) for name, inner in shape.properties if name in shape.required and not inner.nullable)
    elif shape.kind is Kind.ARRAY and shape.items and not shape.items.nullable:
        yield (*path, ITEM)


def _parts(path: Path, shape: Shape) -> Iterator[tuple[str, object]]:
    """What a shape at `path` adds to a plan: the name of a field of it, and a value."""
    if shape.span:
        yield "anchors", Anchor(path=path, keys=shape.span)
    if shape.key:
        yield "keyed", Keyed(path=path, key=shape.key)
    if shape.refs == (ARTICLE_REFERENCE,):
        yield "article_references", _strings(path, shape)
    elif shape.refs:
        yield "references", Reference(path=_strings(path, shape), targets=shape.refs)
    if shape.overlap in ("nest", "forbid", "ordered") and shape.kind is Kind.ARRAY and shape.items and shape.items.span:
        yield "overlaps", Overlapping(path=path, keys=shape.items.span, policy=shape.overlap)
    if shape.labels:
        yield "labels", LabelSet(path=path, names=tuple(label.name for label in shape.labels))
    if shape.agreement:
        yield "measured", Measured(path=path, measure=shape.agreement)
    if shape.table:
        yield "tables", TableSpec(path=path, name=shape.table)
    if shape.private:
        yield "private", path


def _strings(path: Path, shape: Shape) -> Path:
    return (*path, ITEM) if shape.kind is Kind.ARRAY else path


def gather(value: Any, path: Path) -> list[Any]:
    """All values at `path` within `value`, in order; whatever is missing, null or of another kind is passed over."""
    values = [] if value is None else [value]
    for step in path:
        if step is ITEM:
            values = [item for inner in values if isinstance(inner, list) for item in inner]
        else:
            values = [inner[step] for inner in values if isinstance(inner, dict) and step in inner]
        values = [inner for inner in values if inner is not None]
    return values


def gather_places(value: Any, path: Path, pointer: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    """All values at `path` within `value` with their pointers, in order; what is missing or null is passed over."""
    if value is None:
        return
    if not path:
        yield pointer, value
    elif path[0] is ITEM:
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield from gather_places(item, path[1:], (*pointer, index))
    elif isinstance(value, dict) and path[0] in value:
        yield from gather_places(value[path[0]], path[1:], (*pointer, path[0]))

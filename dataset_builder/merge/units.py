"""What annotators judged: the units of a record that can be compared with another annotator's, and their values."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dataset_builder.merge.alignment import freeze, position
from dataset_builder.merge.matching import Span
from dataset_builder.schema.plan import Measured, Plan, gather
from dataset_builder.schema.shape import ITEM, Path, SpanKeys

__all__ = ["Judged", "Layout", "Record", "Unit", "Values", "layout_of"]

Unit = tuple[Hashable, ...]
"""What a unit is known by, the same for every annotator: the identities of the items that it lies in."""

Values = tuple[Hashable, ...]
"""An annotator's values of the measured properties of one unit, None for what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Measured properties of one kind of unit."""

    path: Path  # of the units: an array's items, or the record itself
    measured: tuple[Measured, ...]
    marked: bool  # whether units are items that an annotator chose to mark: they are spans, or relate such


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A plan, arranged for comparing records."""

    spans: Mapping[Path, Path]  # what is measured as spans, and the path of the spans themselves
    judged: tuple[Judged, ...]
    anchors: Mapping[Path, SpanKeys]
    keys: Mapping[Path, str]
    references: Mapping[Path, tuple[str, ...]]
    ends: Mapping[Path, tuple[str, ...]]  # by path of relations: the properties by which they are known
    ranks: Mapping[Path, Mapping[str, int]]  # of labels, in the schema's order


@lru_cache(maxsize=16)
def layout_of(plan: Plan) -> Layout:
    """`plan`, arranged for comparing records."""
    anchors = {anchor.path: anchor.keys for anchor in plan.anchors}
    references = {reference.path: reference.targets for reference in plan.references}
    ends = _ends(references, anchors)
    by_unit: dict[Path, list[Measured]] = {}
    for measured in plan.measured:
        if measured.measure != "span":
            by_unit.setdefault(_unit_path(measured.path), []).append(measured)
    return Layout(
        spans={
            measured.path: path
            for measured in plan.measured
            if measured.measure == "span"
            for path in (measured.path, (*measured.path, ITEM))
            if path in anchors
        },
        judged=tuple(
            Judged(path=path, measured=tuple(group), marked=_is_marked(path, anchors.keys() | ends.keys()))
            for path, group in by_unit.items()
        ),
        anchors=anchors,
        keys={keyed.path: keyed.key for keyed in plan.keyed},
        references=references,
        ends=ends,
        ranks={labels.path: {name: rank for rank, name in enumerate(labels.names)} for labels in plan.labels},
    )


def _unit_path(path: Path) -> Path:
    """The path of the innermost items in which values at `path` lie; of the record where there are none."""
    length = max((index + 1 for index, step in enumerate(path) if step is ITEM), default=0)
    return path[:length]


def _is_marked(path: Path, marked: set[Path]) -> bool:
    return any(path[:length] in marked for length in range(1, len(path) + 1))


def _ends(references: Mapping[Path, object], anchors: Mapping[Path, object]) -> dict[Path, tuple[str, ...]]:
    """The references of items that have several and are no spans, by the path of the items."""
    found: dict[Path, tuple[str, ...]] = {}
    for path in references:
        *items, name = path
        if name is not None and items and items[-1] is ITEM and tuple(items) not in anchors:
            found[tuple(items)] = (*found.get(tuple(items), ()), name)
    return {path: names for path, names in found.items() if len(names) > 1}


class Record:
    """One annotator's record, as far as it can be compared."""

    def __init__(self, value: Mapping[str, Any], layout: Layout) -> None:
        self._value = value
        self._layout = layout
        self._indices: dict[str, dict[Hashable, Any]] = {}

    def spans(self, path: Path) -> list[Span]:
        """The positions of the spans at `path`; what isn't anchored yet is passed over."""
        keys = self._layout.anchors[path]
        found = (position(keys, item) for item in gather(self._value, path) if isinstance(item, dict))
        return [where for where in found if where]

    def judgements(self, judged: Judged) -> dict[Unit, list[Values]]:
        """By unit, the values that the annotator gave; several where several items have one identity."""
        found: dict[Unit, list[Values]] = {}
        for unit, item in self._walk(self._value, judged.path, (), ()):
            values = tuple(self._judgement(item, judged, measured) for measured in judged.measured)
            found.setdefault(unit, []).append(values)
        return found

    def _walk(self, value: Any, path: Path, above: Path, unit: Unit) -> Iterator[tuple[Unit, Any]]:
        """The items at `path`, a way from `value` at the path `above`, by unit."""
        if not path:
            yield unit, value
        elif path[0] is ITEM:
            here = (*above, ITEM)
            for index, item in enumerate(value if isinstance(value, list) else ()):
                yield from self._walk(item, path[1:], here, (*unit, self._identity(here, item, index)))
        elif isinstance(value, dict) and path[0] in value:
            yield from self._walk(value[path[0]], path[1:], (*above, path[0]), unit)

    def _identity(self, path: Path, item: object, index: int) -> Hashable:
        """What an item at `path` is known by: its span, what it relates, its key, or its place."""
        if not isinstance(item, dict):
            return index
        where = position(self._layout.anchors.get(path), item)
        if where:
            return where
        ends = [self._pointed((*path, name), item.get(name)) for name in self._layout.ends.get(path, ())]
        if ends and None not in ends:
            return "relation", *ends
        key = self._layout.keys.get(path[:-1])
        return index if key is None or key not in item else ("key", freeze(item[key]))

    def _judgement(self, item: object, judged: Judged, measured: Measured) -> Hashable:
        """The value as it compares; None for what is missing or has no place on the measure's scale."""
        value = next(iter(gather(item, measured.path[len(judged.path) :])), None)
        if value is None:
            return None
        if measured.measure == "nominal":
            return self._category(measured.path, value)
        if isinstance(value, int | float):
            return value
        ranks = self._layout.ranks.get(measured.path, {}) if measured.measure == "ordinal" else {}
        return ranks.get(value) if isinstance(value, str) else None

    def _category(self, path: Path, value: object) -> Hashable:
        """`value` as one of a set: a reference is what it points to, a list is what is in it, in whatever order."""
        if isinstance(value, list):
            return "items", *sorted((self._category(path, item) for item in value), key=repr)
        if path in self._layout.references:
            return self._pointed(path, value)
        return freeze(value)

    def _pointed(self, path: Path, key: object) -> Hashable:
        """What the reference `key` at `path` points to, the same for every annotator; None for nothing."""
        for layer in self._layout.references[path] if isinstance(key, str) else ():
            item = self._index(layer).get(freeze(key))
            if item is not None:
                return layer, position(self._layout.anchors.get((layer, ITEM)), item) or key
        return None

    def _index(self, layer: str) -> Mapping[Hashable, Any]:
        """The items of a top-level array by their keys."""
        if layer not in self._indices:
            key = self._layout.keys.get((layer,))
            items = gather(self._value, (layer, ITEM)) if key else []
            keyed = (item for item in items if isinstance(item, dict) and key in item)
            self._indices[layer] = {freeze(item[key]): item for item in keyed}
        return self._indices[layer]

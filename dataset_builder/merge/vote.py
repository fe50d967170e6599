"""One record from several annotators' records, by vote."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from enum import Enum
from typing import Any

from dataset_builder.merge.alignment import (
    Alignment,
    Slot,
    Target,
    freeze,
    items_of,
    points_to_items,
    position,
)
from dataset_builder.merge.keys import Keys, assign_keys
from dataset_builder.schema.plan import Plan
from dataset_builder.schema.shape import Kind, Shape, SpanKeys

__all__ = ["HOLDERS", "merge_records"]

HOLDERS = "annotators"
"""The property of an item that names, sorted, who has it; the policy `all` adds it."""

_UNDECLARED = Shape(nullable=False)
_OBJECTS = (Kind.OBJECT, Kind.MAP)


class _Outcome(Enum):
    """What a vote comes to where that is no value, and the ballots for a value that is voted on by its parts."""

    ABSENT = "absent"
    UNDECIDED = "undecided"
    FALLS = "falls"  # a reference whose target isn't there, or a value that can't be without such a reference
    ARRAY = "array"
    OBJECT = "object"


def merge_records(records: Mapping[str, Mapping[str, Any]], plan: Plan, shape: Shape, *, union: bool) -> dict[str, Any]:
    """What more than half of the annotators have, or with `union` what any of them has.

    O(n log n) in the size of the records, times the length of the longest chain of references that fall one after
    the other.
    """
    return _Merger(records, plan, shape, union=union).merge()


class _Merger:
    """Merges the records of one article. Wherever values stand by annotator, annotators ascend."""

    def __init__(self, records: Mapping[str, Mapping[str, Any]], plan: Plan, shape: Shape, *, union: bool) -> None:
        self.records = {annotator: records[annotator] for annotator in sorted(records)}
        self.plan = plan
        self.shape = shape
        self.union = union
        self.alignment = Alignment(records, shape)
        self.fallen: set[Target] = set()
        self.keys: dict[Target, Any] = {}  # of the items of top-level arrays
        self.inner_keys: dict[int, Keys] = {}  # of the items of other arrays, by the identity of the array's shape
        self.declared: dict[int, tuple[Shape, dict[str, Shape]]] = {}  # properties by the identity of their shape

    def merge(self) -> dict[str, Any]:
        """The merged record. An item that falls may bring down others, so it is merged until none falls."""
        while True:
            known = len(self.fallen)
            self.inner_keys.clear()
            self.keys = assign_keys(self.alignment, self.plan, self._admitted())
            merged = dict(self._properties(self.shape, self.records, {}, top=True))
            if len(self.fallen) == known:
                return {name: value for name, value in merged.items() if value is not _Outcome.FALLS}

    def _admitted(self) -> Iterator[Target]:
        for layer, slots in self.alignment.slots.items():
            for index, slot in enumerate(slots):
                target = Target(layer, index)
                if target not in self.fallen and self._admits(slot, len(self.records)):
                    yield target

    def _admits(self, slot: Slot, voters: int) -> bool:
        return self.union or 2 * len(slot.holders) > voters

    def _properties(
        self,
        shape: Shape,
        held: Mapping[str, Mapping[str, Any]],
        known: Mapping[str, Any],
        *,
        top: bool = False,
    ) -> Iterator[tuple[str, Any]]:
        """The merged properties of objects, in the order in which they first appear; FALLS for those that fall."""
        declared = self._declared(shape)
        other = (shape.items if shape.kind is Kind.MAP else None) or _UNDECLARED
        for name in dict.fromkeys(name for value in held.values() for name in value):
            if name in known:
                yield name, known[name]
                continue
            inner = declared.get(name, other)
            values = {annotator: value[name] for annotator, value in held.items() if name in value}
            layer = name if top and name in self.alignment.slots else None
            merged = self._value(inner, values, len(held), layer)
            if merged is _Outcome.FALLS and inner.nullable:
                yield name, None
            elif merged is not _Outcome.ABSENT:
                yield name, merged

    def _declared(self, shape: Shape) -> dict[str, Shape]:
        if id(shape) not in self.declared:
            # The shape is kept too: an identity is free again once its object is gone.
            self.declared[id(shape)] = shape, dict(shape.properties)
        return self.declared[id(shape)][1]

    def _value(self, shape: Shape, held: Mapping[str, Any], voters: int, layer: str | None = None) -> Any:
        """What the `voters` have who have what the value is part of; ABSENT, FALLS or a value."""
        ballots = {annotator: self._ballot(shape, annotator, value) for annotator, value in held.items()}
        winner = self._elect(ballots, voters)
        if winner in (_Outcome.ABSENT, _Outcome.FALLS):
            return winner
        if winner is _Outcome.UNDECIDED:
            return None if shape.nullable else _Outcome.ABSENT
        if isinstance(winner, Target):
            return self.keys.get(winner, _Outcome.FALLS)
        supporters = {annotator: held[annotator] for annotator, ballot in ballots.items() if ballot == winner}
        if winner is _Outcome.ARRAY:
            return self._array(shape, supporters, voters, layer)
        first = next(iter(supporters.values()))
        return self._object(shape, supporters, {}) if _is_object(shape, first) else first

    def _ballot(self, shape: Shape, annotator: str, value: object) -> Hashable:
        """What the annotator votes for: an object's span or that there is one, an array, or the value itself."""
        if isinstance(value, list) and shape.kind is Kind.ARRAY:
            return _Outcome.ARRAY
        if isinstance(value, dict) and _is_object(shape, value):
            where = position(shape.span, value)
            return ("span", where) if where else _Outcome.OBJECT
        if points_to_items(shape) and value is not None:
            return self.alignment.target(annotator, shape, value) or _Outcome.FALLS
        return freeze(value)

    def _elect(self, ballots: Mapping[str, Hashable], voters: int) -> Hashable:
        votes = Counter(ballots.values())
        # Of equals, max takes the first, which is the alphabetically first annotator's.
        winner = max(votes, key=votes.__getitem__)
        if self.union:
            containers = (ballot for ballot in (_Outcome.ARRAY, _Outcome.OBJECT) if ballot in votes)
            return next(containers, winner)
        if 2 * votes[winner] > voters:
            return winner
        return _Outcome.ABSENT if 2 * len(ballots) < voters else _Outcome.UNDECIDED

    def _object(self, shape: Shape, held: Mapping[str, Mapping[str, Any]], fixed: Mapping[str, Any]) -> Any:
        """The merged object, the properties `fixed` being known; FALLS where it can't be without one that falls."""
        known = {**_anchor(shape.span, next(iter(held.values()))), **fixed}
        merged: dict[str, Any] = {}
        for name, value in self._properties(shape, held, known):
            if value is not _Outcome.FALLS:
                merged[name] = value
            elif name in shape.required:
                return value
        return {**merged, **known}

    def _array(self, shape: Shape, held: Mapping[str, list[Any]], voters: int, layer: str | None) -> list[Any]:
        slots = self.alignment.slots[layer] if layer else self.alignment.align(shape, held)
        merged = []
        for index, slot in enumerate(slots):
            target = Target(layer, index) if layer else None
            if target in self.fallen or not self._admits(slot, voters):
                continue
            item = self._item(shape, slot, target)
            if item is not _Outcome.FALLS:
                merged.append(item)
            elif target:
                self.fallen.add(target)
                self.keys.pop(target, None)
        return merged

    def _item(self, array: Shape, slot: Slot, target: Target | None) -> Any:
        """The merged item with its key and, with `union`, who has it."""
        shape = items_of(array)
        if not _is_object(shape, next(iter(slot.holders.values()))):
            return self._value(shape, slot.holders, len(slot.holders))
        fixed = self._key(array, slot, target)
        if self.union and shape.kind is Kind.OBJECT:
            fixed[HOLDERS] = list(slot.holders)
        return self._object(shape, slot.holders, fixed)

    def _key(self, array: Shape, slot: Slot, target: Target | None) -> dict[str, Any]:
        """The key property, as the gold record has it; empty where there is none."""
        first = next(iter(slot.holders.values()))
        if array.key is None or first.get(array.key) is None:
            return {}
        key = first[array.key]
        if target:
            key = self.keys[target]
        elif not slot.by_key:
            keys = self.inner_keys.setdefault(id(array), Keys())
            key = key if keys.take(key) else keys.next(key)
        return {array.key: key}


def _anchor(span: SpanKeys | None, item: Mapping[str, Any]) -> dict[str, Any]:
    """What anchors `item`. It is taken whole: who agree on a span may give the one its quote, the other its digest."""
    if span is None or position(span, item) is None:
        return {}
    names = (span.start, span.end, span.quote, span.digest)
    return {name: item[name] for name in names if name is not None and name in item}


def _is_object(shape: Shape, value: object) -> bool:
    return isinstance(value, dict) and shape.kind in _OBJECTS

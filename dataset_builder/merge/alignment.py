"""Which items of different annotators' records are the same item, and what their references point to.

Keys such as `e1` are each annotator's own, so an item is known by what it is:

1. a span by its start and end;
2. a relation - an item with two or more single references that are required and not nullable - by what it connects;
3. an item of another keyed array by its key;
4. anything else by its value, the references in it taken for what they point to.
"""

import json
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any, NamedTuple

from dataset_builder.schema.plan import ARTICLE_REFERENCE
from dataset_builder.schema.shape import Kind, Shape, SpanKeys

__all__ = ["Alignment", "Slot", "Target", "freeze", "items_of", "points_to_items", "position"]

_UNDECLARED = Shape()

_Entry = tuple[int, Any]  # an item, behind its index in the annotator's array


class Target(NamedTuple):
    """An item that a reference may point to: slot number `slot` of the top-level array `layer`."""

    layer: str
    slot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One item, as each annotator has it who has it."""

    holders: Mapping[str, Any]  # by annotator, ascending; never empty
    by_key: bool = False  # known by its key, which therefore means the same to every annotator


class Alignment:
    """The items of one article's records, told apart and put together; independent of the order of `records`.

    Slots stand by (start, end) where items are spans, else as they first appear, annotators taken by name.
    """

    def __init__(self, records: Mapping[str, Mapping[str, Any]], shape: Shape) -> None:
        self._records = {annotator: records[annotator] for annotator in sorted(records)}
        self._layers = {name: inner for name, inner in shape.properties if inner.kind is Kind.ARRAY}
        self._items = {
            (annotator, layer): dict(_keyed_items(record.get(layer), array.key))
            for annotator, record in self._records.items()
            for layer, array in self._layers.items()
            if array.key
        }
        self._targets: dict[tuple[str, str, Hashable], Target] = {}
        self.slots: dict[str, list[Slot]] = {}  # by top-level array
        for layer in _targets_first(self._layers):
            self._align_layer(layer, self._layers[layer])

    def _align_layer(self, layer: str, array: Shape) -> None:
        lists = {name: record.get(layer) for name, record in self._records.items()}
        slots = self.align(array, {name: items for name, items in lists.items() if isinstance(items, list)})
        self.slots[layer] = slots
        if array.key:
            for index, slot in enumerate(slots):
                for annotator, item in slot.holders.items():
                    if isinstance(item, dict) and array.key in item:
                        self._targets[annotator, layer, freeze(item[array.key])] = Target(layer, index)

    def key(self, target: Target) -> Any:
        """The key that the alphabetically first annotator gave the item; None if it has none."""
        key = self._layers[target.layer].key
        item = next(iter(self.slots[target.layer][target.slot].holders.values()))
        return item.get(key) if key and isinstance(item, dict) else None

    def target(self, annotator: str, shape: Shape, value: object) -> Target | None:
        """What the reference `value` of `annotator` points to; None for nothing."""
        known = freeze(value)
        found = (self._targets.get((annotator, layer, known)) for layer in shape.refs)
        return next((target for target in found if target), None)

    def align(self, array: Shape, lists: Mapping[str, list[Any]]) -> list[Slot]:
        """The slots of arrays of the shape `array`, given by annotator, ascending. O(n log n)."""
        groups: dict[tuple[str, Hashable], dict[str, list[_Entry]]] = {}
        for annotator, items in lists.items():
            for index, item in enumerate(items):
                group = groups.setdefault(self._identity(array, annotator, item), {})
                group.setdefault(annotator, []).append((index, item))
        found = [
            (_order(identity, entries), Slot(holders=holders, by_key=identity[0] == "key"))
            for identity, group in groups.items()
            for entries in self._tell_apart(array, group)
            for holders in ({annotator: item for annotator, (_, item) in entries.items()},)
        ]
        return [slot for _, slot in sorted(found, key=itemgetter(0))]

    def _identity(self, array: Shape, annotator: str, item: object) -> tuple[str, Hashable]:
        """What `item` is known by among the items of its array: in which of the four ways, and as what."""
        shape = items_of(array)
        if isinstance(item, dict):
            where = position(shape.span, item)
            if where is not None:
                return "span", where
            ends = [self.target(annotator, end, item.get(name)) for name, end in _ends(shape)]
            if ends and None not in ends:
                return "relation", tuple(ends)
            if array.key in item:
                return "key", freeze(item[array.key])
        elif points_to_items(shape):
            target = self.target(annotator, shape, item)
            if target is not None:
                return "target", target
        return "value", self._content(array, annotator, item)

    def _tell_apart(self, array: Shape, group: Mapping[str, list[_Entry]]) -> list[dict[str, _Entry]]:
        """Each of the items that have one identity, by who has it. O(n log n) in the size of the group.

        There are as many as any one annotator has. If that is more than one, equal items come together, those that
        most annotators have first; what is left over fills the places that are left. So the votes on the items'
        properties are those of a multiset: which of its items an annotator wrote first never shows.
        """
        size = max(map(len, group.values()))
        if size == 1:
            return [{annotator: entries[0] for annotator, entries in group.items()}]
        marked = {annotator: self._mark(array, annotator, entries) for annotator, entries in group.items()}
        votes = Counter(mark for marks in marked.values() for mark in marks)
        models = sorted(votes, key=lambda mark: (-votes[mark], mark))[:size]
        found: list[dict[str, _Entry]] = [{} for _ in models]
        for annotator, marks in marked.items():
            rest = iter(sorted(marks.keys() - set(models)))
            for item, model in zip(found, models, strict=True):
                mark = model if model in marks else next(rest, None)
                if mark is not None:
                    item[annotator] = marks[mark]
        return found

    def _mark(self, array: Shape, annotator: str, entries: list[_Entry]) -> dict[tuple[str, int], _Entry]:
        """`entries` by their content and, among equal ones, their number."""
        seen: Counter[str] = Counter()
        marks: dict[tuple[str, int], _Entry] = {}
        for index, item in entries:
            content = self._content(array, annotator, item)
            marks[content, seen[content]] = index, item
            seen[content] += 1
        return marks

    def _content(self, array: Shape, annotator: str, item: object) -> str:
        """What `item` says, as text that is equal for equal content."""
        return _text(self._comparable_item(array, annotator, item))

    def _comparable_item(self, array: Shape, annotator: str, item: object) -> Any:
        """`item` without its own key, made comparable."""
        shape = items_of(array)
        if isinstance(item, dict) and array.key in item and (shape.span or _ends(shape)):
            item = {name: value for name, value in item.items() if name != array.key}
        return self._comparable(shape, annotator, item)

    def _comparable(self, shape: Shape, annotator: str, value: object) -> Any:
        """`value` with references replaced by what they point to, and without what only repeats a span."""
        if isinstance(value, dict):
            declared = dict(shape.properties)
            other = (shape.items if shape.kind is Kind.MAP else None) or _UNDECLARED
            repeated = (shape.span.quote, shape.span.digest) if shape.span else ()
            return {
                name: self._comparable(declared.get(name, other), annotator, inner)
                for name, inner in value.items()
                if name not in repeated
            }
        if isinstance(value, list):
            return [self._comparable_item(shape, annotator, item) for item in value]
        if points_to_items(shape) and isinstance(value, str):
            return self._anchor(annotator, shape, value)
        return _number(value)

    def _anchor(self, annotator: str, shape: Shape, key: str) -> object:
        """What the reference `key` points to, as far as that is known before items are aligned."""
        for layer in shape.refs:
            item = self._items.get((annotator, layer), {}).get(freeze(key))
            if item is not None:
                items = items_of(self._layers[layer])
                where = position(items.span, item)
                return [layer, *where] if where else [layer] if _ends(items) else [layer, key]
        return key


def _keyed_items(items: object, key: str | None) -> Iterator[tuple[Hashable, dict[str, Any]]]:
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and key in item:
            yield freeze(item[key]), item


def _targets_first(layers: Mapping[str, Shape]) -> Iterator[str]:
    """The names of `layers`: each after those that the identity of its items depends on, as far as that can be."""
    pending = dict(layers)
    while pending:
        ready = [name for name, array in pending.items() if not _depends_on(array) & pending.keys()]
        for name in ready or list(pending)[:1]:
            del pending[name]
            yield name


def _depends_on(array: Shape) -> set[str]:
    items = items_of(array)
    return {*(items.refs if points_to_items(items) else ()), *(ref for _, end in _ends(items) for ref in end.refs)}


def _ends(shape: Shape) -> list[tuple[str, Shape]]:
    """The properties by which an item is known as a relation; empty for other items."""
    if shape.span:
        return []
    ends = [
        (name, end)
        for name, end in shape.properties
        if points_to_items(end) and end.kind is not Kind.ARRAY and not end.nullable and name in shape.required
    ]
    return ends if len(ends) > 1 else []


def items_of(array: Shape) -> Shape:
    """The shape of the items; an `x-ref` on the array itself counts for each of them."""
    items = array.items or _UNDECLARED
    return replace(items, refs=array.refs) if array.refs and array.kind is Kind.ARRAY else items


def points_to_items(shape: Shape) -> bool:
    """Whether values of `shape` are references to items of the record."""
    return bool(shape.refs) and shape.refs != (ARTICLE_REFERENCE,)


def position(span: SpanKeys | None, item: Mapping[str, Any]) -> tuple[int, int] | None:
    """Start and end of `item`; None for what is no span or not anchored yet."""
    if span is None:
        return None
    start, end = item.get(span.start), item.get(span.end)
    return None if start is None or end is None else (start, end)


def _order(identity: tuple[str, Hashable], entries: Mapping[str, _Entry]) -> tuple[Any, ...]:
    """Orders spans by position, and behind them what is none by where the first who has it has it."""
    way, known_by = identity
    if way == "span":
        return 0, known_by
    annotator, (index, _) = next(iter(entries.items()))
    return 1, annotator, index


def freeze(value: object) -> Hashable:
    """Something hashable that is equal just for equal JSON values: 1 and 1.0 are equal, 1 and true are not."""
    if isinstance(value, dict | list):
        return "json", _text(_numbers(value))
    return isinstance(value, bool), value


def _numbers(value: object) -> Any:
    if isinstance(value, dict):
        return {name: _numbers(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_numbers(inner) for inner in value]
    return _number(value)


def _number(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))

"""The fast path: proves records clean in bulk. What it can't prove, the rules explain.

The contract, held by a property test: where `Prover` says clean, no rule would report anything.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from operator import le
from typing import Any

from dataset_builder.check.batch import Batch
from dataset_builder.check.chains import has_cycle
from dataset_builder.check.passages import Passages, Text
from dataset_builder.check.rule import Aspect
from dataset_builder.model.project import Limits
from dataset_builder.schema.plan import Anchor, Keyed, Overlapping, Plan, Reference
from dataset_builder.schema.registry import Schema
from dataset_builder.schema.shape import ITEM, Kind, Overlap, Path, Shape, walk

__all__ = ["Prover"]

_INTEGER = {int}
_LEAST, _MOST = -(2**63), 2**63 - 1
_TINY = re.compile(rb"[eE]-[0-9]{3}|0{200}")  # how a number that is not zero can be read as 0.0
_UNLIKE = (AttributeError, KeyError, RecursionError, TypeError)  # of a valid value that the shape leaves out, or deep
_RESTS_ON = {  # what is proven of an aspect presumes another one
    Aspect.EXACT: Aspect.RANGED,  # offsets are looked at as those of spans alone
    Aspect.REFERRED: Aspect.KEYED,
    Aspect.SINGLE: Aspect.APART,  # where spans don't overlap, none is there twice
}
_UNTOLD = frozenset({Kind.MAP, Kind.ANY, Kind.MIXED, Kind.RECURSIVE})


class Prover:
    """Proves values of one schema clean. Made once a process; holds nothing of the values."""

    def __init__(
        self, schema: Schema, limits: Limits, no_duplicate_keys: Callable[[Sequence[bytes], int], bool]
    ) -> None:
        """`no_duplicate_keys` proves that JSON texts have no duplicate keys, given the number of all their members."""
        self._is_valid = schema.validator.is_valid
        self._no_duplicate_keys = no_duplicate_keys
        self._limits = limits
        self._free = _free_paths(schema)
        shapes = [(path, shape) for path, shape in walk(schema.shape) if not _is_below(path, self._free)]
        self._objects = tuple((path, _declared(shape)) for path, shape in shapes if shape.kind is Kind.OBJECT)
        offsets = {
            (*anchor.path, name) for anchor in schema.plan.anchors for name in (anchor.keys.start, anchor.keys.end)
        }
        self._integers = tuple(
            (p, *_bounds(shape)) for p, shape in shapes if shape.kind is Kind.INTEGER and p not in offsets
        )
        self._numbers = tuple(path for path, shape in shapes if shape.kind is Kind.NUMBER)
        self._depth = max((len(path) for path, _ in shapes), default=0)
        self._plan: Plan = schema.plan
        self._apart = {each.path for each in self._plan.overlaps if each.policy != "nest"}
        self._keys = {keyed.path[0]: keyed.key for keyed in self._plan.keyed if len(keyed.path) == 1}

    def is_valid(self, value: Any, data: bytes) -> bool:
        """Whether the schema accepts `value`, and `data`, its JSON text, keeps within the limits."""
        return len(data) <= self._limits.bytes and self._depth <= self._limits.depth and bool(self._is_valid(value))

    def are_exact(self, values: Sequence[Any], texts: Sequence[bytes], apart: int = 0) -> bool:
        """Whether `texts` say just what `values` are: known properties, keys given once, exact numbers.

        `values` are valid. The texts hold `apart` members more, which the schema has nothing to say of.
        """
        try:
            return self._is_exact(self.batch(values), texts, apart)
        except _UNLIKE:
            return False

    def are_sound(self, records: Batch, texts: Sequence[bytes], anchors: Sequence[Text]) -> bool:
        """Whether `records` are exact, every span lies where it says, and keys and references are whole.

        `records` are valid; `texts` are their JSON texts, and `anchors` what each is anchored in.
        """
        try:
            return all(proof() for proof in self._proofs(records, texts, anchors).values())
        except _UNLIKE:
            return False

    def settled(self, value: Any, data: bytes, anchor: Text | None) -> frozenset[Aspect]:
        """What is proven of one record whatever else is wrong with it: rules that look for such need not be asked.

        `anchor` is what it is anchored in; None where there is nothing, or no text that could be read.
        """
        try:
            if not self.is_valid(value, data):
                return frozenset()
        except _UNLIKE:
            return frozenset()
        found = {Aspect.VALID}
        for aspect, proof in self._proofs(self.batch([value]), [data], [anchor or Text(None, 0, "")]).items():
            with suppress(*_UNLIKE):
                if proof():
                    found.add(aspect)
        return frozenset(found.difference(aspect for aspect, other in _RESTS_ON.items() if other not in found))

    def _proofs(
        self, batch: Batch, texts: Sequence[bytes], anchors: Sequence[Text]
    ) -> dict[Aspect, Callable[[], bool]]:
        """What proves each aspect of valid records, the quickest first."""
        plan, passages = self._plan, Passages(batch, anchors)
        return {
            Aspect.EXACT: lambda: self._is_exact(batch, texts, 0),
            Aspect.RANGED: lambda: all(map(passages.are_ranged, plan.anchors)),
            Aspect.QUOTED: lambda: all(map(passages.are_quoted, plan.anchors)),
            Aspect.WHOLE: lambda: all(map(passages.are_whole, plan.anchors)),
            Aspect.KEYED: lambda: all(_proves_keys(keyed, batch) for keyed in plan.keyed),
            Aspect.REFERRED: lambda: all(self._proves_reference(reference, batch) for reference in plan.references),
            Aspect.APART: lambda: all(_proves_overlap(overlapping, batch) for overlapping in plan.overlaps),
            Aspect.SINGLE: lambda: all(self._proves_single(anchor, batch) for anchor in plan.anchors),
        }

    def batch(self, records: Sequence[Any]) -> Batch:
        """`records` to be proven together."""
        return Batch(records, self._plan.certain)

    def spans_in(self, record: Any) -> int:
        """How many spans `record` has."""
        batch = self.batch([record])
        return sum(len(batch.values(anchor.path)) for anchor in self._plan.anchors)

    def _is_exact(self, batch: Batch, texts: Sequence[bytes], apart: int) -> bool:
        members = apart
        for path, declared in self._objects:
            names = batch.names(path)
            members += len(names)
            if declared is not None and not declared.issuperset(names):
                return False
        for path, shape in self._free.items():
            for value in batch.values(path):
                counted = _count_members(value, self._limits.depth - len(path) - 1)
                if counted is None or (shape and not _is_as_told(value, shape)):
                    return False
                members += counted
        return self._no_duplicate_keys(texts, members) and self._has_exact_numbers(batch, texts)

    def _has_exact_numbers(self, batch: Batch, texts: Sequence[bytes]) -> bool:
        for path, least, most in self._integers:
            found = batch.values(path)
            if found and (set(map(type, found)) != _INTEGER or min(found) < least or max(found) > most):
                return False
        for path in self._numbers:
            zero = False
            for value in batch.values(path):
                zero = zero or value == 0
                if value != 0 and not _is_exact_number(value):
                    return False
            if zero and any(map(_TINY.search, texts)):
                return False
        return True

    def _proves_single(self, anchor: Anchor, batch: Batch) -> bool:
        """Whether no two items of an array say the same of one passage."""
        path, keys = anchor.path, anchor.keys
        if path[-1:] != (ITEM,) or path[:-1] in self._apart:
            return True
        passages = zip(
            batch.owners(path), batch.aligned((*path, keys.start)), batch.aligned((*path, keys.end)), strict=True
        )
        if len(set(passages)) == len(batch.values(path)):
            return True
        key = next((keyed.key for keyed in self._plan.keyed if keyed.path == path[:-1]), None)
        return not any(_has_doubles(array, key) for array in batch.values(path[:-1]))

    def _proves_reference(self, reference: Reference, batch: Batch) -> bool:
        named = batch.values(reference.path)
        if not named:
            return True
        keys = [batch.keys((target,), self._keys.get(target) or "") for target in reference.targets]
        present = keys[0].union(*keys[1:])
        if len(present) != sum(map(len, keys)):
            return False  # a key that two of the targets share may mean either
        owned = list(zip(batch.owners(reference.path), named, strict=True))
        return present.issuperset(owned) and not self._comes_back(reference, batch, owned)

    def _comes_back(self, reference: Reference, batch: Batch, named: list[tuple[int, Any]]) -> bool:
        """Whether an item may refer to itself, if by way of others; where that can't be told at a glance, it may."""
        layer = reference.path[0] or ""
        if layer not in reference.targets:
            return False
        if len(reference.path) != 3:
            return True
        keys = batch.aligned((layer, ITEM, self._keys.get(layer) or ""))
        items = zip(batch.owners((layer, ITEM)), keys, batch.aligned(reference.path), strict=True)
        follows = {(owner, key): (owner, name) for owner, key, name in items if name is not None}
        return not follows.keys().isdisjoint(named) and has_cycle(follows)


def _has_doubles(array: list[Any], key: str | None) -> bool:
    """Whether two items are the same but for their keys. 1 and 1.0 count as the same, which they are not to a rule."""
    items = [{name: value for name, value in item.items() if name != key} for item in array if item is not None]
    return any(item in items[:index] for index, item in enumerate(items))


def _proves_keys(keyed: Keyed, batch: Batch) -> bool:
    return len(batch.keys(keyed.path, keyed.key)) == len(batch.values((*keyed.path, ITEM)))


def _proves_overlap(overlapping: Overlapping, batch: Batch) -> bool:
    keys, items = overlapping.keys, (*overlapping.path, ITEM)
    starts, ends = batch.aligned((*items, keys.start)), batch.aligned((*items, keys.end))
    begin = 0
    for array in batch.values(overlapping.path):
        stop = begin + len(array) - array.count(None)
        if not _lie_apart(starts[begin:stop], ends[begin:stop], overlapping.policy):
            return False
        begin = stop
    return True


def _lie_apart(starts: list[int], ends: list[int], policy: Overlap) -> bool:
    """Whether spans overlap only as `policy` says."""
    if all(map(le, ends, starts[1:])):
        return True  # in order, and apart
    if policy == "ordered":
        return False
    open_ends: list[int] = []
    for start, end in sorted(zip(starts, ends, strict=True), key=lambda span: (span[0], -span[1])):
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        if open_ends and (policy == "forbid" or open_ends[-1] < end):
            return False
        open_ends.append(end)
    return True


def _declared(shape: Shape) -> frozenset[str] | None:
    """The properties that an object may have where its schema leaves that open; None where the schema says it."""
    return None if shape.closed and not shape.patterned else frozenset(name for name, _ in shape.properties)


def _bounds(shape: Shape) -> tuple[int, int]:
    """The least and the most that the column of an integer holds."""
    dtype = (shape.column.type if shape.column else None) or ""
    if not dtype.startswith(("int", "uint")):
        return _LEAST, _MOST
    bits = int(dtype.lstrip("uint"))
    return (0, 2**bits - 1) if dtype.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _free_paths(schema: Schema) -> dict[Path, Shape | None]:
    """The paths of values whose members no path tells, JSON columns, maps and what isn't typed: the outermost of them.

    With the shape of those whose members it tells all the same.
    """
    free: dict[Path, Shape | None] = {}
    for path, shape in walk(schema.shape):
        if path and _is_free(shape) and not _is_below(path, free):
            free[path] = shape if _tells(shape) else None
    return free


def _is_free(shape: Shape) -> bool:
    return shape.kind in _UNTOLD or _is_json(shape)


def _is_json(shape: Shape) -> bool:
    return bool(shape.column and shape.column.type == "json")


def _is_below(path: Path, outer: Iterable[Path]) -> bool:
    return any(path[: len(above)] == above for above in outer)


def _tells(shape: Shape) -> bool:
    """Whether rules look for something within values of `shape`: integers, and objects with undeclared properties."""
    inner = (*(inner for _, inner in shape.properties), *((shape.items,) if shape.items else ()))
    return shape.kind in (Kind.INTEGER, Kind.OBJECT) or any(map(_tells, inner))


def _is_as_told(value: Any, shape: Shape, *, json: bool = False) -> bool:
    """Whether all integers within `value` are written as such, and all properties declared unless it stands in JSON."""
    json = json or _is_json(shape)
    if isinstance(value, list) and shape.kind is Kind.ARRAY and shape.items:
        return all(_is_as_told(item, shape.items, json=json) for item in value)
    if isinstance(value, dict) and shape.kind is Kind.MAP and shape.items:
        return all(_is_as_told(item, shape.items, json=json) for item in value.values())
    if isinstance(value, dict) and shape.kind is Kind.OBJECT:
        told = dict(shape.properties)
        members = (_is_as_told(inner, told[name], json=json) for name, inner in value.items() if name in told)
        return (json or told.keys() >= value.keys()) and all(members)
    return value is None or shape.kind is not Kind.INTEGER or type(value) is int


def _count_members(value: Any, depth: int) -> int | None:
    """The members of all objects within `value`; None if it is too deep, or a number in it may be inexact."""
    if isinstance(value, dict | list):
        if depth <= 0:
            return None
        counts = [_count_members(inner, depth - 1) for inner in (value.values() if isinstance(value, dict) else value)]
        known = [count for count in counts if count is not None]
        own = len(value) if isinstance(value, dict) else 0
        return own + sum(known) if len(known) == len(counts) else None
    return 0 if _is_exact_number(value) else None


def _is_exact_number(value: Any) -> bool:
    """Whether `value`, if it is a number, was written just so: 0.0 may be a tiny number, a large float an integer."""
    if type(value) is float:
        return value != 0 and abs(value) < 2**53
    return type(value) is not int or abs(value) <= 2**53

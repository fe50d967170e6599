"""The fast path: proves records clean in bulk. What it can't prove, the rules explain.

The contract, held by a property test: where `Prover` says clean, no rule would report anything.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from operator import le, lt
from typing import Any

from dataset_builder.model.project import Limits
from dataset_builder.schema.plan import Anchor, Keyed, Overlapping, Plan, Reference
from dataset_builder.schema.registry import Schema
from dataset_builder.schema.shape import ITEM, Kind, Path, Shape, walk

__all__ = ["Prover", "Text"]

_INTEGER = {int}
_LEAST, _MOST = -(2**63), 2**63 - 1
_TINY = re.compile(rb"[eE]-[0-9]{3}|0{200}")  # how a number that is not zero can be read as 0.0
_UNTOLD = frozenset({Kind.MAP, Kind.ANY, Kind.MIXED, Kind.RECURSIVE})

_Pick = Callable[[Path], list[Any]]
"""All values at a path of the record that is being proven, nulls and what is missing passed over."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a record is anchored in; `text` is None where it is absent, and only `length` bounds offsets."""

    text: str | None
    length: int  # code points
    sha256: str


class _Values(dict[Path, list[Any]]):
    """The values of one record by path, each found once, from those of the path before its last step."""

    def __init__(self, record: Any) -> None:
        super().__init__({(): [record]})

    def __missing__(self, path: Path) -> list[Any]:
        outer, step = self[path[:-1]], path[-1]
        if step is ITEM:
            found = [item for value in outer for item in value if item is not None]
        else:
            found = [inner for value in outer if (inner := value.get(step)) is not None]
        self[path] = found
        return found


class Prover:
    """Proves values of one schema clean. Made once a process; holds nothing of the values."""

    def __init__(self, schema: Schema, limits: Limits, no_duplicate_keys: Callable[[bytes, int], bool]) -> None:
        """`no_duplicate_keys` proves that a JSON text has no duplicate keys, given the number of its members."""
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
        self._keys = {keyed.path[0]: keyed.key for keyed in self._plan.keyed if len(keyed.path) == 1}

    def is_well_formed(self, value: Any, data: bytes, apart: int = 0) -> bool:
        """Whether `value` is valid, and `data` says just that: known properties, keys given once, exact numbers.

        `data` holds `apart` members more than `value`, which the schema has nothing to say of.
        """
        if len(data) > self._limits.bytes or self._depth > self._limits.depth or not self._is_valid(value):
            return False
        try:
            return self._is_exact(_Values(value).__getitem__, data, apart)
        except (AttributeError, KeyError, TypeError):
            return False  # a valid value of a kind that the shape leaves out

    def is_clean(self, value: Any, data: bytes, text: Text) -> bool:
        """Whether `value` is well-formed, every span lies where it says, and keys and references are whole."""
        if len(data) > self._limits.bytes or self._depth > self._limits.depth or not self._is_valid(value):
            return False
        try:
            return self._is_sound(_Values(value).__getitem__, data, text)
        except (AttributeError, KeyError, TypeError):
            return False  # a valid value of a kind that the shape leaves out

    def _is_sound(self, pick: _Pick, data: bytes, text: Text) -> bool:
        plan = self._plan
        return (
            self._is_exact(pick, data, 0)
            and all(_proves_anchor(anchor, pick, text) for anchor in plan.anchors)
            and all(_proves_keys(keyed, pick) for keyed in plan.keyed)
            and all(self._proves_reference(reference, pick) for reference in plan.references)
            and all(_proves_overlap(overlapping, pick) for overlapping in plan.overlaps)
        )

    def spans_in(self, record: Any) -> int:
        """How many spans `record` has."""
        pick = _Values(record).__getitem__
        return sum(len(pick(anchor.path)) for anchor in self._plan.anchors)

    def _is_exact(self, pick: _Pick, data: bytes, apart: int) -> bool:
        """Whether the text says just what its parser made of it."""
        members = apart
        for path, declared in self._objects:
            objects = pick(path)
            members += sum(map(len, objects))
            if declared is not None and not declared.issuperset(chain.from_iterable(objects)):
                return False
        for path, shape in self._free.items():
            for value in pick(path):
                counted = _count_members(value, self._limits.depth - len(path) - 1)
                if counted is None or (shape and not _is_as_told(value, shape)):
                    return False
                members += counted
        return self._no_duplicate_keys(data, members) and self._has_exact_numbers(pick, data)

    def _has_exact_numbers(self, pick: _Pick, data: bytes) -> bool:
        for path, least, most in self._integers:
            found = pick(path)
            if found and (set(map(type, found)) != _INTEGER or min(found) < least or max(found) > most):
                return False
        for path in self._numbers:
            if not all(_is_exact_number(value) or (value == 0 and not _TINY.search(data)) for value in pick(path)):
                return False
        return True

    def _proves_reference(self, reference: Reference, pick: _Pick) -> bool:
        named = pick(reference.path)
        if not named:
            return True
        keys = [item.get(self._keys.get(target)) for target in reference.targets for item in pick((target, ITEM))]
        present = set(keys)  # a key that two of the targets share may mean either
        return len(present) == len(keys) and present.issuperset(named) and not self._names_itself(reference, pick)

    def _names_itself(self, reference: Reference, pick: _Pick) -> bool:
        """Whether an item may refer to itself; where that can't be told at a glance, it may."""
        layer = reference.path[0] or ""
        if layer not in reference.targets:
            return False
        if len(reference.path) != 3:
            return True
        name, key = reference.path[2] or "", self._keys.get(layer)
        return any(item.get(name) is not None and item.get(name) == item.get(key) for item in pick((layer, ITEM)))


def _proves_anchor(anchor: Anchor, pick: _Pick, text: Text) -> bool:
    spans, keys = pick(anchor.path), anchor.keys
    if not spans:
        return True
    starts = [span.get(keys.start) for span in spans]
    ends = [span.get(keys.end) for span in spans]
    if set(map(type, starts)) != _INTEGER or set(map(type, ends)) != _INTEGER:
        return False
    if min(starts) < 0 or max(ends) > text.length or not all(map(lt, starts, ends)):
        return False
    quotes = [span.get(keys.quote) for span in spans] if keys.quote else [None] * len(spans)
    digests = [span.get(keys.digest) for span in spans] if keys.digest else [None] * len(spans)
    if text.text is None:
        return all(type(digest) is str for digest in digests) and set(quotes) == {None}
    content = text.text
    covered = [content[start:end] for start, end in zip(starts, ends, strict=True)]
    if covered != quotes:
        for passage, quote, digest in zip(covered, quotes, digests, strict=True):
            if quote != passage and (quote is not None or digest is None):
                return False
    return all(
        digest is None or digest == sha256(passage.encode()).hexdigest()
        for passage, digest in zip(covered, digests, strict=True)
    )


def _proves_keys(keyed: Keyed, pick: _Pick) -> bool:
    keys = [item.get(keyed.key) for item in pick((*keyed.path, ITEM))]
    return len(set(keys)) == len(keys)


def _proves_overlap(overlapping: Overlapping, pick: _Pick) -> bool:
    keys = overlapping.keys
    for items in pick(overlapping.path):
        starts = [item[keys.start] for item in items if item is not None]
        ends = [item[keys.end] for item in items if item is not None]
        if all(map(le, ends, starts[1:])):
            continue  # in order, and apart
        spans = sorted((item[keys.start], -item[keys.end]) for item in items if item is not None)
        open_ends: list[int] = []
        for start, negative_end in spans:
            while open_ends and open_ends[-1] <= start:
                open_ends.pop()
            if open_ends and (overlapping.policy == "forbid" or open_ends[-1] < -negative_end):
                return False
            open_ends.append(-negative_end)
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

"""The fast path: proves records clean in bulk. What it can't prove, the rules explain.

The contract, held by a property test: where `prove` says clean, no rule would report anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from operator import lt
from typing import Any

from dataset_builder.schema.plan import Anchor, Keyed, Overlapping, Plan, Reference, gather
from dataset_builder.schema.registry import Schema
from dataset_builder.schema.shape import ITEM, Kind, Path, Shape, walk

__all__ = ["Prover", "Text", "count_keys"]

_INTEGER = {int}


@dataclass(frozen=True, slots=True)
class Text:
    """What a record is anchored in. `text` is None where it is absent; then offsets are checked against `length` alone."""

    text: str | None
    length: int  # code points
    sha256: str


class Prover:
    """Proves values of one schema clean. Built once a process; holds nothing of the values."""

    def __init__(self, schema: Schema, no_duplicate_keys: Callable[[bytes, int], bool]) -> None:
        """`no_duplicate_keys` proves that a JSON text has no duplicate keys, given the number of its members."""
        self._is_valid = schema.validator.is_valid
        self._no_duplicate_keys = no_duplicate_keys
        self._objects = _object_paths(schema)
        self._free = _free_paths(schema)
        self._plan: Plan = schema.plan
        self._keys = {keyed.path[0]: keyed.key for keyed in self._plan.keyed if len(keyed.path) == 1}

    def is_well_formed(self, value: Any, data: bytes) -> bool:
        """Whether `value`, read from `data`, is valid, has only declared properties, and no key twice."""
        if not self._is_valid(value):
            return False
        members = 0
        for path, declared in self._objects:
            for found in gather(value, path) if path else (value,):
                members += len(found)
                if declared is not None and not declared.issuperset(found):
                    return False
        for path in self._free:
            members += sum(map(count_keys, gather(value, path)))
        return self._no_duplicate_keys(data, members)

    def is_anchored(self, record: Any, text: Text) -> bool:
        """Whether every span of `record` lies where it says, and keys and references are whole."""
        plan = self._plan
        return (
            all(_proves_anchor(anchor, record, text) for anchor in plan.anchors)
            and all(_proves_keys(keyed, record) for keyed in plan.keyed)
            and all(self._proves_reference(reference, record) for reference in plan.references)
            and all(_proves_overlap(overlapping, record) for overlapping in plan.overlaps)
        )

    def spans_in(self, record: Any) -> int:
        """How many spans `record` has."""
        return sum(len(gather(record, anchor.path)) for anchor in self._plan.anchors)

    def _proves_reference(self, reference: Reference, record: Mapping[str, Any]) -> bool:
        named = set(gather(record, reference.path))
        if not named:
            return True
        present: set[Any] = set()
        for target in reference.targets:
            key = self._keys.get(target)
            present.update(item.get(key) for item in gather(record, (target, ITEM)))
        return named <= present and not _refers_to_itself(reference, record, self._keys)


def _refers_to_itself(reference: Reference, record: Mapping[str, Any], keys: Mapping[Any, str]) -> bool:
    layer = reference.path[0]
    if layer not in reference.targets or len(reference.path) != 3:  # noqa: PLR2004 - layer, item, property
        return False
    name, key = reference.path[2], keys.get(layer)
    return any(item.get(name) is not None and item.get(name) == item.get(key) for item in gather(record, (layer, ITEM)))


def _proves_anchor(anchor: Anchor, record: Any, text: Text) -> bool:
    keys = anchor.keys
    spans = gather(record, anchor.path)
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
    if None not in quotes:
        return covered == quotes and _match_digests(covered, digests)
    unanchored = any(quote is None and digest is None for quote, digest in zip(quotes, digests, strict=True))
    matching = all(quote in (None, passage) for quote, passage in zip(quotes, covered, strict=True))
    return matching and not unanchored and _match_digests(covered, digests)


def _match_digests(covered: list[str], digests: list[Any]) -> bool:
    return all(
        digest is None or digest == sha256(passage.encode()).hexdigest()
        for passage, digest in zip(covered, digests, strict=True)
    )


def _proves_keys(keyed: Keyed, record: Any) -> bool:
    for items in gather(record, keyed.path):
        keys = [item.get(keyed.key) for item in gather(items, (ITEM,))]
        if len(set(keys)) != len(keys):
            return False
    return True


def _proves_overlap(overlapping: Overlapping, record: Any) -> bool:
    keys = overlapping.keys
    for items in gather(record, overlapping.path):
        spans = sorted((item[keys.start], -item[keys.end]) for item in gather(items, (ITEM,)))
        open_ends: list[int] = []
        for start, negative_end in spans:
            while open_ends and open_ends[-1] <= start:
                open_ends.pop()
            if open_ends and (overlapping.policy == "forbid" or open_ends[-1] < -negative_end):
                return False
            open_ends.append(-negative_end)
    return True


def _object_paths(schema: Schema) -> tuple[tuple[Path, frozenset[str] | None], ...]:
    """The paths of all objects, with the properties that they may have where the schema leaves that open."""
    found = []
    free = _free_paths(schema)
    for path, shape in walk(schema.shape):
        if shape.kind is Kind.OBJECT and not any(path[: len(outer)] == outer for outer in free):
            strict = shape.closed and not shape.patterned
            found.append((path, None if strict else frozenset(name for name, _ in shape.properties)))
    return tuple(found)


def _free_paths(schema: Schema) -> tuple[Path, ...]:
    """The paths of values whose members the shape doesn't tell: JSON columns and maps, the outermost of them."""
    free: list[Path] = []
    for path, shape in walk(schema.shape):
        if _is_free(shape) and not any(path[: len(outer)] == outer for outer in free):
            free.append(path)
    return tuple(free)


def _is_free(shape: Shape) -> bool:
    return shape.kind is Kind.MAP or bool(shape.column and shape.column.type == "json")


def count_keys(value: Any) -> int:
    """The members of all objects within `value`."""
    if isinstance(value, dict):
        return len(value) + sum(map(count_keys, value.values()))
    return sum(map(count_keys, value)) if isinstance(value, list) else 0


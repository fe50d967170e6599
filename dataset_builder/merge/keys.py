"""Keys for the items of a gold record: unique, and as near to the annotators' own as can be."""

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from dataset_builder.merge.alignment import Alignment, Target, freeze
from dataset_builder.schema.plan import Plan

__all__ = ["Keys", "assign_keys"]

# At most 18 digits, which fit every integer type; a longer row of digits is no number that anybody counts by.
_NUMBERED = re.compile(r"(?P<prefix>.*?)(?P<digits>[0-9]{0,18})", re.DOTALL)


class Keys:
    """Gives out each key once: the wanted one, else the next free number behind the same prefix."""

    def __init__(self) -> None:
        self._taken: set[Hashable] = set()
        self._last: dict[str, int] = {}  # by prefix: the number given out last

    def take(self, key: Any) -> bool:
        """Whether `key` was free; it is no longer."""
        known = freeze(key)
        if known in self._taken:
            return False
        self._taken.add(known)
        return True

    def next(self, key: Any) -> Any:
        """The next free key after `key`: e4 after e3, T010 after T009, 4 after 3. O(1) amortized."""
        match = _NUMBERED.fullmatch(str(key))
        prefix, digits = match.groups() if match else (str(key), "")
        number = max(int(digits or 0), self._last.get(prefix, 0)) + 1
        while not self.take(candidate := _like(key, f"{prefix}{number:0{len(digits)}}")):
            number += 1
        self._last[prefix] = number
        return candidate


def _like(key: Any, text: str) -> Any:
    return text if isinstance(key, str) else int(text)


def assign_keys(alignment: Alignment, plan: Plan, admitted: Iterable[Target]) -> dict[Target, Any]:
    """The gold key of each of the items `admitted` that has a key.

    It is the key that the alphabetically first annotator who has the item gave it. Where two items want one key, the
    one of the alphabetically first annotator keeps it, and the other gets the next free number. Keys are unique
    within each array, and among the arrays that one reference may name.
    """
    groups = _namespaces(plan)
    spaces: dict[str, list[Target]] = {}
    for target in admitted:
        if alignment.key(target) is not None:
            spaces.setdefault(groups.get(target.layer, target.layer), []).append(target)
    given: dict[Target, Any] = {}
    for targets in spaces.values():
        given |= _assign(alignment, targets)
    return given


def _assign(alignment: Alignment, targets: list[Target]) -> dict[Target, Any]:
    keys = Keys()
    given: dict[Target, Any] = {}
    displaced: list[Target] = []
    for target in sorted(targets, key=lambda target: _precedence(alignment, target)):
        key = alignment.key(target)
        if keys.take(key):
            given[target] = key
        else:
            displaced.append(target)
    return given | {target: keys.next(alignment.key(target)) for target in displaced}


def _precedence(alignment: Alignment, target: Target) -> tuple[bool, str]:
    """Keys that mean something come first, then by the name of who gave them."""
    slot = alignment.slots[target.layer][target.slot]
    return not slot.by_key, next(iter(slot.holders))


def _namespaces(plan: Plan) -> Mapping[str, str]:
    """For each array that references name together with others: one array that stands for them all."""
    groups: list[set[str]] = []
    for reference in plan.references:
        joined = set(reference.targets).union(*(group for group in groups if group & set(reference.targets)))
        groups = [group for group in groups if not group & joined] + [joined]
    return {layer: min(group) for group in groups for layer in group}

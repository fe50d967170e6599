"""References that lead from item to item: whether one ever comes back to where it began."""

from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

__all__ = ["cycles", "has_cycle"]

_Item = TypeVar("_Item", bound=Hashable)


def has_cycle(follows: Mapping[_Item, _Item]) -> bool:
    """Whether some item comes back to itself. O(len(follows))."""
    return next(cycles(follows), None) is not None


def cycles(follows: Mapping[_Item, _Item]) -> Iterator[list[_Item]]:
    """Every cycle once, in the order in which it is walked. O(len(follows))."""
    done: set[_Item] = set()
    for item in follows:
        way: dict[_Item, int] = {}
        step: _Item | None = item
        while step is not None and step not in done and step not in way:
            way[step] = len(way)
            step = follows.get(step)
        if step is not None and step in way:
            yield list(way)[way[step] :]
        done.update(way)

"""Values of many records at once, a list for each path: proving goes over lists, never from record to record."""

from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from operator import itemgetter
from typing import Any

from dataset_builder.schema.shape import ITEM, Path

__all__ = ["Batch"]


class Batch:
    """Some records; what stands at a path in them is gathered when it is asked for, and once.

    Where a value is of another kind than its path supposes, asking raises AttributeError or TypeError.
    """

    def __init__(self, records: Sequence[Any], certain: frozenset[Path]) -> None:
        """Values at the paths `certain` are there and not null; to be told so saves looking."""
        self._certain = certain
        self._values: dict[Path, list[Any]] = {(): list(records)}
        self._owners: dict[Path, list[int]] = {(): list(range(len(records)))}
        self._aligned: dict[Path, list[Any]] = {}
        self._names: dict[Path, list[str]] = {}
        self._shared: dict[Path, dict[str, list[Any]]] = {}
        self._keys: dict[tuple[Path, str], set[tuple[int, Any]]] = {}

    def values(self, path: Path) -> list[Any]:
        """All values at `path` in the order of records, nulls and what is missing passed over."""
        found = self._values.get(path)
        if found is None:
            found = self._values[path] = self._dense(path, self.aligned(path))
        return found

    def aligned(self, path: Path) -> list[Any]:
        """What stands at `path` within each value of the path before its last step; None where nothing does.

        Where the last step is `ITEM`, all items, nulls too.
        """
        found = self._aligned.get(path)
        if found is None:
            outer, step = path[:-1], path[-1]
            found = _items(self.values(outer)) if step is ITEM else self._members(outer, step)
            self._aligned[path] = found
        return found

    def names(self, path: Path) -> list[str]:
        """The names of all members of all objects at `path`, in the order of these."""
        found = self._names.get(path)
        if found is None:
            found = self._names[path] = list(chain.from_iterable(self.values(path)))
        return found

    def _members(self, path: Path, name: str) -> list[Any]:
        """The member `name` of each object at `path`; None where there is none."""
        shared = self._shared.get(path)
        if shared is None:
            shared = self._shared[path] = _columns(self.values(path), self.names(path))
        if name in shared:
            return shared[name]
        objects = self.values(path)
        try:  # what all have is read twice as fast this way
            return list(map(itemgetter(name), objects))
        except KeyError:
            return [value.get(name) for value in objects]

    def owners(self, path: Path) -> list[int]:
        """Of each of the `values` at `path`, the index of its record."""
        found = self._owners.get(path)
        if found is None:
            outer = self.owners(path[:-1])
            if path[-1] is ITEM:
                outer = list(chain.from_iterable(map(repeat, outer, map(len, self.values(path[:-1])))))
            found = self._owners[path] = self._dense(path, outer, self.aligned(path))
        return found

    def keys(self, path: Path, key: str) -> set[tuple[int, Any]]:
        """The keys of the items of the arrays at `path`, each with the index of its record."""
        found = self._keys.get((path, key))
        if found is None:
            items = (*path, ITEM)
            found = set(zip(self.owners(items), self.aligned((*items, key)), strict=True))
            self._keys[path, key] = found
        return found

    def _dense(self, path: Path, found: list[Any], by: list[Any] | None = None) -> list[Any]:
        """`found` where what stands beside it in `by` (in itself unless given) is not null."""
        by = found if by is None else by
        if path in self._certain or None not in by:
            return found
        return [value for value, beside in zip(found, by, strict=True) if beside is not None]


def _items(arrays: Iterable[Any]) -> list[Any]:
    arrays = list(arrays)
    if set(map(type, arrays)) - {list}:  # a string would be taken apart
        raise TypeError
    return list(chain.from_iterable(arrays))


def _columns(objects: list[Any], names: list[str]) -> dict[str, list[Any]]:
    """The members of `objects` by name, where all have the same in the same order, as what a program wrote has.

    `names` are those of all members. Values are read one after the other then, and no name is looked up.
    """
    own = list(objects[0]) if objects else []
    if not own or names != own * len(objects):
        return {}
    values = list(chain.from_iterable(map(dict.values, objects)))
    return {name: values[at :: len(own)] for at, name in enumerate(own)}

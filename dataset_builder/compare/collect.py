"""Changes gathered into a section: all counted, the first ones kept."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from dataset_builder.model.diff import Section

__all__ = ["Collector"]

Found = TypeVar("Found")

_ROOM = 4096  # changes that may wait to be sorted out, however few are kept


class Collector(Generic[Found]):
    """Counts every change, and keeps the first `limit` in the order of `rank`; all if that is None."""

    def __init__(self, limit: int | None, rank: Callable[[Found], Any]) -> None:
        self._limit, self._rank = limit, rank
        self._kept: list[Found] = []
        self._total = 0
        self.counts: Counter[str] = Counter()

    def add(self, found: Found, *kinds: str) -> None:
        """Counts `found` once for each of its kinds."""
        self._total += 1
        self.counts.update(kinds)
        self._kept.append(found)
        if self._limit is not None and len(self._kept) > 2 * self._limit + _ROOM:
            self._sort_out()

    def add_all(self, found: Iterable[Found], kinds: Callable[[Found], Iterable[str]]) -> None:
        """Counts each of `found` for its kinds."""
        for each in found:
            self.add(each, *kinds(each))

    def _sort_out(self) -> None:
        self._kept.sort(key=self._rank)
        if self._limit is not None:
            del self._kept[self._limit :]

    def section(self) -> Section[Found]:
        """What was gathered, kinds by name."""
        self._sort_out()
        return Section(total=self._total, counts=dict(sorted(self.counts.items())), shown=tuple(self._kept))

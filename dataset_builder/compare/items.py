"""Which item of a layer is which in the other build.

By key where keys are stable, by place, else by the largest overlap. Pairs are found in rounds, each of which takes what
fits less well than the round before; each is symmetric in the two builds.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from dataset_builder.compare.layers import Meaning
from dataset_builder.compare.revision import Revision
from dataset_builder.model.diff import Item

__all__ = ["Entry", "entries", "pair", "settle"]

Place = tuple[int, int] | None
Pairs = list[tuple["Entry", "Entry"]]


class Entry:
    """An item with what it is matched by."""

    def __init__(self, values: Mapping[str, Any], meaning: Meaning) -> None:
        self.values = values  # the item as a whole
        key = values.get(meaning.key) if meaning.key else None
        self.key = None if key is None else str(key)
        self.span = _span(values, meaning)
        self._meaning = meaning

    @cached_property
    def content(self) -> str:
        """What it says, place and key aside; of what has a place, references too."""
        left_out = self._meaning.own | self._meaning.members.keys()
        left_out |= self._meaning.references.keys() if self.span else set()
        content = {name: value for name, value in self.values.items() if name not in left_out}
        return json.dumps(content, sort_keys=True)

    def item(self, meaning: Meaning, *, shown: bool) -> Item:
        """The item as it is reported; its quote where that may be `shown`."""
        quote = self.values.get(meaning.quote) if meaning.quote and shown else None
        return Item(key=self.key, span=self.span, quote=quote)


def _span(values: Mapping[str, Any], meaning: Meaning) -> tuple[int, int] | None:
    if meaning.start is None or meaning.end is None:
        return None
    start, end = values.get(meaning.start), values.get(meaning.end)
    return (start, end) if isinstance(start, int) and isinstance(end, int) else None


def entries(items: Iterable[Any], meaning: Meaning) -> list[Entry]:
    """The items that are objects; others have nothing to be matched by."""
    return [Entry(item, meaning) for item in items if isinstance(item, dict)]


def pair(
    old: Sequence[Entry], new: Sequence[Entry], revision: Revision, settled: int = 0
) -> tuple[Pairs, list[Entry], list[Entry]]:
    """The items of both that are the same, and those that only the old or only the new build has.

    `settled` items were paired with those of their key before.
    """
    rounds = _Rounds(old, new, revision, settled)
    rounds.by_key_and_place()
    if rounds.old and rounds.new:
        _by_less(rounds)
    return rounds.pairs, list(rounds.old), list(rounds.new)


def _by_less(rounds: "_Rounds") -> None:
    rounds.by(lambda entry, place: (place, entry.content))
    rounds.by_overlap(same_key=True)
    rounds.by(lambda _, place: place, placed=True)
    if rounds.keys_are_stable():
        rounds.by(lambda entry, _: entry.key, keyed=True)
    rounds.by_overlap(same_key=False)


def settle(old: Sequence[Any], new: Sequence[Any], key: str | None) -> tuple[list[Any], list[Any], list[Any]]:
    """The items that have an equal one with the same key in the other build, and the others of both builds.

    Most items are such, and need no further thought while the text stays the same.
    """
    if key is None:
        return [], list(old), list(new)
    waiting = {item[key]: item for item in new if isinstance(item, dict) and item[key] is not None}
    same: list[Any] = []
    rest: list[Any] = []
    for item in old:
        known = isinstance(item, dict) and item[key] is not None and waiting.get(item[key]) == item
        (same if known else rest).append(item)
    keys = {item[key] for item in same}
    return same, rest, [item for item in new if not isinstance(item, dict) or item[key] not in keys]


class _Rounds:
    """What is left to be paired. Dictionaries keep the order of the items, and forget fast."""

    def __init__(self, old: Sequence[Entry], new: Sequence[Entry], revision: Revision, settled: int) -> None:
        self.old, self.new = dict.fromkeys(old), dict.fromkeys(new)
        self.pairs: Pairs = []
        self._revision, self._settled = revision, settled
        self._images: dict[Entry, Sequence[Place]] = {
            entry: (revision.images(entry.span) if entry.span else []) or [None] for entry in old
        }
        self._keys = {entry.key for entry in old} & {entry.key for entry in new} - {None}

    def by_key_and_place(self) -> None:
        """Pairs items with one key and one place; those without a place if they say the same."""
        waiting = {entry.key: entry for entry in self.new if entry.key is not None}
        for entry in list(self.old):
            other = waiting.get(entry.key) if entry.key is not None else None
            if other is None or other not in self.new:
                continue
            if other.span in self._images[entry] if entry.span else entry.content == other.content:
                self._take(entry, other)

    def by(self, name: Callable[[Entry, Place], Any], *, keyed: bool = False, placed: bool = False) -> None:
        """Pairs items that have a name in common: those that have a key, or a place, if only these are meant."""
        waiting: dict[Any, list[Entry]] = {}
        for entry in self._meant(self.new, keyed=keyed, placed=placed):
            waiting.setdefault(name(entry, entry.span), []).append(entry)
        for entry in self._meant(self.old, keyed=keyed, placed=placed):
            names = (name(entry, place) for place in self._images[entry])
            found = next((waiting[each] for each in names if waiting.get(each)), None)
            if found:
                self._take(entry, found.pop(0))

    @staticmethod
    def _meant(found: Iterable[Entry], *, keyed: bool, placed: bool) -> list[Entry]:
        """Those that take part in a round, in an order that is the same in both builds."""
        chosen = [each for each in found if (each.key is not None or not keyed) and (each.span or not placed)]
        return sorted(chosen, key=_rank)

    def keys_are_stable(self) -> bool:
        """Whether no more keys went to other items than stayed with theirs."""
        stayed = sum(old.key == new.key for old, new in self.pairs if old.key in self._keys)
        went = sum(old.key != new.key for old, new in self.pairs if old.key in self._keys or new.key in self._keys)
        return went <= stayed + self._settled

    def by_overlap(self, *, same_key: bool) -> None:
        """Pairs the items that overlap, those first that overlap most."""
        found = sorted(self._overlaps(same_key=same_key), key=lambda each: each[0])
        for _, old, new in found:
            if old in self.old and new in self.new:
                self._take(old, new)

    def _overlaps(self, *, same_key: bool) -> Iterator[tuple[tuple[Any, ...], Entry, Entry]]:
        by_key: dict[str | None, list[Entry]] = {}
        for entry in self.new:
            by_key.setdefault(entry.key if same_key else None, []).append(entry)
        for old in self.old:
            if old.span is None or (same_key and old.key is None):
                continue
            for new in by_key.get(old.key if same_key else None, ()):
                shared = self._revision.shared(old.span, new.span) if new.span else 0
                if shared and new.span:
                    covered = old.span[1] - old.span[0] + new.span[1] - new.span[0] - shared
                    yield (-shared / covered, old.content != new.content, *_both(old, new)), old, new

    def _take(self, old: Entry, new: Entry) -> None:
        del self.old[old], self.new[new]
        self.pairs.append((old, new))


def _both(old: Entry, new: Entry) -> list[tuple[Any, ...]]:
    """What decides between pairs that are equally good: the same whichever is the old one."""
    return sorted((_rank(old), _rank(new)))


def _rank(entry: Entry) -> tuple[Any, ...]:
    return entry.span or (-1, -1), entry.content, entry.key or ""

"""Quotes found in a text in the order in which they stood: exactly first, then nearly, and never by a mere guess."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dataset_builder.mend.alignment import longest_rising
from dataset_builder.mend.places import Places

__all__ = ["Found", "locate"]

_SLACK = 200  # code points that a window is wider than what bounds it


class Found(NamedTuple):
    """Where a quote, or what is near it, stands; or why that is not known."""

    start: int | None = None
    end: int | None = None
    reason: str | None = None


def locate(
    sought: Mapping[int, tuple[int, str]], known: Sequence[tuple[int, int, int]], places: Places
) -> dict[int, Found]:
    """Where each of `sought` stands now, which are the offset where it stood and its quote.

    `known` are places that are beyond doubt: the offset where each stood, its start and its end now. A quote that
    stands in one place is there. One that stands in several is where the order of all leaves it one place, or where
    those around it moved by as much as it then did. What stands nowhere is looked for between its neighbours.
    """
    return _Locating(sought, known, places).all()


class _Locating:
    def __init__(
        self, sought: Mapping[int, tuple[int, str]], known: Sequence[tuple[int, int, int]], places: Places
    ) -> None:
        self._sought, self._places = sought, places
        sure = set(known)
        for start, quote in sought.values():
            found = places.of(quote)
            if found is not None and len(found) == 1:
                sure.add((start, found[0], found[0] + len(quote)))
        ordered = sorted(sure)
        self._spine = [ordered[index] for index in longest_rising([now for _, now, _ in ordered])]
        self._starts = [start for start, _, _ in self._spine]

    def all(self) -> dict[int, Found]:
        return {key: self._one(start, quote) for key, (start, quote) in self._sought.items()}

    def _one(self, start: int, quote: str) -> Found:
        places = self._places.of(quote)
        if places is None:
            return Found(reason="its quote was not looked for, or stands in too many places")
        if len(places) == 1:
            return Found(places[0], places[0] + len(quote))
        if not places:
            return self._nearly(start, quote)
        at = self._choose(start, quote, places)
        if at is None:
            return Found(reason=f"its quote stands in {len(places):,} places, and nothing shows which is meant")
        return Found(at, at + len(quote))

    def _window(self, start: int) -> tuple[int, int]:
        """Between which places of the text something begins that stood at `start`."""
        before = bisect_left(self._starts, start) - 1
        after = bisect_right(self._starts, start)
        low = self._spine[before][1] if before >= 0 else 0
        high = self._spine[after][1] if after < len(self._spine) else len(self._places.text)
        return low, max(low, high)

    def _choose(self, start: int, quote: str, places: tuple[int, ...]) -> int | None:
        low, high = self._window(start)
        inside = [at for at in places if low <= at <= high]
        if len(inside) == 1:
            return inside[0]
        shift = self._shift(start)
        if shift is not None and start + shift in inside:
            return start + shift
        rivals = sorted({other for other, text in self._sought.values() if text == quote})
        rivals = [other for other in rivals if self._window(other) == (low, high)]
        return inside[rivals.index(start)] if len(rivals) == len(inside) and start in rivals else None

    def _shift(self, start: int) -> int | None:
        """By how much what is around `start` moved, where that is the same on both sides."""
        before = bisect_right(self._starts, start) - 1
        after = bisect_left(self._starts, start)
        if before < 0 or after >= len(self._spine):
            return None
        shifts = {now - then for then, now, _ in (self._spine[before], self._spine[after])}
        return shifts.pop() if len(shifts) == 1 else None

    def _nearly(self, start: int, quote: str) -> Found:
        low, high = self._window(start)
        match = self._places.near(quote, max(low - _SLACK, 0), high + 2 * len(quote) + _SLACK)
        if match is None:
            return Found(reason="neither its quote nor anything near it stands where it could be")
        return Found(match.start, match.end)

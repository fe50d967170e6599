"""Decisions read off bytes, so that whoever makes the bytes, a fuzzer or Hypothesis, makes the decisions."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Decisions, one after the other. Where the bytes end, each further one is the first of what there is."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def below(self, bound: int) -> int:
        """A number from 0 up to but not `bound`."""
        size = 1 if bound <= 1 << 8 else 2
        return int.from_bytes(self.take(size), "big") % max(bound, 1)

    def pick(self, members: Sequence[T]) -> T:
        """One of `members`."""
        return members[self.below(len(members))]

    def one_in(self, number: int) -> bool:
        """True once in `number` times; never where the bytes have ended."""
        return self.below(number) == number - 1

    def span(self, length: int, most: int) -> tuple[int, int]:
        """A half-open range within `length`, of at most `most`."""
        start = self.below(length + 1)
        return start, min(length, start + self.below(most + 1))

    def take(self, size: int) -> bytes:
        """The next bytes, as many as there are of `size`, filled up with zeros."""
        found = self._data[self._at : self._at + size]
        self._at += size
        return found.ljust(size, b"\0")

    def rest(self) -> bytes:
        """The bytes that nothing was decided by yet."""
        found = self._data[self._at :]
        self._at = len(self._data)
        return found

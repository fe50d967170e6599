"""How many of two annotators' spans are the same, or overlap."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Span", "exact_matches", "overlap_matches"]

Span = tuple[int, int]
"""Half-open, code points of the stored text."""


def exact_matches(first: Iterable[Span], second: Iterable[Span]) -> int:
    """The number of spans that both have, each counted as often as both have it."""
    return (Counter(first) & Counter(second)).total()


def overlap_matches(first: Sequence[Span], second: Sequence[Span]) -> int:
    """The number of pairs when spans that overlap are paired one to one, the largest overlap first.

    Of equal overlaps the pair that covers less comes first, so equal spans are always paired; then the one that
    stands first. Symmetric, and independent of the order of the spans. O(n log n + k log k) for k overlapping pairs
    of spans that aren't equal; k is about n unless many spans cover one place.
    """
    same = Counter(first) & Counter(second)
    mine, theirs = (sorted((Counter(spans) - same).elements()) for spans in (first, second))
    taken: tuple[set[int], set[int]] = (set(), set())
    for _, _, _, left, right in sorted(_rank(mine, theirs)):
        if left not in taken[0] and right not in taken[1]:
            taken[0].add(left)
            taken[1].add(right)
    return same.total() + len(taken[0])


def _rank(first: list[Span], second: list[Span]) -> Iterator[tuple[int, int, list[Span], int, int]]:
    """The pairs that overlap, as what orders them and their indices."""
    for left, right in _overlapping(first, second):
        (start, end), (other_start, other_end) = pair = first[left], second[right]
        overlap = min(end, other_end) - max(start, other_start)
        covered = max(end, other_end) - min(start, other_start)
        yield -overlap, covered, sorted(pair), left, right


def _overlapping(first: list[Span], second: list[Span]) -> Iterator[tuple[int, int]]:
    """The indices of all pairs that share a character; both lists are sorted. A sweep from left to right."""
    events = sorted(
        (span, side, index)
        for side, spans in enumerate((first, second))
        for index, span in enumerate(spans)
        if span[0] < span[1]
    )
    open_spans: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])  # end and index, by side
    for (start, end), side, index in events:
        others = open_spans[1 - side]
        others[:] = [other for other in others if other[0] > start]
        for _, other in others:
            yield (other, index) if side else (index, other)
        open_spans[side].append((end, index))

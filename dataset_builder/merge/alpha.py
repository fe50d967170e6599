"""Krippendorff's alpha, exactly, from counts that can be added up in any order.

Klaus Krippendorff: Computing Krippendorff's Alpha-Reliability, 2011, https://repository.upenn.edu/asc_papers/43.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal

__all__ = ["Coincidences", "Metric", "alpha", "count_unit", "raw_agreement", "units"]

Metric = Literal["nominal", "ordinal", "interval"]

Coincidences = Mapping[tuple[int, Any, Any], int]
"""How many ordered pairs of values (c, k) units of m values have, by (m, c, k).

Values are hashable; numbers where the metric is ordinal or interval. Whole counts, so their sums are exact.
"""


def count_unit(values: Iterable[Any]) -> dict[tuple[int, Any, Any], int]:
    """The pairs of one unit's values, of which each annotator gave one; empty for fewer than two values."""
    votes = Counter(values)
    size = votes.total()
    pairs = {
        (size, first, second): count * (votes[second] - (first == second))
        for first, count in votes.items()
        for second in votes
    }
    return {pair: count for pair, count in pairs.items() if count}


def units(coincidences: Coincidences) -> int:
    """The number of units that have two values or more."""
    pairs: Counter[int] = Counter()
    for (size, _, _), count in coincidences.items():
        pairs[size] += count
    return sum(count // (size * (size - 1)) for size, count in pairs.items())


def raw_agreement(coincidences: Coincidences) -> Fraction | None:
    """The share of equal values among pairs, each value weighted alike; None without pairs."""
    matrix = _matrix(coincidences)
    total = sum(matrix.values(), Fraction())
    equal = sum((count for (first, second), count in matrix.items() if first == second), Fraction())
    return equal / total if total else None


def alpha(coincidences: Coincidences, metric: Metric) -> Fraction | None:
    """1 less observed over expected disagreement; None where none can be expected: fewer than two distinct values.

    O(n log n) in the number of distinct pairs.
    """
    matrix = _matrix(coincidences)
    frequencies: dict[Any, Fraction] = {}
    for (first, _), count in matrix.items():
        frequencies[first] = frequencies.get(first, Fraction()) + count
    total = sum(frequencies.values(), Fraction())
    if metric == "nominal":
        disagreeing = (count for (first, second), count in matrix.items() if first != second)
        observed = sum(disagreeing, Fraction())
        expected = total**2 - sum(count**2 for count in frequencies.values())
    else:
        at = _mid_ranks(frequencies) if metric == "ordinal" else {value: Fraction(value) for value in frequencies}
        distances = (count * (at[first] - at[second]) ** 2 for (first, second), count in matrix.items())
        observed = sum(distances, Fraction())
        expected = _expected_distance([(at[value], count) for value, count in frequencies.items()])
    return 1 - (total - 1) * observed / expected if expected else None


def _expected_distance(points: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    """The sum of n(c) n(k) (c - k)^2 over all points c and k, n being their frequencies; the square is resolved."""
    total = sum((count for _, count in points), Fraction())
    first_moment = sum((count * point for point, count in points), Fraction())
    second_moment = sum((count * point**2 for point, count in points), Fraction())
    return 2 * (total * second_moment - first_moment**2)


def _matrix(coincidences: Coincidences) -> dict[tuple[Any, Any], Fraction]:
    """The coincidence matrix: a pair in a unit of m values counts 1/(m - 1)."""
    matrix: dict[tuple[Any, Any], Fraction] = {}
    for (size, first, second), count in coincidences.items():
        matrix[first, second] = matrix.get((first, second), Fraction()) + Fraction(count, size - 1)
    return matrix


def _mid_ranks(frequencies: Mapping[Any, Fraction]) -> dict[Any, Fraction]:
    """Where each value stands among all, ranked: the ordinal metric is the interval metric of these.

    Krippendorff's ordinal distance is the sum of the frequencies from c to k, less half of those of c and of k.
    """
    ranks: dict[Any, Fraction] = {}
    below = Fraction()
    for value in sorted(frequencies):
        ranks[value] = below + frequencies[value] / 2
        below += frequencies[value]
    return ranks

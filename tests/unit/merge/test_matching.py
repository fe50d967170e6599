from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.merge.matching import exact_matches, overlap_matches

SPANS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 8)).map(lambda pair: (pair[0], sum(pair))), max_size=10)


def greedy(first, second):
    """All pairs, the largest overlap first."""
    pairs = sorted(
        (
            -(min(a[1], b[1]) - max(a[0], b[0])),
            max(a[1], b[1]) - min(a[0], b[0]),
            sorted([a, b]),
            i,
            j,
        )
        for i, a in enumerate(first)
        for j, b in enumerate(second)
        if a == b or min(a[1], b[1]) > max(a[0], b[0])
    )
    taken = (set(), set())
    for *_, i, j in pairs:
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
    return len(taken[0])


def test_exact_matches_count_as_often_as_both_have_them():
    assert exact_matches([(0, 4), (0, 4), (5, 9)], [(0, 4), (0, 4), (0, 4), (5, 8)]) == 2


@pytest.mark.parametrize(
    ("first", "second", "matches"),
    [
        ([], [], 0),
        ([(0, 4)], [], 0),
        ([(0, 4)], [(4, 8)], 0),
        ([(0, 4)], [(3, 8)], 1),
        ([(0, 10)], [(0, 3), (4, 7)], 1),
        ([(0, 10), (12, 15)], [(0, 3), (4, 13)], 1),  # the largest overlap leaves nothing for the others
        ([(0, 10), (8, 20)], [(0, 9), (9, 20)], 2),
        ([(5, 5)], [(5, 5)], 1),
        ([(5, 5)], [(0, 10)], 0),
    ],
)
def test_overlap_matches(first, second, matches):
    assert overlap_matches(first, second) == matches
    assert overlap_matches(second, first) == matches


@given(first=SPANS, second=SPANS)
def test_the_sweep_finds_what_all_pairs_give(first, second):
    assert overlap_matches(first, second) == greedy(first, second)


@given(first=SPANS, second=SPANS, data=st.data())
def test_neither_order_nor_side_shows(first, second, data):
    matches = overlap_matches(first, second)
    assert overlap_matches(data.draw(st.permutations(second)), data.draw(st.permutations(first))) == matches
    assert exact_matches(first, second) <= matches <= min(len(first), len(second))
    assert exact_matches(first, second) == sum((Counter(first) & Counter(second)).values())


def test_a_long_record_is_swept_not_squared():
    count = 100_000
    first = [(10 * index, 10 * index + 8) for index in range(count)]
    second = [(10 * index + 2, 10 * index + 9) for index in range(count)]
    assert overlap_matches([*first, (0, 10 * count)], [*second, (1, 10 * count)]) == count + 1

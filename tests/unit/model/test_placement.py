import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.model.placement import Tokens, places


@pytest.mark.parametrize(
    ("text", "offsets", "expected"),
    [
        ("Ada met", [(0, 3), (3, 7)], [(0, 3), (4, 7)]),
        ("Ada\n", [(0, 3), (3, 4)], [(0, 3), (3, 4)]),
        (" \tx ", [(0, 4)], [(2, 3)]),
        ("x", [(0, 0), (0, 1), (1, 1)], [(0, 0), (0, 1), (1, 1)]),
        ("e\u0301t", [(0, 1), (2, 3)], [(0, 2), (2, 3)]),
        ("e\u0301t", [(0, 1), (1, 2), (2, 3)], [(0, 1), (1, 2), (2, 3)]),
        ("e\u0301\u0323", [(0, 1)], [(0, 3)]),
        ("a\u0416", [(0, 1)], [(0, 1)]),
    ],
)
def test_places(text, offsets, expected):
    assert places(text, offsets) == expected


# In no order, with and without width, one on another: whatever normalisers do.
OFFSETS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5)).map(lambda pair: (pair[0], sum(pair))), max_size=12)
SPANS = st.tuples(st.integers(0, 22), st.integers(1, 8)).map(lambda pair: (pair[0], sum(pair)))


@given(OFFSETS, SPANS)
def test_touched_is_from_the_first_to_the_last_that_has_a_character(offsets, span):
    start, end = span
    own = [index for index, (first, stop) in enumerate(offsets) if first < stop and first < end and start < stop]
    found = Tokens(offsets).touched(start, end)
    if own:
        assert found is not None
        assert found[0] <= own[0]
        assert own[-1] < found[1]
    if offsets == sorted(offsets) and [stop for _, stop in offsets] == sorted(stop for _, stop in offsets):
        assert found == ((own[0], own[-1] + 1) if own else None)


@given(OFFSETS, SPANS)
def test_within_is_from_the_first_to_the_last_that_lies_in_it(offsets, span):
    start, end = span
    own = [index for index, (first, stop) in enumerate(offsets) if start <= first < stop <= end]
    assert Tokens(offsets).within(start, end) == ((own[0], own[-1] + 1) if own else None)

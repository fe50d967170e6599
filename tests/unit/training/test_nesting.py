import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.training.nesting import arranged
from dataset_builder.training.scheme import Run

RUNS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(1, 8)).map(lambda pair: Run(pair[0], sum(pair), "x")), max_size=12
)
OUTER, INNER, LATER = Run(0, 6, "x"), Run(1, 3, "x"), Run(5, 8, "x")


@pytest.mark.parametrize(
    ("nesting", "columns", "expected"),
    [
        ("outermost", 1, ([[0]], {1: 0, 2: 0})),
        ("innermost", 1, ([[1, 2]], {0: 2})),
        ("levels", None, ([[0], [1, 2]], {})),
        ("levels", 1, ([[0]], {1: 0, 2: 0})),
    ],
)
def test_who_goes_before(nesting, columns, expected):
    found, covered = arranged([OUTER, INNER, LATER], nesting, columns)
    assert found == expected[0]
    assert covered.keys() == expected[1].keys()
    assert covered == expected[1] or nesting == "innermost"


@given(RUNS, st.sampled_from(["outermost", "innermost", "levels"]), st.sampled_from([1, 2, None]))
def test_each_is_in_one_column_or_covered(runs, nesting, columns):
    columns = columns if nesting == "levels" else 1
    found, covered = arranged(runs, nesting, columns)
    assert sorted([*(which for column in found for which in column), *covered]) == list(range(len(runs)))
    assert columns is None or len(found) == columns
    for column in found:
        assert [runs[which].first for which in column] == sorted(runs[which].first for which in column)
        for one, other in itertools.pairwise(column):
            assert runs[one].stop <= runs[other].first
    for which, other in covered.items():
        assert runs[which].first < runs[other].stop
        assert runs[other].first < runs[which].stop
    if columns is None:
        assert not covered
    if nesting == "levels":
        assert all(_is_lowest(runs, found, level, which) for level, column in enumerate(found) for which in column)


def _is_lowest(runs, found, level, which):
    """Whether on every lower level something is in the way."""
    mine = runs[which]
    return all(
        any(runs[other].first < mine.stop and mine.first < runs[other].stop for other in column)
        for column in found[:level]
    )

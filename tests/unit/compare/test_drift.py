import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.compare.drift import drift

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 1000))


def test_a_table_worked_by_hand():
    """Expected counts are 30, 20, 30, 20: the statistic is 100/30 + 100/20, twice."""
    found = drift("articles", "topic", {"a": 20, "b": 30}, {"a": 40, "b": 10})
    assert found.statistic == pytest.approx(2 * (100 / 30 + 100 / 20))
    assert found.freedom == 1
    assert found.effect == pytest.approx((found.statistic / 100) ** 0.5)
    assert found.p == pytest.approx(4.456e-5, rel=1e-3)
    assert not found.sparse
    assert [(each.label, each.old, each.new) for each in found.labels] == [("a", 20, 40), ("b", 30, 10)]


def test_the_same_counts_are_no_drift():
    assert drift("articles", "topic", {"a": 2, "b": 3}, {"b": 3, "a": 2}) is None
    assert drift("articles", "topic", {"a": 2}, {"a": 2, "new": 0}) is None


def test_labels_that_one_set_alone_has():
    found = drift("articles", "topic", {"a": 50, "gone": 10}, {"a": 50, "new": 10})
    assert [(each.label, each.old, each.new) for each in found.labels] == [
        ("a", 50, 50),
        ("new", None, 10),
        ("gone", 10, None),
    ]
    assert found.freedom == 2


@pytest.mark.parametrize(
    ("old", "new"), [({"a": 5, "b": 0}, {"a": 9, "b": 0}), ({"a": 0, "b": 0}, {"a": 3, "b": 4}), ({}, {"a": 1})]
)
def test_there_is_no_test_of_too_little(old, new):
    found = drift("articles", "topic", old, new)
    assert (found.statistic, found.p, found.effect, found.freedom) == (None, None, None, None)


def test_small_counts_are_said_to_be_small():
    assert drift("articles", "topic", {"a": 3, "b": 9}, {"a": 1, "b": 9}).sparse


@given(COUNTS, COUNTS)
def test_both_ways_are_the_same(old, new):
    one, other = drift("t", "p", old, new), drift("t", "p", new, old)
    assert (one is None) is (other is None)
    if one is not None and one.statistic is not None:
        assert one.statistic == pytest.approx(other.statistic)
        assert one.p == pytest.approx(other.p)
        assert 0 <= one.effect <= 1 + 1e-9


@given(COUNTS, st.integers(2, 9))
def test_the_same_shares_are_no_evidence_whatever_the_size(counts, factor):
    found = drift("t", "p", counts, {name: count * factor for name, count in counts.items()})
    if found is not None and found.statistic is not None:
        assert found.statistic == pytest.approx(0, abs=1e-6)
        assert found.p == pytest.approx(1)

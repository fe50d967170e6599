import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.errors import UsageError
from dataset_builder.merge.splits import assign_splits, parse_lock, render_lock
from dataset_builder.model.project import Splits

THREE = {"train": 0.6, "validation": 0.2, "test": 0.2}

BALANCED = "validation test test train train train validation train"
HASHED = "train test train train test train test validation"

NAMES = st.text(max_size=6)
GROUPS = st.dictionaries(NAMES, st.integers(1, 50), max_size=40)
SHARES = st.dictionaries(
    st.sampled_from(["train", "validation", "test", "extra"]),
    st.one_of(st.integers(1, 100), st.floats(0.001, 100)),
    min_size=1,
)
SEEDS = st.integers(-5, 5)


def articles(groups, assigned):
    filled = {}
    for group, split in assigned.items():
        filled[split] = filled.get(split, 0) + groups[group]
    return filled


# --- balanced ---


def test_eight_pairs_of_articles_fall_into_all_three_splits():
    for seed in range(50):
        groups = {f"event-{number}": 2 for number in range(8)}
        assigned = assign_splits(groups, Splits(shares=THREE, seed=seed), {})
        assert articles(groups, assigned) == {"train": 8, "validation": 4, "test": 4}


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_tiny_corpora_leave_no_split_empty_that_need_not_be(count):
    for seed in range(20):
        groups = {str(number): 1 for number in range(count)}
        splits = Splits(shares={"train": 0.98, "validation": 0.01, "test": 0.01}, seed=seed)
        assert len(set(assign_splits(groups, splits, {}).values())) == min(count, 3)


def test_the_seed_changes_who_goes_where():
    groups = {f"event-{number}": 2 for number in range(8)}
    found = {tuple(assign_splits(groups, Splits(shares=THREE, seed=seed), {}).values()) for seed in range(10)}
    assert len(found) > 1


def test_the_assignment_is_fixed_for_ever():
    """A change here moves articles between the splits of every dataset without a lock file."""
    groups = {f"event-{number}": 2 for number in range(8)}
    assert " ".join(assign_splits(groups, Splits(shares=THREE), {}).values()) == BALANCED
    assert " ".join(assign_splits(groups, Splits(shares=THREE, method="hash"), {}).values()) == HASHED


def test_what_the_lock_says_stays_even_where_it_is_not_balanced():
    locked = {str(number): "train" for number in range(9)}
    groups = dict.fromkeys([*locked, "new", "newer"], 1)
    assigned = assign_splits(groups, Splits(shares=THREE), locked)
    assert {group: assigned[group] for group in locked} == locked
    assert {assigned["new"], assigned["newer"]} == {"validation", "test"}


def test_a_locked_split_that_is_gone_is_assigned_anew():
    locked = {"a": "dev", "b": "train", "c": "dev"}
    assigned = assign_splits({"a": 1, "b": 1, "c": 1}, Splits(shares=THREE), locked)
    assert assigned["b"] == "train"
    assert {assigned["a"], assigned["c"]} == {"validation", "test"}


def test_a_vanished_group_neither_counts_nor_appears():
    locked = {"gone": "train", "here": "train"}
    assert assign_splits({"here": 1}, Splits(shares=THREE), locked) == {"here": "train"}


def test_shares_count_in_relation_to_their_sum():
    groups = {str(number): 1 for number in range(100)}
    parts = Splits(shares={"train": 6, "validation": 2, "test": 2})
    assert assign_splits(groups, parts, {}) == assign_splits(groups, Splits(shares=THREE), {})
    assert articles(groups, assign_splits(groups, parts, {})) == {"train": 60, "validation": 20, "test": 20}


def test_without_groups_there_is_nothing_to_assign():
    assert assign_splits({}, Splits(shares=THREE), {"gone": "test"}) == {}
    assert assign_splits({}, Splits(shares=THREE, method="hash"), {}) == {}


@given(groups=GROUPS, shares=SHARES, seed=SEEDS, method=st.sampled_from(["balanced", "hash"]), data=st.data())
def test_the_order_of_groups_never_shows(groups, shares, seed, method, data):
    splits = Splits(shares=shares, seed=seed, method=method)
    shuffled = dict(data.draw(st.permutations(list(groups.items()))))
    assigned = assign_splits(groups, splits, {})
    assert list(assign_splits(shuffled, splits, {}).items()) == list(assigned.items())
    assert assigned.keys() == groups.keys()
    assert set(assigned.values()) <= shares.keys()


@given(groups=GROUPS, added=GROUPS, gone=st.sets(NAMES), shares=SHARES, seed=SEEDS)
def test_nothing_moves_when_groups_come_vanish_and_return(groups, added, gone, shares, seed):
    splits = Splits(shares=shares, seed=seed)
    first = assign_splits(groups, splits, {})
    lock = parse_lock(render_lock(first, {}).encode())
    changed = {group: size for group, size in ({**added, **groups}).items() if group not in gone}
    second = assign_splits(changed, splits, lock)
    assert all(second[group] == first[group] for group in second.keys() & first.keys())
    lock = parse_lock(render_lock(second, lock).encode())
    third = assign_splits({**added, **groups}, splits, lock)
    assert first.items() <= third.items()
    assert second.items() <= third.items()


@given(groups=GROUPS, shares=SHARES, seed=SEEDS)
def test_no_split_has_more_than_its_share_by_more_than_a_group(groups, shares, seed):
    assigned = assign_splits(groups, Splits(shares=shares, seed=seed), {})
    total, largest = sum(groups.values()), max(groups.values(), default=0)
    for split, count in articles(groups, assigned).items():
        assert count <= total * shares[split] / sum(shares.values()) + largest + 1e-6


@given(groups=GROUPS, shares=SHARES, seed=SEEDS)
def test_no_split_is_empty_if_there_are_groups_enough(groups, shares, seed):
    assigned = assign_splits(groups, Splits(shares=shares, seed=seed), {})
    assert len(set(assigned.values())) == min(len(groups), len(shares))


# --- hash ---


@given(
    groups=GROUPS, added=GROUPS, shares=SHARES, seed=SEEDS, locked=st.dictionaries(NAMES, st.sampled_from(["train"]))
)
def test_by_hash_a_group_depends_on_nothing_else(groups, added, shares, seed, locked):
    splits = Splits(shares=shares, seed=seed, method="hash")
    alone = {group: split for group in groups for split in assign_splits({group: 1}, splits, {}).values()}
    assert assign_splits({**added, **groups}, splits, locked).items() >= alone.items()


def test_by_hash_the_fraction_of_the_digest_picks_the_share():
    splits = Splits(shares={"low": 1, "high": 3}, seed=7, method="hash")
    for group in map(str, range(200)):
        fraction = int(sha256(f"7\0{group}".encode()).hexdigest(), 16) / 2**256
        assert assign_splits({group: 1}, splits, {}) == {group: "low" if fraction < 0.25 else "high"}


def test_by_hash_shares_are_about_respected():
    groups = {str(number): 1 for number in range(10_000)}
    found = articles(groups, assign_splits(groups, Splits(shares=THREE, method="hash"), {}))
    assert found["train"] == pytest.approx(6000, abs=200)
    assert found["test"] == pytest.approx(2000, abs=200)


# --- the lock file ---


def test_the_lock_file_has_one_group_a_line_sorted():
    text = render_lock({"b": "test", "Ä": "train"}, {"a": "train", "b": "train"})
    assert text == (
        '{\n  "version": 1,\n  "groups": {\n    "a": "train",\n    "b": "test",\n    "Ä": "train"\n  }\n}\n'
    )


@given(mapping=st.dictionaries(NAMES, NAMES), previous=st.dictionaries(NAMES, NAMES))
def test_the_lock_file_reads_back(mapping, previous):
    assert parse_lock(render_lock(mapping, previous).encode()) == previous | mapping


def test_a_merge_that_left_one_group_twice_is_refused_if_it_contradicts_itself():
    text = '{"version": 1, "groups": {"a": "train", "b": "test", "a": "%s"}}'
    assert parse_lock((text % "train").encode()) == {"a": "train", "b": "test"}
    with pytest.raises(UsageError, match="'a' is given twice, as 'train' and as 'test'; restore it"):
        parse_lock((text % "test").encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<<<<<<< HEAD\n",
        "[]",
        "null",
        '{"version": 1}',
        '{"version": 1, "groups": ["a"]}',
        '{"version": 1, "groups": {"a": 1}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_lock_file_is_refused_with_a_remedy(text):
    with pytest.raises(UsageError, match="or delete it to assign all groups afresh"):
        parse_lock(text.encode())


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_a_lock_file_of_another_version_is_refused(version):
    with pytest.raises(UsageError, match="use the dataset-builder that wrote it"):
        parse_lock(json.dumps({"version": version, "groups": {}}).encode())


def test_a_lock_that_is_not_utf_8_is_refused():
    with pytest.raises(UsageError, match="can't be read"):
        parse_lock(b"\xff")

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.errors import UsageError
from dataset_builder.merge.pseudonyms import assign_pseudonyms, parse_pseudonyms, render_pseudonyms

NAMES = st.frozensets(st.text(st.characters(codec="utf-8"), min_size=1, max_size=6), max_size=8)


@given(NAMES, NAMES)
def test_what_was_given_stays_and_nobody_shares_a_name(first, second):
    given_first = assign_pseudonyms(first, "corpus", {})
    lock = render_pseudonyms(given_first, {})
    locked = parse_pseudonyms(lock.encode())
    later = assign_pseudonyms(second, "corpus", locked)
    assert {name: later[name] for name in first & second} == {name: given_first[name] for name in first & second}
    assert later.keys() == second
    everyone = {**locked, **later}
    assert len(set(everyone.values())) == len(everyone)
    assert parse_pseudonyms(render_pseudonyms(later, locked).encode()) == everyone


@given(st.lists(st.text(max_size=4), unique=True, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_names_does_not_show(names, random):
    shuffled = [*names]
    random.shuffle(shuffled)
    assert assign_pseudonyms(names, "corpus", {}) == assign_pseudonyms(shuffled, "corpus", {})


def test_numbers_are_not_in_the_order_of_names():
    names = [f"n{number:02}" for number in range(30)]
    found = assign_pseudonyms(names, "corpus", {})
    assert sorted(found.values()) == sorted(f"annotator-{number}" for number in range(1, 31))
    assert [found[name] for name in names] != [f"annotator-{number}" for number in range(1, 31)]
    assert found != assign_pseudonyms(names, "another", {})


def test_a_number_is_never_given_again():
    locked = {"gone": "annotator-7", "chief": "the expert"}
    assert assign_pseudonyms(["new", "chief"], "corpus", locked) == {"new": "annotator-8", "chief": "the expert"}


def test_the_lock_file_has_a_line_for_each_annotator():
    text = render_pseudonyms({"b": "annotator-2", "a": "annotator-1"}, {"z": "annotator-3"})
    assert json.loads(text) == {
        "version": 1,
        "annotators": {"a": "annotator-1", "b": "annotator-2", "z": "annotator-3"},
    }
    assert text.count("\n") == 8


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff", "can't be read"),
        (b"{", "can't be read"),
        (b"[" * 100_000, "can't be read"),
        (b'{"version": 1, "annotators": {"a": "x", "a": "y"}}', "'a' is given twice, as 'x' and as 'y'"),
        (b"[]", "no object 'annotators' of names"),
        (b'{"version": 1, "annotators": {"a": 1}}', "no object 'annotators' of names"),
        (b'{"version": 1, "annotators": {"a": ""}}', "no object 'annotators' of names"),
        (b'{"version": 1, "annotators": {"a": "x\\ny"}}', "no object 'annotators' of names"),
        (b'{"version": 2, "annotators": {}}', "has version 2"),
        (b'{"version": 1, "annotators": {"a": "x", "b": "x"}}', "gives 'x' to two of them"),
    ],
)
def test_a_lock_file_that_is_none_is_refused(data, message):
    with pytest.raises(UsageError, match="the lock file of the annotators") as raised:
        parse_pseudonyms(data)
    assert message in str(raised.value)

from collections import defaultdict
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.engines.exchange import Exchange

KEYS = [sha256(bytes([number])).digest()[:16] for number in range(12)] + [bytes(16), b"\xff" * 16, b"\0\0" + b"x" * 14]


def taken(exchange, givers):
    """Who gave each key, as which row; and in which partition it is."""
    found, places = defaultdict(list), defaultdict(set)
    for partition in range(exchange.partitions):
        for key, giver, row in zip(*exchange.take(givers, partition), strict=True):
            found[bytes(key)].append((int(giver), int(row)))
            places[bytes(key)].add(partition)
    return found, places


@given(gifts=st.lists(st.lists(st.sampled_from(KEYS))), partitions=st.sampled_from([1, 2, 3, 7, 1 << 16]))
def test_every_key_is_taken_once_and_equal_ones_meet(tmp_path_factory, gifts, partitions):
    folder = tmp_path_factory.mktemp("exchange")
    exchange = Exchange(folder=folder, partitions=partitions)
    expected = defaultdict(list)
    for giver, keys in enumerate(gifts):
        exchange.give(giver, b"".join(keys))
        for row, key in enumerate(keys):
            if any(key):
                expected[key].append((giver, row))
    if partitions > 7:  # not all of them: those that the keys fall into
        whose = {int.from_bytes(key[:2], "big") for key in KEYS}
        found = {bytes(key) for part in whose for key in exchange.take(len(gifts), part)[0]}
        assert found == set(expected)
        return
    found, places = taken(exchange, len(gifts))
    assert found == expected
    assert all(len(where) == 1 for where in places.values())


def test_a_second_gift_replaces_the_first_and_leaves_nothing(tmp_path):
    exchange = Exchange(folder=tmp_path, partitions=2)
    exchange.give(0, b"".join(KEYS))
    before = [path.read_bytes() for path in tmp_path.iterdir()]
    exchange.give(0, b"".join(KEYS))
    assert [path.read_bytes() for path in tmp_path.iterdir()] == before
    assert len(before) == 1


def test_a_gift_that_is_missing_is_no_empty_one(tmp_path):
    exchange = Exchange(folder=tmp_path, partitions=2)
    exchange.give(0, KEYS[0])
    with pytest.raises(FileNotFoundError):
        exchange.take(2, 0)

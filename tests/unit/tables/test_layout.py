import random
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_builder.tables.layout import BLOCK, blocks, shards
from tests.unit.tables.naive import ends_block

POOL = sorted({f"article-{number}" for number in range(60_000)} | {f"ü{number}" for number in range(4000)})
ENDINGS = [name for name in POOL if ends_block(name)]
OTHERS = [name for name in POOL[:4000] if not ends_block(name)]


@st.composite
def many_ids(draw):
    """Sorted ids: as they come, or with far more that end a block."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    if draw(st.booleans()):
        return sorted(chance.sample(POOL, draw(st.integers(0, 6000))))
    endings, others = draw(st.integers(0, len(ENDINGS))), draw(st.integers(0, 800))
    return sorted(chance.sample(ENDINGS, endings) + chance.sample(OTHERS, others))


TARGETS = st.sampled_from([1, 2, 7, 64, 256, 300, 1024, 4096])
SLOW = settings(max_examples=60, deadline=None)


def cut(ids, ranges):
    return [tuple(ids[found.start : found.stop]) for found in ranges]


def test_the_size_of_a_block_never_changes():
    assert BLOCK == 256


@SLOW
@given(many_ids(), TARGETS)
def test_blocks_and_shards_cover_everything_in_order(ids, target):
    for ranges in (list(blocks(ids)), list(shards(ids, target))):
        assert [index for found in ranges for index in found] == list(range(len(ids)))
        assert all(len(found) > 0 for found in ranges)


@SLOW
@given(many_ids())
def test_a_block_ends_with_an_id_whose_digest_says_so(ids):
    found = cut(ids, blocks(ids))
    assert all(ends_block(block[-1]) for block in found[:-1])
    assert not any(ends_block(name) for block in found for name in block[:-1])


@SLOW
@given(many_ids(), TARGETS)
def test_shards_hold_whole_blocks_and_are_of_a_size(ids, target):
    bounds = {found.stop for found in blocks(ids)}
    found = list(shards(ids, target))
    assert {shard.stop for shard in found} <= bounds
    for shard in found[:-1]:
        assert len(shard) >= max(1, target // 4)
    for shard in found:
        inner = [bound for bound in bounds if shard.start < bound < shard.stop]
        assert not inner or max(inner) - shard.start < 4 * target, "it would have ended with that block"


@pytest.mark.parametrize("target", [256, 1024, 4096])
def test_shards_are_of_about_the_size_asked_for(target):
    sizes = [len(shard) for shard in shards(POOL, target)]
    assert target / 2 < sum(sizes) / len(sizes) < target * 2


def test_a_shard_that_found_no_end_ends_with_its_block_once_it_is_far_too_large():
    target, one_in = 1024, 4
    never = [
        identity for identity in ENDINGS if int.from_bytes(sha256(identity.encode()).digest()[-8:], "big") % one_in
    ]
    ids = sorted(never + [identity for identity in POOL[::3] if not ends_block(identity)])
    sizes = [len(shard) for shard in shards(ids, target)]
    assert len(sizes) > 3
    assert min(sizes[:-1]) >= 4 * target


def changes(before, after):
    """How many stretches of `before` and of `after` are not in the other."""
    return len(set(before) - set(after)), len(set(after) - set(before))


@SLOW
@given(many_ids(), st.sampled_from(POOL + ENDINGS * 50))
def test_one_more_id_changes_one_block(ids, name):
    ids = [other for other in ids if other != name]
    more = sorted([*ids, name])
    lost, new = changes(cut(ids, blocks(ids)), cut(more, blocks(more)))
    assert lost <= 1
    assert new == (2 if ends_block(name) and lost and name != more[-1] else 1)


@settings(max_examples=150, deadline=None)
@given(many_ids(), st.sampled_from(POOL + ENDINGS * 50), TARGETS)
def test_one_more_id_changes_one_shard(ids, name, target):
    """But where it ends a block, or its shard reaches a size from which on bounds count (docstring of `shards`)."""
    ids = [other for other in ids if other != name]
    more = sorted([*ids, name])
    before, after = cut(ids, shards(ids, target)), cut(more, shards(more, target))
    earlier = [shard for shard in before[:-1] if shard[-1] < name]
    assert after[: len(earlier)] == earlier
    position = more.index(name)
    begin = next((shard.start for shard in shards(more, target) if position in shard), 0)
    sizes = {found.stop - begin for found in blocks(more) if found.stop > position}
    if not ends_block(name) and sizes.isdisjoint({target // 4, 4 * target}):
        lost, new = changes(before, after)
        assert (lost, new) in ((1, 1), (0, 1))
        assert sum(map(len, after)) == sum(map(len, before)) + 1


def test_one_more_id_hardly_ever_changes_two_shards():
    chance = random.Random(0)
    ids = sorted(chance.sample(POOL, 20_000))
    before = cut(ids, shards(ids, 1024))
    others = chance.sample(sorted(set(POOL) - set(ids)), 40)
    lost = [changes(before, cut(more, shards(more, 1024)))[0] for more in (sorted([*ids, name]) for name in others)]
    assert sorted(lost)[-3] <= 1
    assert max(lost) <= 3


@pytest.mark.parametrize("ids", [[], ["a"], [""], ["a", "b"], ENDINGS[:3]])
def test_few_ids(ids):
    found = cut(ids, blocks(ids))
    assert found == ([(name,) for name in ids] if ids == ENDINGS[:3] else [tuple(ids)] if ids else [])
    assert cut(ids, shards(ids, 4096)) == ([tuple(ids)] if ids else [])


@SLOW
@given(many_ids(), many_ids())
def test_whether_an_id_ends_a_block_depends_on_no_other(ids, others):
    more = sorted({*ids, *others})
    ends, ends_of_more = ({block[-1] for block in cut(names, blocks(names))[:-1]} for names in (ids, more))
    assert ends <= ends_of_more

from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.compare.revision import UNCHANGED, passages
from dataset_builder.pipeline.comparing_articles import _aligned

WORDS = st.lists(st.sampled_from(["the", "old", "mill", "stood", "by", "a", "river", "🎪", "\n"]), max_size=12)
TEXTS = WORDS.map(" ".join)


def spans(text):
    return st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(lambda pair: (min(pair), max(pair)))


def test_what_was_shifted_and_what_was_edited_inside():
    old, new = "one two three four five", "zero one two 3 four five"
    revision = _aligned(old, new)
    assert revision.images((0, 3)) == [(0, 8), (5, 8)], "what was inserted at its edge may belong to it"
    assert (9, 12) in revision.images((4, 7))
    assert (13, 14) in revision.images((8, 13)), "a word that was replaced as a whole"
    assert (9, 19) in revision.images((4, 18)), "edited inside"
    assert revision.shared((4, 7), (9, 12)) == 3
    assert revision.shared((8, 13), (13, 14)) == 0


def test_edits_with_what_stands_around_them():
    old = "It was said that the market would close for good on Monday, and so it did."
    new = old.replace("close for good", "open").replace("so it did", "so it was")
    count, shown = passages(_aligned(old, new), old, new, 9)
    assert count == 2
    assert (shown[0].removed, shown[0].added) == ("close for good", "open")
    assert old[shown[0].old :].startswith("close")
    assert new[shown[0].new :].startswith("open")
    assert shown[0].before.endswith("market would ")
    assert shown[0].before.startswith("…")
    assert shown[0].after.startswith(" on Monday")
    assert (shown[1].removed, shown[1].added, shown[1].after) == ("did", "was", ".")
    assert passages(_aligned(old, new), old, new, 1) == (2, shown[:1])


def test_long_edits_are_cut():
    old = "a " + "x" * 1000 + " b"
    _, (shown,) = passages(_aligned(old, "a b"), old, "a b", 5)
    assert len(shown.removed) < 260
    assert "…" in shown.removed


@given(TEXTS, TEXTS)
def test_all_edits_together_lead_from_the_one_to_the_other(old, new):
    revision = _aligned(old, new)
    text, shift = old, 0
    count, shown = passages(revision, old, new, 999)
    assert count == len(shown)
    for each in shown:
        assert old[each.old : each.old + len(each.removed)] == each.removed
        text = text[: each.old + shift] + each.added + text[each.old + shift + len(each.removed) :]
        shift += len(each.added) - len(each.removed)
    assert text == new


@given(TEXTS, TEXTS, st.data())
def test_both_ways_are_the_same(old, new, data):
    revision, back = _aligned(old, new), _aligned(new, old)
    one, other = data.draw(spans(old)), data.draw(spans(new))
    assert (other in revision.images(one)) == (one in back.images(other))
    assert revision.shared(one, other) == back.shared(other, one)


@given(TEXTS, st.data())
def test_an_unchanged_text_keeps_its_spans(text, data):
    one, other = data.draw(spans(text)), data.draw(spans(text))
    assert UNCHANGED.images(one) == [one]
    assert one in _aligned(text, text).images(one)
    assert _aligned(text, text).shared(one, other) == UNCHANGED.shared(one, other)

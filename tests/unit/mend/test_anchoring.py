from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_builder.mend.alignment import align, longest_rising
from dataset_builder.mend.anchoring import Wanted, anchor_spans
from dataset_builder.model.mending import Outcome

OLD = "Ada met Bo at the mill.\nBo said it was late.\n"
WORDS = st.sampled_from(["Ada", "Bo", "met", "the", "mill", "river", "she", "he", "said", "late", "🌊", "é", "水"])
PROSE = st.lists(WORDS, max_size=25).map(" ".join)


def span_of(text, quote, nth=0, **more):
    at = -1
    for _ in range(nth + 1):
        at = text.index(quote, at + 1)
    return Wanted(at, at + len(quote), quote, **more)


def anchored(spans, text, *, revised=True, former=None):
    return anchor_spans(spans, text, revised=revised, former=former)


# Alignments


@settings(deadline=None)
@given(PROSE, PROSE)
def test_blocks_are_shared_in_one_order(old, new):
    blocks = align(old, new).blocks
    for block in blocks:
        assert old[block.old : block.old + block.length] == new[block.new : block.new + block.length]
    for one, other in pairwise(blocks):
        assert one.old + one.length <= other.old
        assert one.new + one.length <= other.new


@settings(deadline=None)
@given(PROSE)
def test_a_text_is_aligned_with_itself_whole(text):
    assert [block[2] for block in align(text, text).blocks] == [len(text)] * bool(text)


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), max_size=9))
def test_the_longest_rising_part_is_rising_and_longest(values):
    found = [values[index] for index in longest_rising(values)]
    assert all(one < other for one, other in pairwise(found))
    best = {}
    for value in values:
        best[value] = max([best.get(value, 0), 1 + max([best[less] for less in best if less < value], default=0)])
    assert len(found) == max(best.values(), default=0)


# Spans of a revised text


@st.composite
def revisions(draw):
    """A text, spans of it, and the text with words put in, taken out and replaced."""
    words = draw(st.lists(WORDS, min_size=1, max_size=25))
    text = " ".join(words)
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word) + 1)
    spans = []
    for _ in range(draw(st.integers(1, 6))):
        first = draw(st.integers(0, len(words) - 1))
        last = draw(st.integers(first, min(first + 3, len(words) - 1)))
        start, end = starts[first], starts[last + 1] - 1
        spans.append(Wanted(start, end, text[start:end]))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(words)))
        words[at : at + draw(st.integers(0, 3))] = draw(st.lists(WORDS, max_size=3))
    return text, spans, " ".join(words)


@settings(max_examples=500, deadline=None)
@given(revisions(), st.booleans())
def test_nothing_is_dropped_and_what_survived_uniquely_is_found(drawn, known):
    old, spans, new = drawn
    found = anchored(spans, new, former=old if known else None)
    assert len(found) == len(spans)
    for span, now in zip(spans, found, strict=True):
        covered = None if now.start is None else new[now.start : now.end]
        assert (now.outcome is Outcome.LOST) == (covered is None)
        assert (now.outcome is Outcome.LOST) <= (now.reason is not None)
        if now.outcome in (Outcome.EXACT, Outcome.MOVED):
            assert covered == span.quote
            assert (now.outcome is Outcome.EXACT) == ((now.start, now.end) == (span.start, span.end))
        if occurrences(new, span.quote) == occurrences(f" {new} ", f" {span.quote} ") == 1:
            assert now.start == new.index(span.quote)
            assert covered == span.quote


def occurrences(text, quote):
    return sum(text.startswith(quote, at) for at in range(len(text)))


def test_words_that_were_deleted_are_not_found_within_others():
    old, new = "He left. Her house stood.", "Her house stood."
    assert anchored([span_of(old, "He")], new, former=old)[0].outcome is Outcome.LOST
    assert anchored([span_of(old, "He")], "A hotel; Her house.")[0].outcome is Outcome.CHANGED


@settings(max_examples=300, deadline=None)
@given(revisions())
def test_an_unrevised_text_leaves_spans_where_they_are(drawn):
    old, spans, _ = drawn
    for former in (old, None):
        assert {now.outcome for now in anchored(spans, old, revised=False, former=former)} == {Outcome.EXACT}


@settings(max_examples=300, deadline=None)
@given(revisions(), st.text("ab ", min_size=1, max_size=5))
def test_what_is_put_in_front_moves_all_by_as_much(drawn, head):
    old, spans, _ = drawn
    new = f"{head}\n\n{old}"
    for span, now in zip(spans, anchored(spans, new, former=old), strict=True):
        assert (now.outcome, now.start) == (Outcome.MOVED, span.start + len(head) + 2)


def test_words_that_others_now_hold_are_changed():
    (found,) = anchored([span_of("I know he left.", "he")], "I know she left.", former="I know he left.")
    assert found.outcome is Outcome.CHANGED
    assert found.reason.startswith("its text is now cut out of a longer word")


@pytest.mark.parametrize(
    ("new", "outcome", "quote"),
    [
        ("Ada met Bo at the old mill.\n", Outcome.CHANGED, "the old mill"),
        ("Ada met Bo at the mills.\n", Outcome.CHANGED, "the mill"),
        ("Ada met Bo.\n", Outcome.LOST, None),
        ("At the mill, Ada met Bo.\n", Outcome.MOVED, "the mill"),
    ],
)
def test_what_became_of_a_span_is_said(new, outcome, quote):
    (found,) = anchored([span_of(OLD, "the mill")], new, former=OLD)
    assert found.outcome is outcome
    assert (found.start is not None and new[found.start : found.end]) == (quote or False)
    assert found.was == "the mill"


def test_spans_with_nothing_but_offsets_need_the_former_text():
    new = f"Then {OLD}"
    (found,) = anchored([Wanted(0, 3)], new, former=OLD)
    assert (found.outcome, found.start, found.end) == (Outcome.MOVED, 5, 8)
    (found,) = anchored([Wanted(0, 3)], new)
    assert (found.outcome, found.reason) == (
        Outcome.LOST,
        "nothing shows where it belongs: give the former text by --was",
    )


def test_a_record_that_was_anchored_in_part_is_not_moved_twice():
    new = f"He. He. {OLD}"
    spans = [span_of(OLD, quote) for quote in ("Ada", "met", "the mill")]
    first = anchored(spans, new, former=OLD)
    again = [Wanted(now.start, now.end, span.quote) for span, now in zip(spans, first, strict=True)]
    assert {now.outcome for now in anchored(again, new, former=OLD)} == {Outcome.EXACT}


# Quotes alone


def test_order_tells_which_occurrence_is_meant():
    new = "Then Ada met Bo at the mill.\nAnd Bo said it was late.\n"
    spans = [span_of(OLD, "Ada"), span_of(OLD, "Bo"), span_of(OLD, "Bo", 1), span_of(OLD, "said")]
    assert [now.start for now in anchored(spans, new)] == [5, 13, 33, 36]


def test_an_occurrence_that_nothing_tells_is_not_guessed():
    (found,) = anchored([span_of("Bo left.", "Bo")], "When Bo left, Bo wept.")
    assert found.outcome is Outcome.LOST
    assert found.reason == "its quote stands in 2 places, and nothing shows which is meant"


def test_an_outer_span_may_end_behind_its_neighbour():
    old = "a b c d e. x"
    new = "a b c d e. a b c d e. x"
    spans = [span_of(old, "x"), Wanted(0, 9, "a b c d e"), Wanted(2, 3, "b")]
    found = anchored(spans, new)
    assert found[0].start == len(new) - 1
    assert {now.outcome for now in found[1:]} == {Outcome.EXACT}


# Spans without offsets


@pytest.mark.parametrize(
    ("helpers", "start"),
    [
        ({"occurrence": 1}, 8),
        ({"occurrence": 2}, 24),
        ({"occurrence": 3}, None),
        ({"occurrence": 0}, None),
        ({"occurrence": -1}, None),
        ({"prefix": "met "}, 8),
        ({"suffix": " said"}, 24),
        ({"prefix": "\n", "suffix": " "}, 24),
        ({"prefix": "", "occurrence": 2}, 24),
        ({"prefix": "at "}, None),
        ({}, None),
    ],
)
def test_a_quote_is_placed_by_what_is_said_of_it(helpers, start):
    (found,) = anchored([Wanted(None, None, "Bo", **helpers)], OLD, revised=False)
    assert found.start == start
    assert (found.outcome is Outcome.LOST) == (start is None)


def test_without_a_quote_nothing_is_placed():
    (found,) = anchored([Wanted(None, None)], OLD, revised=False)
    assert found.reason == "it has neither offsets nor a quote"

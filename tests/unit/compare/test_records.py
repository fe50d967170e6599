from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_builder.compare.layers import Meaning
from dataset_builder.compare.records import Compared, compare_records
from dataset_builder.compare.revision import UNCHANGED, UNKNOWN
from dataset_builder.pipeline.comparing_articles import _aligned
from tests.unit.facts import SWAPPED

TEXT = "Ada met Ben by the mill and Ada left Ben there."
ENTITIES = Meaning(
    start="start", end="end", quote="quote", digest="digest", key="id", references={"same_as": ("entities",)}
)
QUOTES = Meaning(start="start", end="end", key="id", references={"speaker": ("entities",)})
RELATIONS = Meaning(key="id", references={"of": ("entities",), "to": ("entities",)})
TURNS = Meaning(start="start", end="end", key=None, members={"pauses": Meaning(start="start", end="end")})
MEANINGS = {"entities": ENTITIES, "quotes": QUOTES, "relations": RELATIONS, "turns": TURNS}


def entity(key, start, end, type_="person", same_as=None, text=TEXT):
    return {"id": key, "start": start, "end": end, "quote": text[start:end], "type": type_, "same_as": same_as}


def both(old, new, revision=UNCHANGED, **more):
    return Compared(
        article="x", annotator="ada", old=old, new=new, meanings=(MEANINGS, MEANINGS),
        revision=revision, digests=None, quotable=True, shifted=Counter(), **more,
    )  # fmt: skip


def changes(old, new, revision=UNCHANGED):
    return list(compare_records(both({"entities": old}, {"entities": new}, revision)))


def said(found):
    return [(each.kinds, each.old.key if each.old else None, each.new.key if each.new else None) for each in found]


A, B, C = entity("e1", 0, 3), entity("e2", 8, 11), entity("e3", 28, 31, same_as="e1")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([A, B], [B, A], []),
        ([A, B], [A], [(("removed",), "e2", None)]),
        ([A], [A, B], [(("added",), None, "e2")]),
        ([A], [entity("e1", 0, 7)], [(("moved",), "e1", "e1")]),
        ([A], [entity("e1", 19, 23)], [(("moved",), "e1", "e1")]),
        ([A], [entity("e1", 0, 3, "place")], [(("relabelled",), "e1", "e1")]),
        ([A], [entity("e1", 0, 7, "place")], [(("moved", "relabelled"), "e1", "e1")]),
        ([A], [entity("e9", 0, 3)], [(("rekeyed",), "e1", "e9")]),
        ([A], [entity("e9", 0, 7)], [(("moved", "rekeyed"), "e1", "e9")]),
        ([A, B, C], [A, B, {**C, "same_as": "e2"}], [(("re-referenced",), "e3", "e3")]),
    ],
)
def test_one_layer(old, new, expected):
    assert said(changes(old, new)) == expected


def test_keys_that_were_counted_anew_are_no_changes_of_labels():
    """The first item was deleted, and the others renumbered: keys are not stable, places are."""
    old = [entity("e1", 0, 3), entity("e2", 8, 11, "place"), entity("e3", 19, 23), entity("e4", 28, 31, same_as="e3")]
    new = [entity("e1", 8, 11, "place"), entity("e2", 19, 23), entity("e3", 28, 31, same_as="e2")]
    assert said(changes(old, new)) == [
        (("removed",), "e1", None),
        (("rekeyed",), "e2", "e1"),
        (("rekeyed",), "e3", "e2"),
        (("rekeyed",), "e4", "e3"),
    ]


def test_items_at_one_place_are_told_apart_by_what_they_say():
    old = [entity("e1", 0, 3, "person"), entity("e2", 0, 3, "place")]
    assert said(changes(old, [entity("e5", 0, 3, "place")])) == [(("removed",), "e1", None), (("rekeyed",), "e2", "e5")]


def test_the_largest_overlap_decides_where_keys_say_nothing():
    old = [entity("a", 0, 11), entity("b", 12, 20)]
    new = [entity("c", 10, 20), entity("d", 0, 9)]
    assert {each[1:] for each in said(changes(old, new))} == {("a", "d"), ("b", "c")}


def test_references_follow_keys_and_lead_elsewhere_when_keys_change_hands():
    quote = {"id": "q1", "start": 4, "end": 7, "speaker": "e1"}
    followed = both(
        {"entities": [A, B], "quotes": [quote]},
        {"entities": [{**A, "id": "e7"}, B], "quotes": [{**quote, "speaker": "e7"}]},
    )
    assert said(compare_records(followed)) == [(("rekeyed",), "e1", "e7")]
    exchanged = both(
        {"entities": [A, B], "quotes": [quote]},
        {"entities": [{**A, "id": "e2"}, {**B, "id": "e1"}], "quotes": [quote]},
    )
    assert ("re-referenced",) in [each.kinds for each in compare_records(exchanged)]


def test_keys_may_be_numbers():
    quote = {"id": 1, "start": 4, "end": 7, "speaker": 5}
    old = {"entities": [{**A, "id": 5}, B], "quotes": [quote]}
    followed = both(old, {"entities": [{**A, "id": 7}, B], "quotes": [{**quote, "speaker": 7}]})
    assert said(compare_records(followed)) == [(("rekeyed",), "5", "7")]
    misled = both(old, {"entities": [{**A, "id": 7}, B], "quotes": [quote]})
    assert [each.kinds for each in compare_records(misled)] == [("rekeyed",), ("re-referenced",)]


def test_items_without_a_place():
    one, two = {"id": "r1", "of": "e1", "to": "e2"}, {"id": "r2", "of": "e2", "to": "e1"}
    found = list(compare_records(both({"relations": [one]}, {"relations": [two]})))
    assert said(found) == [(("removed",), "r1", None), (("added",), None, "r2")]
    found = list(compare_records(both({"relations": [one]}, {"relations": [{**one, "to": "e3"}]})))
    assert said(found) == [(("re-referenced",), "r1", "r1")]
    found = list(compare_records(both({"relations": [one]}, {"relations": [{**one, "id": "r7"}]})))
    assert said(found) == [(("rekeyed",), "r1", "r7")]


def test_layers_within_layers():
    turn = {"start": 0, "end": 11, "pauses": [{"start": 3, "end": 4}, {"start": 7, "end": 8}]}
    fewer = {**turn, "pauses": [{"start": 3, "end": 4}]}
    (found,) = compare_records(both({"turns": [turn]}, {"turns": [fewer]}))
    assert (found.layer, found.kinds, found.old.span) == ("turns[].pauses", ("removed",), (7, 8))


def test_values_of_the_record():
    old, new = (
        {"labels": {"topic": "a", "slant": 1}, "notes": ["x"]},
        {"labels": {"topic": "b", "slant": 1}, "notes": []},
    )
    (found,) = compare_records(both(old, new))
    assert [(each.path, each.old, each.new) for each in found.changes] == [
        ("labels.topic", "a", "b"),
        ("notes", ["x"], []),
    ]


def test_the_digest_of_the_text_follows_the_text():
    found = replace(both({"text_sha256": "1"}, {"text_sha256": "2"}), digests=("1", "2"))
    assert not list(compare_records(found))
    assert list(compare_records(replace(found, digests=None)))


def test_a_shift_with_the_text_is_no_move():
    new_text = "Yesterday " + TEXT.replace("the mill", "an old mill")
    revision = _aligned(TEXT, new_text)
    moved = [{**each, "start": each["start"] + 10, "end": each["end"] + 10} for each in (A, B)]
    compared = both({"entities": [A, B, C]}, {"entities": [*moved, {**C, "start": 41, "end": 44}]}, revision)
    assert not list(compare_records(compared))
    assert compared.shifted == {"shifted": 3}


def test_what_stayed_behind_when_the_text_shifted_has_moved():
    revision = _aligned(TEXT, "Yesterday " + TEXT)
    (found,) = changes([B], [B], revision)
    assert found.kinds == ("moved",)


def test_where_the_texts_are_not_here_offsets_are_taken_as_they_are():
    assert not changes([A], [A], UNKNOWN)
    assert said(changes([A], [entity("e1", 1, 4)], UNKNOWN)) == [(("moved",), "e1", "e1")]


def test_what_may_not_be_shown_is_not_shown():
    hidden = replace(
        both({"entities": [A]}, {"entities": [{**A, "quote": None, "digest": "d", "type": "place"}]}), quotable=False
    )
    (found,) = compare_records(hidden)
    assert (found.old.quote, found.new.quote) == (None, None)
    assert [each.path for each in found.changes] == ["type"]


NESTED = {
    "labels": Meaning(members={"evidence": Meaning(start="start", end="end", quote="quote", key="id")}),
    "turns": Meaning(
        start="start",
        end="end",
        members={"in": Meaning(members={"pauses": Meaning(start="start", end="end", quote="quote")})},
    ),
}
EVIDENCE = {"id": "v1", "start": 0, "end": 3, "quote": "Ada"}


def nested(old, new, *, quotable=True):
    return list(compare_records(replace(both(old, new), meanings=(NESTED, NESTED), quotable=quotable)))


def test_layers_within_objects_are_found():
    old = {"labels": {"topic": "a", "evidence": [EVIDENCE]}}
    new = {"labels": {"topic": "b", "evidence": [{**EVIDENCE, "end": 7, "quote": "Ada met"}]}}
    assert [(each.layer, each.kinds) for each in nested(old, new)] == [
        ("", ("relabelled",)),
        ("labels.evidence", ("moved",)),
    ]
    turn = {"start": 0, "end": 9, "in": {"tone": "a", "pauses": [{"start": 3, "end": 4, "quote": " "}]}}
    fewer = {**turn, "in": {"tone": "b", "pauses": []}}
    assert [(each.layer, each.kinds) for each in nested({"turns": [turn]}, {"turns": [fewer]})] == [
        ("turns", ("relabelled",)),
        ("turns[].in.pauses", ("removed",)),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"labels": {"evidence": [EVIDENCE]}}, {"labels": None}),
        (
            {"labels": {"evidence": [EVIDENCE]}},
            {"labels": {"evidence": [{**EVIDENCE, "quote": None}, {**EVIDENCE, "id": "v2"}]}},
        ),
        ({"map": [{"key": "k", "value": EVIDENCE}]}, {"map": [{"key": "k", "value": {**EVIDENCE, "quote": None}}]}),
        ({"rows": [[EVIDENCE]]}, {"rows": []}),
        ({"words": "Ada"}, {"words": None}),
    ],
)
def test_nothing_of_a_withdrawn_text_is_shown_whatever_holds_it(old, new):
    found = nested(old, new, quotable=False)
    assert found
    assert "Ada" not in repr(found)


# For all records


def spans_of(text):
    return st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(lambda pair: (min(pair), max(pair)))


@st.composite
def layers(draw, text):
    keys = draw(st.lists(st.sampled_from(["e1", "e2", "e3", "e4", "e5", "e6"]), unique=True, max_size=6))
    return [
        entity(key, *draw(spans_of(text)), draw(st.sampled_from("ab")), draw(st.none() | st.sampled_from(keys)), text)
        for key in keys
    ]


TEXTS = st.lists(st.sampled_from(["Ada", "met", "Ben", "by", "the", "mill", "🎪"]), max_size=8).map(" ".join)


def seen(found, *, swapped=False):
    def fact(each):
        sides = [(item.key, item.span) if item else None for item in (each.old, each.new)]
        kinds = tuple(SWAPPED.get(kind, kind) if swapped else kind for kind in each.kinds)
        values = [
            (change.path, *((change.new, change.old) if swapped else (change.old, change.new)))
            for change in each.changes
        ]
        return kinds, *(sides[::-1] if swapped else sides), values

    return sorted(map(repr, map(fact, found)))


@settings(deadline=None)
@given(st.data(), st.booleans())
def test_both_ways_say_the_same_and_every_item_is_accounted_for(data, revised):
    text = data.draw(TEXTS)
    new_text = data.draw(TEXTS) if revised else text
    old, new = data.draw(layers(text)), data.draw(layers(new_text))
    forth = changes(old, new, _aligned(text, new_text) if new_text != text else UNCHANGED)
    back = changes(new, old, _aligned(new_text, text) if new_text != text else UNCHANGED)
    assert seen(forth) == seen(back, swapped=True)
    gone, come = (sum(each.kinds == (kind,) for each in forth) for kind in ("removed", "added"))
    assert len(old) - gone == len(new) - come
    assert not changes(old, old)

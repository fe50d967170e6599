from dataclasses import replace
from hashlib import sha256
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataset_builder.check.rule import Looks
from dataset_builder.check.runner import run

TEXT = "Ada met Bo at the mill.\n"


def span(start, end, **more):
    return {"id": f"s{start}-{end}", "start": start, "end": end, **more}


def codes(view):
    return sorted({found.code for found in run(Looks.AT_RECORD, view)})


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 3, []),
        (0, 23, []),
        (22, 23, []),
        (0, 24, ["SPN011"]),
        (23, 24, ["SPN011"]),
        (0, 25, ["SPN001"]),
        (24, 25, ["SPN001"]),
        (-1, 3, ["SPN001"]),
        (3, -1, ["SPN001", "SPN002"]),
        (3, 3, ["SPN002"]),
        (3, 0, ["SPN002"]),
        (10**18, 3, ["SPN001", "SPN002"]),
    ],
)
def test_ranges(record_view, start, end, expected):
    quote = TEXT[start:end] if 0 <= start < end else "Ada"
    assert codes(record_view({"nested": [span(start, end, quote=quote)]}, TEXT)) == expected


@pytest.mark.parametrize("start", ["0", 0.0, True, None, [], {}])
def test_offsets_of_other_types_are_the_schemas_affair(record_view, start):
    view = record_view({"nested": [{"id": "a", "start": start, "end": 3, "quote": "Bo"}]}, TEXT)
    assert codes(view) in (["SCH101"], ["SCH203"])


@pytest.mark.parametrize(
    ("text", "start", "end", "quote", "hint"),
    [
        (
            "The ferry 🌊 leaves.",
            13,
            19,
            "leaves",
            "the quote stands at 12..18; the offsets seem to count UTF-16 units",
        ),
        ("Der Fährmann geht.", 14, 18, "geht", "the quote stands at 13..17; the offsets seem to count bytes"),
        ("one two two", 0, 3, "two", "the quote stands at several places, first at 4..7"),
        ("one two", 0, 3, "six", "the quote doesn't stand in the text as it is stored"),
        ("cafe\u0301 au lait", 0, 5, "caf\u00e9", "they differ in Unicode normalisation alone"),
        ("one\ntwo", 0, 7, "one two", "they differ in white space alone"),
        ("one two", 0, 3, "", "an empty quote covers nothing"),
        ("one two", 1, 3, "one", "the quote stands at 0..3"),
    ],
)
def test_a_quote_that_differs_is_looked_for(record_view, text, start, end, quote, hint):
    (found,) = run(Looks.AT_RECORD, record_view({"nested": [span(start, end, quote=quote)]}, text))
    assert found.code == "SPN003"
    assert found.help.startswith(hint)


def test_looking_for_quotes_ends_when_it_costs_too_much(record_view):
    text = "ä" + "a" * 1_000_000
    view = record_view({"nested": [span(0, 2 + index, quote=f"b{index}") for index in range(30)]}, text)
    hints = {found.help for found in run(Looks.AT_RECORD, view) if found.code == "SPN003"}
    assert hints == {
        "the quote doesn't stand in the text as it is stored",
        "where the quote stands was not looked for: too many others differ",
    }


def test_a_quote_and_a_digest_are_both_checked(record_view):
    digest = sha256(b"Ada").hexdigest()
    assert codes(record_view({"nested": [span(0, 3, quote="Ada", digest=digest)]}, TEXT)) == []
    assert codes(record_view({"nested": [span(0, 3, quote="Ada", digest="0" * 64)]}, TEXT)) == ["SPN004"]
    (found,) = run(Looks.AT_RECORD, record_view({"nested": [span(0, 3, digest=digest.upper())]}, TEXT))
    assert (found.code, found.help) == ("SPN004", "write the digest in lower case")


def test_nothing_but_ranges_is_checked_while_the_text_is_absent(record_view):
    record = {"nested": [span(0, 3, digest="0" * 64), span(20, 25, digest="0" * 64)]}
    assert codes(record_view(record, TEXT, withheld=True, present=False)) == ["SPN001"]


def test_an_unanchored_span_says_what_it_covers(record_view):
    (found,) = run(Looks.AT_RECORD, record_view({"nested": [span(0, 3)]}, TEXT))
    assert (found.code, found.help) == ("SPN007", 'it covers "Ada"')


SECRET = "Dee keeps the key in a jar."


@pytest.mark.parametrize("present", [True, False])
@pytest.mark.parametrize(
    "record",
    [
        {"nested": [span(0, 3)]},
        {"nested": [span(0, 9, quote="Dee keeps")]},
        {"nested": [span(4, 9, quote="Dee keeps the key")]},
        {"nested": [span(4, 9, quote="keeps", digest="0" * 64)]},
        {"nested": [span(4, 90, quote="keeps the")]},
        {"nested": [span("4", 9, quote="keeps the key")]},
        {"nested": [span(4, 9, quote=["keeps the key"])]},
        {"nested": [span(0, 9, quote="Dee keeps", label="Dee keeps the key")]},
        {"nested": [span(0, 9, quote="Dee keeps", note="Dee keeps the key")]},
        {"nested": [span(0, 9, quote="Dee keeps"), span(4, 14, quote="keeps the")]},
        {"nested": ["Dee keeps the key"], "apart": "Dee keeps the key"},
        {"text_sha256": "Dee keeps the key"},
    ],
)
def test_nothing_of_a_withheld_text_is_shown(record_view, record, present):
    found = list(run(Looks.AT_RECORD, record_view(record, SECRET, withheld=True, present=present)))
    assert found
    words = ("Dee", "keeps", "key", "jar")
    said = [f"{each.message} {each.help} {[place.note for place in each.related]}" for each in found]
    assert not [line for line in said if any(word in line.replace("keys", "") for word in words)]


RANGES = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), max_size=12)


def overlap(one, other):
    return one[0] < other[1] and other[0] < one[1]


def nest(one, other):
    return (one[0] <= other[0] and other[1] <= one[1]) or (other[0] <= one[0] and one[1] <= other[1])


@given(RANGES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_overlaps_are_found_just_where_there_are_some(record_view, ranges):
    ranges = [(start, start + length) for start, length in ranges]
    text = "abcdefghijklmnopqrstuvwxyz"
    items = [{"id": str(index), "start": a, "end": b, "quote": text[a:b]} for index, (a, b) in enumerate(ranges)]
    pairs = list(combinations(ranges, 2))
    assert ("SPN005" in codes(record_view({"apart": items}, text))) == any(overlap(*pair) for pair in pairs)
    crossing = any(overlap(*pair) and not nest(*pair) for pair in pairs)
    assert ("SPN006" in codes(record_view({"nested": items}, text))) == crossing


def test_spans_of_different_arrays_may_cross(record_view):
    record = {"nested": [span(0, 7, quote="Ada met")], "apart": [span(4, 10, quote="met Bo")]}
    assert codes(record_view(record, TEXT)) == []


def test_keys_are_unique_within_an_array(record_view):
    twice = {"nested": [{"id": "a", "start": 0, "end": 3, "quote": "Ada"}] * 2}
    assert codes(record_view(twice, TEXT)) == ["REF002", "SPN010"]
    once_each = {"nested": twice["nested"][:1], "apart": twice["nested"][:1]}
    assert codes(record_view(once_each, TEXT)) == []


@pytest.mark.parametrize(
    "written",
    [
        '"start": 0, "end": 99999999999999999999, "quote": "Ada"',
        '"start": -99999999999999999999, "end": 3, "quote": "Ada"',
        r'"start": 0, "end": 3, "quote": "Ad\ud83c"',
        r'"start": 0, "end": 3, "digest": "\ud83c"',
    ],
)
def test_misread_offsets_quotes_and_digests_are_left_alone(record_view, written):
    record = f'{{"article": "mill", "nested": [{{"id": "s1", {written}}}]}}'
    assert codes(record_view(record.encode())) == []


def test_misread_names_name_nothing(record_view):
    record = rb'{"article": "mill\ud83c", "annotator": "ada", "text_sha256": "\ud83c"}'
    view = replace(record_view(record), stem="mill")
    assert codes(view) == []

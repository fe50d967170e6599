import json
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataset_builder.check.rule import Looks
from dataset_builder.check.runner import run
from dataset_builder.check.units import Stated, find_conversion
from dataset_builder.mend.edits import changed, choose, locate
from dataset_builder.model.span import Lines
from dataset_builder.model.unit import Unit, natural_units

TEXT = st.text(st.sampled_from("ab \né🌊水"), min_size=1, max_size=40)
COUNTED = {
    "utf-16": lambda head: len(head.encode("utf-16-le")) // 2,
    "utf-8": lambda head: len(head.encode()),
    "two": lambda head: len(head) + head.count("\n"),
    "from 1": lambda head: len(head) + 1,
    "far off": lambda head: len(head) - 7,
    "bytes and line ends": lambda head: len(head.encode()) + head.count("\n"),
}
WITHOUT = {
    "mark": lambda head: len(head.removeprefix("\ufeff")),
    "mark and bytes": lambda head: len(head.removeprefix("\ufeff").encode()),
    "one": lambda head: len(head.replace("\r\n", "\n")),
    "one and utf-16": lambda head: len(head.replace("\r\n", "\n").encode("utf-16-le")) // 2,
}


@st.composite
def texts_and_spans(draw, texts=TEXT):
    text = draw(texts)
    spans = []
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(text) - 1))
        spans.append((start, draw(st.integers(start + 1, min(start + 8, len(text))))))
    return text, spans


def recounted(text, spans, counted):
    return [(counted(text[:start]), counted(text[:end])) for start, end in spans]


@settings(max_examples=300, deadline=None)
@given(texts_and_spans(), st.sampled_from(sorted(COUNTED)))
def test_a_conversion_leads_back_to_where_spans_were(drawn, unit):
    text, spans = drawn
    check_conversion(text, spans, COUNTED[unit])


@settings(max_examples=300, deadline=None)
@given(texts_and_spans(TEXT.map(lambda text: "\ufeff" + text.replace("\n", "\r\n"))), st.sampled_from(sorted(WITHOUT)))
def test_a_conversion_minds_marks_and_line_ends(drawn, unit):
    text, spans = drawn
    check_conversion(text, spans, WITHOUT[unit])


def check_conversion(text, spans, counted):
    said = recounted(text, spans, counted)
    stated = [Stated(start, end, text[a:b]) for (start, end), (a, b) in zip(said, spans, strict=True)]
    if all(each.fits(text, each.start, each.end) for each in stated):
        return
    found = find_conversion(stated, text)
    if found is not None:
        for each in stated:
            assert each.fits(text, *found.targets[each.start, each.end])
    told = [each for each in stated if text.find(each.quote) == text.rfind(each.quote)]
    moved = [each for each in told if not each.fits(text, each.start, each.end)]
    if found is not None and moved:
        for each, (a, b) in zip(stated, spans, strict=True):
            if each in told:
                assert found.targets[each.start, each.end] == (a, b)


def test_ambiguous_quotes_are_decided_by_the_others():
    text = "🌊 Bo met Bo, and Bo left the café. 🌊 Bo."
    spans = [(2, 4), (9, 11), (17, 19), (20, 24), (37, 39)]
    for counted in (COUNTED["utf-16"], COUNTED["utf-8"], COUNTED["from 1"], COUNTED["far off"]):
        said = recounted(text, spans, counted)
        stated = [Stated(start, end, text[a:b]) for (start, end), (a, b) in zip(said, spans, strict=True)]
        found = find_conversion(stated, text)
        assert [found.targets[each.start, each.end] for each in stated] == spans


def test_one_span_that_is_ambiguous_proves_no_conversion():
    assert find_conversion([Stated(6, 8, "Bo")], "🌊 Bo Bo Bo") is None
    assert find_conversion([Stated(5, 7, "Bo")], "🌊 Bo Bo Bo") is None


def test_a_digest_bears_a_conversion_out_as_well():
    text = "🌊 Bo"
    found = find_conversion([Stated(3, 5, None, sha256(b"Bo").hexdigest())], text)
    assert found.targets == {(3, 5): (2, 4)}


def test_what_cannot_be_verified_must_stay():
    text = "🌊 Ada met Bo"
    stated = [Stated(3, 6, "Ada"), Stated(7, 10, "met")]
    assert find_conversion(stated, text) is not None
    assert find_conversion([*stated, Stated(11, 13)], text) is None
    assert find_conversion([*stated, Stated(0, 0)], text) is not None


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        (Unit(encoding="utf-8"), "bytes"),
        (Unit(ends="one", encoding="utf-16-le"), "UTF-16 units, as JavaScript and Java do and CR LF as one character"),
        (Unit(mark=-1), "no byte order mark"),
    ],
)
def test_units_have_names(unit, name):
    assert unit.name == name


def test_only_units_that_make_a_difference_are_tried():
    assert [unit.name for unit in natural_units("plain")] == [Unit(mark=1).name]
    assert Unit(encoding="utf-8") in natural_units("é")
    assert Unit(encoding="utf-16-le") not in natural_units("é")
    assert Unit(encoding="utf-8").code_points("é", [0, 1, 2, 3]) == {0: 0, 1: None, 2: 1, 3: None}


# Through the rules


def mended(view):
    """The text of a record with all fixes of its findings."""
    found = list(run(Looks.AT_RECORD, view))
    text = view.document.text
    fixes = [locate(finding.fix, Lines(text)) for finding in found if finding.fix]
    return found, changed(text, choose(fixes)[1])


def record_of(text, spans, stated, **more):
    items = [
        {"id": f"s{index}", "start": start, "end": end, "quote": text[a:b]} | more
        for index, ((start, end), (a, b)) in enumerate(zip(stated, spans, strict=True))
    ]
    return {"article": "mill", "nested": items}


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.permutations(["Ada 🌊", "met", "Bo", "at", "the café", "and", "the mill"]), st.sampled_from(sorted(COUNTED)))
def test_fixing_gives_the_same_bytes_as_if_nothing_had_been_wrong(record_view, words, unit):
    text = " ".join(words) + ".\nBo and the others said so.\n"
    spans = [(text.index(word), text.index(word) + len(word)) for word in words]
    spans.append((text.rindex("Bo"), text.rindex("Bo") + 2))
    clean = record_of(text, spans, spans)
    wrong = record_of(text, spans, recounted(text, spans, COUNTED[unit]))
    found, result = mended(record_view(wrong, text))
    assert found or wrong == clean
    assert result == json.dumps(clean)
    assert mended(record_view(json.loads(result), text))[1] == result


def test_a_quote_that_stands_once_says_where_its_span_is(record_view):
    view = record_view({"nested": [{"id": "a", "start": 1, "end": 4, "quote": "Bo"}]})
    assert json.loads(mended(view)[1])["nested"][0]["start"] == 8


@pytest.mark.parametrize(
    "record",
    [
        {"nested": [{"id": "a", "start": 1, "end": 3, "quote": "Ada", "digest": "0" * 64}]},
        {"text_sha256": "0" * 64, "nested": [{"id": "a", "start": 1, "end": 4, "quote": "Ada"}]},
        {
            "nested": [
                {"id": "a", "start": 1, "end": 4, "quote": "Ada"},
                {"id": "b", "start": 0, "end": 3, "quote": "Ada", "note": "a"},
            ]
        },
        {"nested": [{"id": "a", "start": 1, "end": 4, "quote": "Ada"}, {"id": "b", "start": 5, "end": 7}]},
        {"nested": [{"id": "a", "start": 0, "end": 3, "quote": "e"}]},
        {"nested": [{"id": "a", "start": 0, "end": 3, "quote": "no"}]},
        {
            "nested": [
                {"id": "a", "start": 1, "end": 3, "quote": "at"},
                {"id": "b", "start": 3, "end": 8, "quote": "river"},
                {"id": "c", "start": 9, "end": 14, "quote": "other"},
            ]
        },
        b'{"nested": [{"id": "a", "start": 1, "start": 2, "end": 4, "quote": "Ada"}]}',
    ],
)
def test_what_leaves_a_doubt_is_not_fixed(record_view, record):
    found = list(run(Looks.AT_RECORD, record_view(record)))
    assert found
    assert not [finding.fix for finding in found if finding.fix]


@pytest.mark.parametrize(
    ("text", "span", "hint"),
    [
        ("One two.", (0, 3, "one"), "they differ in case alone"),
        ("a\r\nb\r\nc d", (4, 5, "c"), "the quote stands at 6..7; the offsets seem to count CR LF as one character"),
        ("\ufeffone two", (0, 3, "one"), "the quote stands at 1..4; the offsets seem to count no byte order mark"),
    ],
)
def test_a_reason_is_found(record_view, text, span, hint):
    start, end, quote = span
    view = record_view({"nested": [{"id": "a", "start": start, "end": end, "quote": quote}]}, text)
    (found,) = (found for found in run(Looks.AT_RECORD, view) if found.code == "SPN003")
    assert found.help.startswith(hint)


def test_offsets_that_are_off_by_one_number_are_said_to_be(record_view):
    quotes = {"Ada": 0, "met": 4, "Bo": 8}
    items = [{"id": q, "start": at + 3, "end": at + 3 + len(q), "quote": q} for q, at in quotes.items()]
    found = [found for found in run(Looks.AT_RECORD, record_view({"nested": items})) if found.code == "SPN003"]
    assert {each.help.partition("; ")[2] for each in found} == {"the offsets seem to be off by 3: they are too large"}
    items = [{"id": q, "start": at, "end": at + len(q) - 1, "quote": q} for q, at in quotes.items()]
    found = list(run(Looks.AT_RECORD, record_view({"nested": items})))
    assert {each.help.partition("; ")[2] for each in found} == {
        "the ends seem to be those of the last character, rather than behind it"
    }


def test_a_revised_text_is_said_to_be(record_view):
    record = {"text_sha256": "0" * 64, "nested": [{"id": "a", "start": 1, "end": 4, "quote": "Ada"}]}
    found = {each.code: each.help for each in run(Looks.AT_RECORD, record_view(record))}
    assert "the text was revised" in found["SPN003"]
    assert "`dataset-builder anchor`" in found["SPN003"]
    assert "`dataset-builder anchor`" in found["SPN008"]


def test_searching_for_units_ends_when_it_costs_too_much(record_view):
    text = "é" + "a" * 600_000 + " Bo and Cy"
    items = [{"id": str(at), "start": at, "end": at + 2, "quote": "Bo"} for at in range(1, 40)]
    fixes = [
        found.fix for found in run(Looks.AT_RECORD, record_view({"nested": items}, text)) if found.code == "SPN003"
    ]
    assert len(fixes) == 39


def test_duplicates_are_taken_out_unless_something_refers_to_them(record_view):
    item = {"id": "a", "start": 0, "end": 3, "quote": "Ada"}
    for count in (2, 3):
        items = [item | {"id": f"a{index}"} for index in range(count)]
        found, text = mended(record_view({"nested": items}))
        assert [each.code for each in found] == ["SPN010"] * (count - 1)
        assert json.loads(text) == {"nested": items[:1]}
    assert not list(run(Looks.AT_RECORD, record_view({"nested": [item, item | {"id": "b", "note": "x"}]})))

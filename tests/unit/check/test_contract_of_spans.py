"""The fast path's contract for spans and references: what is proven clean, no rule has anything to say of."""

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dataset_builder.check.chains import cycles
from dataset_builder.check.passages import Text
from dataset_builder.check.prove import Prover
from dataset_builder.check.rule import Looks
from dataset_builder.check.runner import report_flaws, run
from dataset_builder.check.view import RecordView
from dataset_builder.model.project import Limits
from dataset_builder.read.json import no_duplicate_keys
from tests.unit.check.conftest import document_of, schema_set
from tests.unit.check.test_characters import TEXTS

SPAN = {
    "type": "object",
    "required": ["id", "start", "end"],
    "x-span": {"start": "start", "end": "end", "quote": "quote"},
    "properties": {
        "id": {"type": "string"},
        "start": {"type": "integer"},
        "end": {"type": "integer"},
        "quote": {"type": "string"},
        "label": {"enum": ["a", "b"]},
        "same_as": {"type": ["string", "null"], "x-ref": ["free", "ordered"]},
        "parent": {"type": "string", "x-ref": "free"},
    },
}
PIECES = {"type": "array", "x-overlap": "ordered", "items": {**SPAN, "required": ["start", "end"]}}
POLICIES = {"free": "allow", "nested": "nest", "apart": "forbid", "ordered": "ordered"}
LAYERS = {name: {"type": "array", "x-key": "id", "x-overlap": each, "items": SPAN} for name, each in POLICIES.items()}
LAYERS["free"] = {**LAYERS["free"], "items": {**SPAN, "properties": {**SPAN["properties"], "pieces": PIECES}}}
SCHEMA = schema_set(annotation={"type": "object", "properties": LAYERS}).annotations


PROVER = Prover(SCHEMA, Limits(), no_duplicate_keys)


def is_proven(record, text, by=PROVER):
    data = json.dumps(record).encode()
    assert by.is_valid(record, data)
    return by.are_sound(by.batch([record]), [data], [Text(text, len(text), sha256(text.encode()).hexdigest())])


@pytest.fixture
def codes(project, article_view):
    """What the rules say of a record on a text: all of them, and just the same those that the proof leaves a say."""

    def codes(record, text):
        document = document_of(record)
        metadata = {"rights": {"license": "MIT", "text": "included"}}
        view = RecordView(
            project=project,
            schema=SCHEMA,
            document=document,
            annotator="ada",
            article=article_view(text, metadata),
            known_articles=frozenset({"mill"}),
        )
        found = list(run(Looks.AT_RECORD, view))
        settled = PROVER.settled(record, json.dumps(record).encode(), Text(text, len(text), ""))
        assert list(run(Looks.AT_RECORD, replace(view, settled=settled))) == found
        return {found.code for found in [*report_flaws(document), *found]}

    return codes


def span(text, start, end, id_="s", **more):
    return {"id": id_, "start": start, "end": end, "quote": text[start:end], **more}


@st.composite
def spans(draw, text, layer):
    found = []
    for index in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text) - 1))
        item = span(text, start, draw(st.integers(start + 1, len(text))), draw(st.sampled_from("stuv")) + str(index))
        if draw(st.integers(0, 5)) == 0:
            item["same_as"] = draw(st.sampled_from(["s0", "t1", "u2", "s1", "v0", None]))
        if draw(st.integers(0, 5)) == 0:
            item["parent"] = draw(st.sampled_from(["s0", "t1", "u2", "s1"]))
        if layer == "free" and draw(st.integers(0, 5)) == 0:
            item["pieces"] = [span(text, start, start + 1), span(text, 0, 1)][draw(st.integers(-1, 1)) :]
        found.append(item)
    if draw(st.booleans()):
        found.sort(key=lambda item: item["start"])
    return found + [dict(item) for item in found[: draw(st.integers(-4, 1))]]


@st.composite
def records(draw):
    text = draw(TEXTS.filter(bool) | st.text("ab e\u0301.", min_size=1, max_size=9))
    layers = draw(st.lists(st.sampled_from(list(POLICIES)), max_size=2, unique=True))
    return {layer: draw(spans(text, layer)) for layer in layers}, text


@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(records())
@example(({"free": [span("a\r\nb", 0, 2)]}, "a\r\nb"))
@example(({"free": [span("a\r", 0, 2)]}, "a\r"))
@example(({"free": [span("\u0301", 0, 1)]}, "\u0301"))
def test_what_is_proven_clean_is(codes, made):
    record, text = made
    found = codes(record, text)
    if is_proven(record, text):
        assert found == set()


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(records(), min_size=2, max_size=3))
def test_records_are_proven_together_as_they_are_apart(several):
    batch, texts = PROVER.batch([record for record, _ in several]), [text for _, text in several]
    anchors = [Text(text, len(text), sha256(text.encode()).hexdigest()) for text in texts]
    together = PROVER.are_sound(batch, [json.dumps(record).encode() for record, _ in several], anchors)
    assert together == all(is_proven(*each) for each in several)


def test_what_is_absent_bounds_offsets_by_its_length():
    schema = {**SPAN, "required": ["start", "end"], "x-span": {**SPAN["x-span"], "digest": "sha256"}}
    schema = {**schema, "properties": {**SPAN["properties"], "sha256": {"type": "string"}}}
    layers = {"type": "object", "properties": {"free": {"type": "array", "items": schema}}}
    prover = Prover(schema_set(annotation=layers).annotations, Limits(), no_duplicate_keys)

    def is_sound(*pairs):
        found = [{"start": start, "end": end, "sha256": "0" * 64} for start, end in pairs]
        data = json.dumps({"free": found}).encode()
        return prover.are_sound(prover.batch([{"free": found}] * 2), [data] * 2, [Text(None, 9, ""), Text(None, 5, "")])

    assert is_sound((0, 5), (1, 2))
    assert not is_sound((0, 6))
    assert not is_sound((2**70, 2**70 + 1))


ORDINARY = {
    "English": "“Well,” said Ada — the miller’s daughter — “it’s late; 50% of us aren’t here…” 👍🏽 She left. 🇫🇷",
    "French": "« L’été, à Nîmes », dit-elle ; c’était l’œuvre d’Éloïse.",
    "German": "Die „Größe“ der Straße überrascht Müller-Lüdenscheidt.",
    "Russian": "— «Да», — сказал Фёдор Иванович, и ушёл в 1999 году.",
    "Greek": "Η Αθήνα είναι η πρωτεύουσα της Ελλάδας.",
    "Vietnamese": "Hà Nội là thủ đô của nước Việt Nam.",
    "Hindi": "दिल्ली भारत की राजधानी है। वह हिन्दी बोलती है।",
    "Arabic": "قالت سلمى: «إنّ القاهرة مدينةٌ كبيرة».",
    "Hebrew": "ירושלים היא עיר גדולה.",
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_words_of_ordinary_texts_are_proven(codes, text):
    words, start = [], 0
    for index, word in enumerate(text.split(" ")):
        words.append(span(text, start, start + len(word), f"w{index}"))
        start += len(word) + 1
    assert is_proven({"free": words, "apart": words, "ordered": words}, text)
    assert codes({"free": words, "apart": words, "ordered": words}, text) == set()


@pytest.mark.parametrize("text", ["東京都は日本の首都です。１２月", "대한민국의 수도는 서울이다.", "ประเทศไทย"])
def test_any_stretch_of_what_has_no_spaces_is_proven(codes, text):
    record = {"free": [span(text, 0, 3, "a"), span(text, 2, 5, "b")]}
    assert is_proven(record, text)
    assert codes(record, text) == set()


@pytest.mark.parametrize(
    ("code", "record"),
    [
        ("SPN010", {"free": [span("Ada met Bo", 0, 3, "a"), span("Ada met Bo", 0, 3, "b")]}),
        ("SPN011", {"free": [span("Ada met Bo", 0, 4)]}),
        ("SPN012", {"free": [span("Ada met Bo", 0, 2)]}),
        ("SPN013", {"free": [span("Ada met Bo\u0301", 8, 10)]}),
        (
            "REF011",
            {
                "free": [
                    span("Ada met Bo", 0, 3, "a", same_as="b"),
                    span("Ada met Bo", 4, 7, "b", same_as="a"),
                ]
            },
        ),
    ],
)
def test_what_a_rule_reports_is_not_proven(codes, code, record):
    text = "Ada met Bo\u0301"
    assert codes(record, text) == {code}
    assert not is_proven(record, text)


def test_spans_of_one_passage_that_say_different_things_are_proven():
    record = {"free": [span("Ada", 0, 3, "a", label="a"), span("Ada", 0, 3, "b", label="b")]}
    assert is_proven(record, "Ada")


@pytest.mark.parametrize(("pairs", "proven"), [([(0, 3), (4, 7)], True), ([(4, 7), (0, 3)], False)])
def test_pieces_stand_in_the_order_of_the_text(codes, pairs, proven):
    text = "Ada met Bo"
    whole = span(text, 0, 7, "w", pieces=[span(text, *pair) for pair in pairs])
    assert is_proven({"free": [whole]}, text) is proven
    assert codes({"free": [whole]}, text) == (set() if proven else {"SPN014"})


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 9), max_size=10))
def test_circles_are_found_once_each(follows):
    found = [tuple(circle) for circle in cycles(follows)]
    inside = set()
    for item in follows:
        step = follows[item]
        for _ in range(len(follows)):
            if step == item:
                inside.add(item)
            step = follows.get(step)
    assert sorted(item for circle in found for item in circle) == sorted(inside)
    for circle in found:
        assert [follows[item] for item in circle] == [*circle[1:], circle[0]]

"""What must hold of labels whatever the text, the spans and the tokenizer."""

import itertools

import datasets
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dataset_builder import UsageError, to_spans, to_tokens
from dataset_builder.training.windows import KINDS
from tests.unit.training.cutters import KINDS as TOKENIZERS
from tests.unit.training.cutters import cutter
from tests.unit.training.tables import LABELS, table

SCHEMES = ("IO", "IOB1", "BIO", "IOBES", "BILOU")
SEPARATING = SCHEMES[1:]
BITS = [
    "Ada",
    "met",
    "Bo",
    " ",
    "  ",
    "\n",
    ".",
    ",",
    "é",
    "e\u0301",
    "ﬁ",
    "𝔘",
    "😀",
    "👩\u200d🚀",
    "東京",
    "ß",
    "\u200b",
]
TEXTS = st.lists(st.sampled_from([*BITS, "naïve", "\u0323", "\x07", "[SEP]", "–"]), min_size=1, max_size=14).map(
    "".join
)
settings.register_profile("tokens", deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
TOKENS = settings.get_profile("tokens")


@pytest.fixture(autouse=True, scope="module")
def quiet():
    """No progress bars, and no fingerprints: to hash tables of three rows takes half of the time that labels take.

    What fingerprints are good for is tested in `test_cases.py`.
    """

    def any_fingerprint(*_):
        return datasets.fingerprint.generate_random_fingerprint()

    datasets.disable_progress_bars()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("datasets.arrow_dataset.generate_fingerprint", any_fingerprint)
        patch.setattr("datasets.arrow_dataset.update_fingerprint", any_fingerprint)
        patch.setattr("datasets.fingerprint.update_fingerprint", any_fingerprint)
        yield
    datasets.enable_progress_bars()


@st.composite
def annotated(draw, size=6, least=0):
    """A text and spans of it: nested, crossing, equal, of characters that no token has."""
    text = draw(TEXTS)
    edges = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda pair: pair[0] != pair[1])
    spans = draw(st.lists(st.tuples(edges, st.sampled_from(LABELS)), min_size=least, max_size=size))
    return text, [(min(pair), max(pair), label) for pair, label in spans]


def rows(part):
    return [{**row, "kind": KINDS[row["kind"]]} for row in part]


def decoded(windows):
    return spans_of(to_spans(windows))


def spans_of(read):
    return {(row["article"], row["start"], row["end"], row["label"]) for row in read}


@TOKENS
@pytest.mark.parametrize("kind", TOKENIZERS)
@given(
    st.lists(annotated(), min_size=1, max_size=3),
    st.sampled_from(SCHEMES),
    st.sampled_from(["expand", "contract"]),
    st.sampled_from(["outermost", "innermost", "levels"]),
    st.sampled_from([(None, 0), (5, 0), (5, 2), (12, 4)]),
)
def test_every_span_is_in_the_labels_as_it_is_or_in_the_report(kind, articles, scheme, policy, nesting, windows):
    size, stride = windows
    found = to_tokens(
        table(*articles), cutter(kind), "entities",
        scheme=scheme, policy=policy, nesting=nesting, max_length=size, stride=stride,
    )  # fmt: skip
    spans, report = decoded(found.windows), rows(found.report)
    told = {(row["article"], row["span"]) for row in report if row["kind"] != "cut"}
    moved = {
        (row["article"], row["new_start"], row["new_end"], row["label"]) for row in report if row["kind"] == "moved"
    }
    asked = set()
    for number, (_, own) in enumerate(articles):
        for index, (start, end, label) in enumerate(own):
            asked.add((f"a{number}", start, end, label))
            held = (f"a{number}", start, end, label) in spans
            assert held or (f"a{number}", f"e{index}") in told, (start, end, label)
    if scheme != "IO":
        assert spans <= asked | moved  # and nothing is in the labels that no span is the reason for
    changed = {(row["article"], row["start"], row["end"], row["label"]) for row in report if row["kind"] == "moved"}
    lost = {"covered", "unheld", "no-token", "merged"}
    left_out = {(row["article"], row["span"]) for row in report if row["kind"] in lost}
    for number, (_, own) in enumerate(articles):
        for index, (start, end, label) in enumerate(own):
            key = (f"a{number}", start, end, label)
            if key in changed and (f"a{number}", f"e{index}") not in left_out:
                row = next(
                    row for row in report
                    if row["kind"] == "moved" and (row["article"], row["span"]) == (f"a{number}", f"e{index}")
                )  # fmt: skip
                assert (f"a{number}", row["new_start"], row["new_end"], label) in spans


@TOKENS
@pytest.mark.parametrize("kind", TOKENIZERS)
@given(TEXTS, st.data())
def test_spans_on_edges_of_tokens_that_share_none_come_back_just_as_they_are(kind, text, data):
    places = [
        tuple(place) for place in to_tokens(table((text, [])), cutter(kind), "entities").windows[0]["offset_mapping"]
    ]
    wide = sorted({place for place in places if place[0] < place[1]})
    assume(wide)
    assume(all(one[1] <= other[0] for one, other in itertools.pairwise(wide)))
    spans, place = [], 0
    while place < len(wide):
        first = place + data.draw(st.integers(0, 2))
        last = first + data.draw(st.integers(0, 2))
        if last < len(wide):
            spans.append((wide[first][0], wide[last][1], data.draw(st.sampled_from(LABELS))))
        place = last + 1
    for scheme in SEPARATING:
        found = to_tokens(table((text, spans)), cutter(kind), "entities", scheme=scheme, policy="error")
        assert rows(found.report) == []
        read = to_spans(found.windows)
        assert spans_of(read) == {("a0", *span) for span in spans}
        assert read.num_rows == len(spans)


@TOKENS
@pytest.mark.parametrize("kind", TOKENIZERS)
@given(annotated(size=1, least=1))
def test_policies_hold_their_promise(kind, article):
    _text, [(start, end, label)] = article
    ready = table(article)
    plain = to_tokens(ready, cutter(kind), "entities")
    places = [place for place in plain.windows[0]["offset_mapping"] if place[0] < place[1]]
    touched = [place for place in places if place[0] < end and start < place[1]]
    within = [place for place in places if start <= place[0] and place[1] <= end]
    for policy, own in (("expand", touched), ("contract", within)):
        found = to_tokens(ready, cutter(kind), "entities", policy=policy)
        expected = {("a0", min(first for first, _ in own), max(stop for _, stop in own), label)} if own else set()
        assert decoded(found.windows) == expected
        assert bool(found.report) == (expected != {("a0", start, end, label)})
        labelled = sum(code > 0 for code in found.windows[0]["labels"])
        assert labelled >= len(own)
    if plain.report:
        with pytest.raises(UsageError, match=rf"{start}\.\.{end} of a0"):
            to_tokens(ready, cutter(kind), "entities", policy="error")
    else:
        assert to_tokens(ready, cutter(kind), "entities", policy="error").report.num_rows == 0


def seen(row, text):
    """The tokens of a window with their places; of blanks without, as byte-level tokenizers put these anywhere."""
    values = row["input_ids"] if "input_ids" in row else row["tokens"]
    places = [tuple(place) if text[slice(*place)].strip() else None for place in row["offset_mapping"]]
    return list(zip(values, places, strict=True))


@TOKENS
@pytest.mark.parametrize("kind", TOKENIZERS)
@given(annotated(), st.sampled_from([(4, 0), (6, 1), (8, 3)]))
def test_windows_share_what_they_should_and_say_where_they_are(kind, article, windows):
    size, stride = windows
    text, _ = article
    # Behind a special token, `tokenizers` trims the blank that it put there itself as if it stood in the text.
    assume(kind != "bytes-trimmed" or "[SEP]" not in text)
    whole = to_tokens(table(article), cutter(kind), "entities").windows[0]
    found = to_tokens(table(article), cutter(kind), "entities", max_length=size, stride=stride)
    names = [name for name in whole if name in ("input_ids", "tokens")]
    parts = []
    for number, row in enumerate(found.windows):
        assert (row["article"], row["window"]) == ("a0", number)
        assert len(row["labels"]) == len(row["offset_mapping"]) == len(row[names[0]]) <= size
        wide = [place for place in row["offset_mapping"] if place[0] < place[1]]
        assert (row["start"], row["end"]) == ((min(wide)[0], max(stop for _, stop in wide)) if wide else (0, 0))
        own = seen(row, text)
        added = 2 if kind in ("bytes", "bert", "nfc", "nfkc", "nfd", "unigram", "transformers") else 0
        inner = own[1:-1] if added else own
        if added:
            assert (row["labels"][0], row["labels"][-1]) == (-100, -100)
        assert not parts or parts[-stride:] == inner[:stride] or not stride
        parts += inner[stride:] if number else inner
    all_ = seen(whole, text)
    assert parts == (all_[1:-1] if added else all_)
    # Windows that share `stride` tokens have every run of `stride` + 1 tokens whole.
    for row in rows(found.report):
        if row["kind"] == "unheld":
            places = [place for place in whole["offset_mapping"] if place[0] < place[1]]
            touched = [place for place in places if place[0] < row["end"] and row["start"] < place[1]]
            assert len(touched) + whole["offset_mapping"].count([0, 0]) > stride + 1


@TOKENS
@given(annotated(), st.sampled_from(SCHEMES), st.sampled_from([4, 7]))
def test_tokens_of_a_span_that_is_cut_are_not_trained_on(article, scheme, size):
    ready = table(article)
    ignored = to_tokens(ready, cutter("bytes"), "entities", scheme=scheme, max_length=size)
    parts = to_tokens(ready, cutter("bytes"), "entities", scheme=scheme, max_length=size, cut="part")
    assert rows(ignored.report) == rows(parts.report)
    assert {row["kind"] for row in rows(ignored.report)}.isdisjoint({"cut"})  # without a stride none has it whole
    cut = {row["window"] for row in rows(ignored.report) if row["kind"] == "unheld"}
    for number, (one, other) in enumerate(zip(ignored.windows, parts.windows, strict=True)):
        for without, with_ in zip(one["labels"][1:-1], other["labels"][1:-1], strict=True):
            assert with_ >= 0
            assert without in (with_, -100)
            assert without == with_ or with_ > 0
        assert (-100 in one["labels"][1:-1]) == (number in cut)

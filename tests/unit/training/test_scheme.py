import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.training.scheme import SCHEMES, Run, runs

LABELS = ("PER", "B-LOC", "x")


@st.composite
def apart(draw):
    """Runs that have no token in common, in a row of tokens."""
    found, place = [], 0
    for _ in range(draw(st.integers(0, 6))):
        first = place + draw(st.integers(0, 2))
        place = first + draw(st.integers(1, 4))
        found.append(Run(first, place, draw(st.sampled_from(LABELS))))
    return found, place + draw(st.integers(0, 2))


def written(scheme, spans, size):
    names = SCHEMES[scheme].names(LABELS)
    codes = {name: code for code, name in enumerate(names)}
    tags = [0] * size
    for span in spans:
        SCHEMES[scheme].write(tags, span, codes)
    return [names[code] for code in tags]


@pytest.mark.parametrize("scheme", [name for name, scheme in SCHEMES.items() if scheme.separates])
@given(apart())
def test_what_is_written_is_read(scheme, drawn):
    spans, size = drawn
    assert runs(written(scheme, spans, size)) == spans


@given(apart())
def test_io_loses_only_where_spans_of_a_label_touch(drawn):
    spans, size = drawn
    joined = []
    for span in spans:
        if joined and joined[-1].stop == span.first and joined[-1].label == span.label:
            joined[-1] = joined[-1]._replace(stop=span.stop)
        else:
            joined.append(span)
    assert runs(written("IO", spans, size)) == joined


@pytest.mark.parametrize(
    ("scheme", "tags"),
    [
        ("IO", "I-x I-x I-x O I-x"),
        ("IOB1", "I-x B-x I-x O I-x"),
        ("BIO", "B-x B-x I-x O B-x"),
        ("IOBES", "S-x B-x E-x O S-x"),
        ("BILOU", "U-x B-x L-x O U-x"),
    ],
)
def test_tags_are_those_of_the_literature(scheme, tags):
    assert written(scheme, [Run(0, 1, "x"), Run(1, 3, "x"), Run(4, 5, "x")], 5) == tags.split()


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        (["I-x", "I-x"], [(0, 2, "x")]),
        (["B-x", "I-y"], [(0, 1, "x"), (1, 2, "y")]),
        (["B-x", None, "I-x"], [(0, 1, "x"), (2, 3, "x")]),
        (["E-x", "I-x"], [(0, 1, "x"), (1, 2, "x")]),
        ([], []),
    ],
)
def test_what_a_model_says_is_read_whatever_it_is(tags, spans):
    assert runs(tags) == spans


@given(st.lists(st.sampled_from([None, "O", *(f"{letter}-x" for letter in "BIESLU")])))
def test_every_tagged_token_is_in_one_span(tags):
    inside = [place for first, stop, _ in runs(tags) for place in range(first, stop)]
    assert inside == [place for place, tag in enumerate(tags) if tag not in (None, "O")]

"""What makes texts alike, and how such are found."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.merge.likeness import KEY, Sketcher, shingles, similarity

pytest.importorskip("rensa")

WORDS = [f"word{number}" for number in range(400)]


def plain(text):
    """The share that runs of five words of both have, straight from its definition."""
    words = text.split()
    run = min(5, len(words))
    return {tuple(words[at : at + run]) for at in range(len(words) - run + 1)} if words else set()


@given(st.lists(st.sampled_from("abc"), max_size=30), st.lists(st.sampled_from("abc"), max_size=30))
def test_similarity_is_that_of_the_runs_of_five_words(one, other):
    first, second = plain(" ".join(one)), plain(" ".join(other))
    expected = len(first & second) / len(first | second) if first and second else 0.0
    assert similarity(shingles(" ".join(one)), shingles(" ".join(other))) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada met Bo, at noon.", "ada  met\nbo at noon"),
        ("STRASSE", "Straße"),
        ("市長は昨日、工場を訪れた", "市長は昨日 工場を訪れた。"),
    ],
)
def test_case_punctuation_and_white_space_do_not_count(one, other):
    assert similarity(shingles(one), shingles(other)) == 1


def test_where_no_spaces_are_written_a_character_is_a_word():
    assert 0 < similarity(shingles("市長は昨日工場を訪れた"), shingles("市長は昨日工場を見た")) < 1


def test_nothing_is_like_nothing():
    assert similarity(shingles(""), shingles("...")) == 0


def bands(sketcher, text):
    found = sketcher.sketch([text])
    return {(at, found[at : at + KEY]) for at in range(0, len(found), KEY)}


def changed(words, count, chance):
    words = list(words)
    for at in chance.sample(range(len(words)), count):
        words[at] = f"other{chance.random()}"
    return words


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.8, 0.9, 0.95])
def test_pairs_that_are_alike_have_a_band_in_common(threshold):
    chance, sketcher = random.Random(1), Sketcher(threshold)
    found = []
    for _ in range(400):
        words = chance.choices(WORDS, k=300)
        one, other = " ".join(words), " ".join(changed(words, chance.randrange(40), chance))
        if threshold <= similarity(shingles(one), shingles(other)) < 1:
            found.append(not bands(sketcher, one).isdisjoint(bands(sketcher, other)))
    assert len(found) > 10
    assert sum(found) >= 0.97 * len(found)


def test_pairs_that_have_little_in_common_have_no_band():
    chance, sketcher = random.Random(2), Sketcher(0.8)
    texts = [" ".join(chance.choices(WORDS, k=300)) for _ in range(60)]
    seen = [bands(sketcher, text) for text in texts]
    assert all(one.isdisjoint(other) for at, one in enumerate(seen) for other in seen[:at])


def test_sketches_do_not_depend_on_what_else_is_sketched():
    sketcher = Sketcher(0.8)
    texts = ["One two three four five six.", None, "", "Seven.", "!"]
    assert sketcher.sketch(texts) == b"".join(sketcher.sketch([text]) for text in texts)
    width = sketcher.bands * KEY
    assert sketcher.sketch([None, "", "!"]) == bytes(3 * width)

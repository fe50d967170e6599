import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_builder.mend.fuzzy import nearest
from dataset_builder.mend.places import Places, is_cut

WORDS = st.text("ab", max_size=7)


def distance(one, other):
    row = list(range(len(other) + 1))
    for index, a in enumerate(one, 1):
        before, row = row, [index]
        for at, b in enumerate(other, 1):
            row.append(min(before[at] + 1, row[-1] + 1, before[at - 1] + (a != b)))
    return row[-1]


@settings(deadline=None)
@given(WORDS, st.text("ab", max_size=14), st.integers(0, 7))
def test_the_nearest_stretch_is_the_one_that_comparing_all_finds(pattern, text, most):
    found = nearest(pattern, text, most)
    stretches = [text[start:end] for start in range(len(text) + 1) for end in range(start, len(text) + 1)]
    least = min(distance(pattern, stretch) for stretch in stretches)
    if found is None:
        assert not pattern or not text or least > most or least >= len(pattern) or _apart(pattern, text, least)
    else:
        assert found.distance == least == distance(pattern, text[found.start : found.end])


def _apart(pattern, text, least):
    """Whether stretches that don't overlap are equally near."""
    near = [
        (start, end)
        for start in range(len(text))
        for end in range(start + 1, len(text) + 1)
        if distance(pattern, text[start:end]) == least
    ]
    return any(one[1] <= other[0] for one in near for other in near)


def test_long_patterns_are_no_exception():
    pattern = "".join(chr(0x4E00 + index % 500) for index in range(2_000))
    text = "x" * 100 + pattern[:1_000] + "?" + pattern[1_001:] + "x" * 100
    assert nearest(pattern, text, 10) == (100, 2_100, 1)


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        ("the governors met", "the governor", "the governors"),
        ("it was rather late", "it was late", None),
        ("she said so", "hhe said so", "she said so"),
        ("a committee here, a committee there", "a comittee", None),
        ("政府は声明を発表した", "政府が声明", "政府は声明"),
        ("", "a", None),
        ("abc", "", None),
    ],
)
def test_what_a_quote_became_is_whole_words_and_no_guess(text, quote, found):
    match = Places(text).near(quote, 0, len(text))
    assert (match and text[match.start : match.end]) == found


def test_looking_ends_when_it_costs_too_much():
    places = Places("ab" * 1_000, exact=5_000, fuzzy=3_000)
    assert places.of("b" * 9) == ()
    assert places.of("c") == ()
    assert places.of("nowhere") is None
    assert places.near("abababa", 0, 9) is None  # in many places
    assert Places("xx abc xx", fuzzy=8).near("abd", 0, 9) is None
    assert Places("xx abcd xx", fuzzy=10).near("abce", 0, 10) is not None
    assert Places("aaaa" * 1_000).of("a") is None


@pytest.mark.parametrize(
    ("text", "at", "cut"), [("ab c", 1, True), ("ab c", 2, False), ("ab", 0, False), ("政府", 1, False)]
)
def test_words_are_told_apart_by_spaces(text, at, cut):
    assert is_cut(text, at) is cut

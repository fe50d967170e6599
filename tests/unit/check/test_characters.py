"""What is suspicious of characters: the fast tests against what Python's and `regex`' tables of Unicode say."""

import sys
import unicodedata
from itertools import islice, pairwise

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dataset_builder.check import characters
from dataset_builder.check.characters import (
    APART,
    BIDI,
    CONTROL,
    JOINTS,
    is_normal,
    is_plain,
    misleading,
    splits_cluster,
    splits_word,
)

EVERY = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
ODD = st.sampled_from(
    "\0\t\n\r\x0c\x1b\x7f\x85\x9b\xa0\xad\u0301\u0308\u0323\u0600\u094d\u0915\u093f\u0e01\u0e33\u1100\u1161\u11a8\uac00\u200b\u200d"
    "\u2000\u2028\u2029\u202a\u202c\u202d\u202e\u2066\u2068\u2069\u2126\u212b\u3099\u304b\ufb01\ufe0f\uff9e\U0001f1e6\U0001f1ff"
    "\U0001f44d\U0001f3fd\U0001f469\U0001f9d1\U0001d15e\U000e0067e\u00e9aZ_0 .,'-\u2019\u201cжשلא漢の한"
)
TEXTS = st.text(ODD | st.characters(codec="utf-8"), max_size=12)
CODES = ["ART020", "ART021", "ART022", "ART023"]


def suspicions(text):
    """What there is to say of a text, as the rules find it."""
    found = {
        "ART020": CONTROL.search(text),
        "ART021": BIDI.search(text),
        "ART022": "\r" in text,
        "ART023": not is_normal(text),
    }
    return {code for code in CODES if found[code]}


def chunks(size):
    rest = iter(EVERY)
    while chunk := list(islice(rest, size)):
        yield chunk


def test_no_single_character_is_called_plain_that_is_not():
    for chunk in chunks(512):
        if is_plain("".join(chunk), "".join(chunk).encode()):
            assert not suspicions("".join(chunk))
        else:
            wrong = [each for each in chunk if is_plain(each, each.encode()) and suspicions(each)]
            assert wrong == []


def test_what_is_usual_changes_with_nothing_that_stands_beside_it():
    """Normal form C joins a character with what follows: nothing that is joined so may count as usual."""
    pairs = [unicodedata.decomposition(each).split() for each in EVERY]
    joined = {chr(int(pair[1], 16)) for pair in pairs if len(pair) == 2 and not pair[0].startswith("<")}
    jamo = {chr(code) for code in range(0x1161, 0x11C3)}
    for each in (*joined, *jamo, *(each for each in EVERY if unicodedata.combining(each))):
        assert characters._UNUSUAL.search(each)
        assert set(each.encode()) - set(characters._HARMLESS)


@settings(max_examples=300)
@given(TEXTS)
@example("e\u0301")
@example("«\x85»")
def test_what_is_called_plain_is(text):
    assert is_plain(text, text.encode()) == (not suspicions(text))


def test_what_each_rule_looks_for_is_not_plain():
    for code, text in zip(CODES, ("\x0c", "\u202e", "\r\n", "e\u0301"), strict=True):
        assert suspicions(text) == {code}
        assert not is_plain(text, text.encode())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a \u202e b \u202c c", [2]),
        ("\u202a a \u202c", []),
        ("\u202a a\n\u202c", [0]),
        ("\u2067 a \u202b b \u2069", []),
        ("\u2067 a \u202b b \u202c", [0]),
        ("\u202b \u2067 a \u202c \u2069", [0]),
        ("\u2069\u202c a", []),
        ("\u2068\u2068 a \u2069", [0]),
        ("\u200f a \u200e", []),
    ],
)
def test_directions_that_are_not_closed(text, found):
    assert misleading(text) == found


@settings(max_examples=500)
@given(TEXTS)
def test_a_cluster_is_split_just_where_none_begins(text):
    begins = {match.start() for match in regex.finditer(r"\X", text)}
    for offset in range(len(text) + 1):
        assert splits_cluster(text, offset) == (0 < offset < len(text) and offset not in begins)


def test_whatever_extends_a_letter_is_known_to():
    cluster = regex.compile(r"\X")
    may = JOINTS[1][1]
    assert [each for each in EVERY if not may.match(each) and cluster.match("a" + each).end() == 2] == []


@settings(max_examples=500)
@given(TEXTS)
def test_characters_that_stand_apart_make_no_cluster(text):
    plain = "".join(each for each in text if APART.fullmatch(each))
    assert not any(splits_cluster("".join(pair), 1) for pair in pairwise(plain))
    assert [splits_cluster(plain, offset) for offset in range(len(plain))] == [False] * len(plain)


def test_no_character_that_stands_apart_joins_another():
    cluster = regex.compile(r"\X")
    apart = [each for each in EVERY if APART.fullmatch(each)]
    for other in ("a", "\uac00", "\U0001f44d", "漢"):
        assert not [each for each in apart if cluster.match(each + other).end() != 1]
        assert not [each for each in apart if cluster.match(other + each).end() != 1]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("mill", [1, 2, 3]),
        ("the mill", [1, 2, 5, 6, 7]),
        ("10km", [1, 2, 3]),
        ("don't", [1, 2]),
        ("snake_case", [1, 2, 3, 4, 7, 8, 9]),
        ("Größe", [1, 2, 3, 4]),
        ("мир", [1, 2]),
        ("東京都", []),
        ("とうきょう", []),
        ("서울은", []),
        ("ประเทศ", []),
        ("ובית", []),
        ("2024年", [1, 2, 3]),
    ],
)
def test_where_words_are_not_whole(text, inside):
    assert [offset for offset in range(len(text) + 1) if splits_word(text, offset)] == inside

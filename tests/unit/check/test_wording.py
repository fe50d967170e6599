import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.check.wording import Suggestions, contrast, count, either, identifier_like, nearest, quoted


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Zürich 🌊", '"Zürich 🌊"'),
        ('say "no"\n', r'"say \"no\"\n"'),
        ("a\\b", r'"a\\b"'),
        ("\x1b[31mred", r'"\u001b[31mred"'),
        ("\u202eabc", r'"\u202eabc"'),
        ("a\u200bb", r'"a\u200bb"'),
        ("\U000e0041", r'"\U000e0041"'),
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        (10**100, "an integer of more than 60 digits"),
        (float("inf"), "inf"),
        ([1, 2], "an array of 2 items"),
        ({"a": 1}, "an object of 1 property"),
    ],
)
def test_values_are_shown(value, shown):
    assert quoted(value) == shown


def test_long_strings_are_cut():
    assert quoted("a" * 60) == '"' + "a" * 60 + '"'
    assert quoted("a" * 61) == '"' + "a" * 59 + '…"'


@given(st.text())
def test_a_shown_string_stays_on_its_line(text):
    shown = quoted(text)
    assert len(shown.splitlines()) == 1
    assert shown.isprintable() or all(part.isprintable() or part.isspace() for part in shown)
    if len(text) <= 60 and text.isascii() and text.isprintable():
        assert json.loads(shown) == text


def test_a_contrast_shows_where_strings_part():
    one, other = contrast("x" * 100 + "here", "x" * 100 + "there")
    assert "here" in one
    assert "there" in other
    assert one != other
    assert contrast("a", "b") == ('"a"', '"b"')
    assert contrast("a" * 70, "b" * 70) == (quoted("a" * 70), quoted("b" * 70))


@pytest.mark.parametrize(
    ("name", "names", "close"),
    [
        ("meating", ["meeting", "travel"], "meeting"),
        ("Meeting", ["meeting", "travel"], "meeting"),
        ("e7", ["e1", "e8"], None),
        ("entity7", ["entity8"], None),
        ("zzz", ["meeting"], None),
        ("", ["meeting"], None),
        ("favorable", ["favourable", "unfavourable"], "favourable"),
    ],
)
def test_what_was_meant(name, names, close):
    assert nearest(name, names) == close


def test_nothing_is_searched_among_too_many():
    assert nearest("meating", ["meeting", *map(str, range(3000))]) is None


def test_suggestions_run_out():
    suggestions = Suggestions(["meeting"], searches=1)
    assert suggestions.help("meating") == 'did you mean "meeting"?'
    assert suggestions.help("meetin") is None
    assert suggestions.help("meating") == 'did you mean "meeting"?'


def test_names_are_listed():
    assert either([]) == ""
    assert either(["a"]) == '"a"'
    assert either(["a", "b", None]) == '"a", "b" or null'
    assert either(["a", "b"], "and") == '"a" and "b"'
    assert either(map(str, range(20))).endswith('"9" or one of 10 more')


def test_counts_agree_in_number():
    assert [count(1, "item"), count(2, "item"), count(2, "property"), count(1200, "byte")] == [
        "1 item",
        "2 items",
        "2 properties",
        "1,200 bytes",
    ]


def test_what_reads_as_an_identifier():
    assert identifier_like("2025-03-01")
    assert not identifier_like("two words")
    assert not identifier_like("a" * 61)

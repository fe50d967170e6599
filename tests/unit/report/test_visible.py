import unicodedata

import pytest

from dataset_builder.report.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("ein Wort – 日本語 🏴‍☠️", "ein Wort – 日本語 🏴‍☠️"),  # joiner and variation selector stay
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("\x9b31m", "<U+009B>31m"),
        ("a\tb\r\nc\x00\x7f", "a␉b␍␊c␀␡"),
        ("a\u202eb\u2066\ufeff\u00ad\u200b\u2028", "a<U+202E>b<U+2066><U+FEFF><U+00AD><U+200B><U+2028>"),
        ("\ud800", "<U+D800>"),
        (
            "a 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f\n",
            "a 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f␊",
        ),
        ("🏴\U000e0068\U000e0069\U000e007f", "🏴<U+E0068><U+E0069><U+E007F>"),  # words hidden in tags
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_what_is_shown(text, shown):
    assert visible(text) == shown


def test_line_ends_stay_where_lines_are_meant():
    assert visible("a\nb\r\n", lines=True) == "a\nb␍\n"


def test_nothing_steers_a_terminal():
    everything = "".join(map(chr, range(0x110000)))
    shown = visible(everything)
    assert {unicodedata.category(character) for character in shown}.isdisjoint({"Cc", "Cs", "Zl", "Zp"})
    shown.encode("utf-8")

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dataset_builder.describe.markdown import (
    Markdown,
    bar,
    code,
    escape,
    prose,
    quotation,
    table,
    to_markdown,
    words,
)

NASTY = [
    "# a",
    "- a",
    "+ a",
    "1. a",
    "12) a",
    "---",
    "===",
    "> a",
    "```",
    "~~~",
    "<b>a</b>",
    "<!-- a -->",
    "&lt;",
    "&amp;",
]
NASTY += [
    "*a*",
    "__a__",
    "`a`",
    "[a](b)",
    "![a](b)",
    "[^1]",
    "~a~",
    "a | b",
    "$a$",
    "\\",
    "\\*",
    "a\\",
    "http://a.b",
    "www.a.b",
]
NASTY += [
    "a\nb",
    "a\r\nb",
    "a\u2028b",
    "\x00",
    "\ta",
    "    a",
    "| a |",
    "a\n---",
    "a  \nb",
    "[a]: b",
    ":a:",
    "<a@b.c>",
    "1234567890. a",
]
texts = st.one_of(st.text(), st.lists(st.sampled_from(NASTY)).map(" ".join), st.sampled_from(NASTY))
parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def shown(markdown):
    """The text of what must be a single paragraph of nothing but text and line breaks."""
    tokens = parser.parse(markdown)
    if not tokens:
        return ""
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    kinds = {child.type for child in tokens[1].children}
    assert kinds <= {"text", "text_special", "softbreak", "hardbreak"}, kinds
    return "".join(child.content if child.type.startswith("text") else "\n" for child in tokens[1].children)


def plain(text):
    """`text` as it must be shown: on one line, control characters and runs of spaces as one space."""
    return re.sub(r"[\n\t ]+", " ", re.sub(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]", " ", text)).strip(" ")


@given(texts)
@example("1. a")
@example("\\")
def test_escaped_text_is_shown_as_it_is_and_nothing_else_happens(text):
    assert (
        shown(escape(text)).replace("\N{NO-BREAK SPACE}", " ").strip()
        == plain(text).replace("\N{NO-BREAK SPACE}", " ").strip()
    )


@given(st.lists(texts, min_size=1))
def test_a_quotation_holds_just_its_lines(lines):
    tokens = parser.parse(quotation("\n".join(lines)))
    assert (tokens[0].type, tokens[-1].type) == ("blockquote_open", "blockquote_close")
    inner = {token.type for token in tokens[1:-1]}
    assert inner <= {"paragraph_open", "inline", "paragraph_close"}
    kinds = {child.type for token in tokens for child in token.children or ()}
    assert kinds <= {"text", "text_special", "softbreak", "hardbreak"}


@given(texts, texts)
def test_a_cell_holds_whatever_it_must(first, second):
    tokens = parser.parse(table(("one", "two"), [(first, second)]))
    cells = [token for before, token in pairwise(tokens) if before.type == "td_open"]
    assert len(cells) == 2
    for cell, text in zip(cells, (first, second), strict=True):
        found = "".join(child.content for child in cell.children)
        assert found.strip() == plain(text).strip()


@given(texts)
def test_code_is_code_or_escaped(text):
    tokens = parser.parse(f"before {code(text)} after")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    kinds = [child.type for child in tokens[1].children if child.type not in ("text", "text_special")]
    assert kinds in (["code_inline"], ["html_inline", "html_inline"])


@given(texts)
def test_nothing_reads_as_a_marker(text):
    assert "<!--" not in escape(text) + prose(text) + code(text) + quotation(text)


def test_prose_keeps_code_between_backticks_only():
    assert prose("Set `x` to <b>*1*</b>, not `a|b`.") == r"Set `x` to &lt;b&gt;\*1\*&lt;/b&gt;, not <code>a\|b</code>."
    assert prose(None) == ""
    assert prose("one ` backtick") == r"one \` backtick"


def test_a_quotation_keeps_lines_and_paragraphs():
    assert quotation("One\ntwo\n\nthree\r\n# four") == "> One\\\n> two\n>\n> three\\\n> \\# four"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567, "1,234,567"),
        (0, "0"),
        (None, "`null`"),
        (True, "`true`"),
        ("a_b", r"a\_b"),
        (Markdown("*a*"), "*a*"),
    ],
)
def test_values_become_markdown(value, text):
    assert to_markdown(value) == text
    assert isinstance(to_markdown(value), Markdown)


def test_tables_are_not_padded():
    assert table(("a", "long"), [("x", 1000)], numbers=[1]) == "| a | long |\n| --- | --: |\n| x | 1,000 |"


def test_bars_show_whatever_is_above_nothing():
    assert [bar(number, 1000) for number in (0, 1, 500, 1000)] == ["", "█", "█" * 6, "█" * 12]


def test_words():
    assert [words(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert words(["a", "b"], "or") == "a or b"

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dataset_builder.report.frame import frame


@pytest.mark.parametrize(
    ("line", "column", "length", "shown", "carets"),
    [
        ('{"id": "e1"}', 8, None, '{"id": "e1"}', "       ^^^^"),
        ('{"a": -12.5e3}', 7, None, '{"a": -12.5e3}', "      ^^^^^^^"),
        ('{"a": tru}', 7, None, '{"a": tru}', "      ^^^"),
        ('{"a": "open', 7, None, '{"a": "open', "      ^^^^^"),
        ("日本語 text", 5, 4, "日本語 text", "       ^^^^"),
        ("日本語", 2, 1, "日本語", "  ^^"),
        ("e\u0301te\u0301 ici", 6, 4, "e\u0301te\u0301 ici", "   ^^^^"),
        ("\t\tname = 1", 3, None, "        name = 1", "        ^^^^"),
        ("a\tb", 3, None, "a␉b", "  ^"),
        ("a\x1b[31mb", 7, 1, "a␛[31mb", "      ^"),
        ("short", 6, None, "short", "     ^"),  # behind the line's end
        ("short", 99, None, "short", "     ^"),
        ("", 1, None, "", "^"),
        ("abc", 2, 0, "abc", " ^"),
        ("abc", 2, 500, "abc", " ^^"),
        ("abc", 0, 1, "abc", "^"),
    ],
)
def test_the_carets_are_under_what_is_meant(line, column, length, shown, carets):
    found = frame(line, column, length, 80)
    assert found.line == shown
    assert " " * found.indent + "^" * found.carets == carets


def test_a_long_line_is_cut_on_both_sides():
    line = "".join(f"{number:04d} " for number in range(2000))
    found = frame(line, 5001, 4, 40)
    assert found.line[0] == found.line[-1] == "…"
    assert cell_len(found.line) == 40
    assert found.line[found.indent : found.indent + found.carets] == "1000"


def test_a_long_line_is_cut_on_one_side_where_the_place_is_near_an_end():
    line = "x" * 60 + "end"
    assert frame(line, 61, 3, 40).line == "…" + line[-38:]
    assert frame("start" + line, 1, 5, 40).line == "start" + "x" * 33 + "…"


def test_a_line_of_megabytes_costs_no_more_than_a_short_one():
    line = "\u202e" * 5_000_000 + "!" + "\x00" * 5_000_000
    found = frame(line, 5_000_001, 1, 60)
    assert cell_len(found.line) <= 60
    assert found.line[found.indent] == "!"


@given(st.text(max_size=300), st.integers(0, 310), st.one_of(st.none(), st.integers(0, 400)), st.integers(16, 60))
def test_it_never_gets_wider_than_the_room(line, column, length, width):
    found = frame(line, column, length, width)
    assert cell_len(found.line) <= width
    assert found.carets >= 1
    assert found.indent + found.carets <= max(cell_len(found.line) + 1, 1)

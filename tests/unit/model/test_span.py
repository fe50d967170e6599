import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.model.span import Lines

# Any text, with more of what takes two UTF-16 units, combines with what stands before it, or ends a line.
TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("🌊𝄞e\u0301\u200d\u2028\x0c\x85\r\n"))


@given(TEXTS)
def test_every_offset_has_a_line_and_column_that_lead_back(text):
    lines = Lines(text)
    places = [lines.locate(offset) for offset in range(len(text) + 1)]
    assert places == sorted(set(places))
    assert [lines.offset(*place) for place in places] == list(range(len(text) + 1))


@given(TEXTS)
def test_lines_are_those_that_editors_count(text):
    lines = Lines(text)
    found = [lines.line(number) for number in range(1, len(lines.starts) + 1)]
    assert found == text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert all(text.startswith(line, start) for line, start in zip(found, lines.starts, strict=True))


def test_a_line_loses_only_its_end():
    assert [Lines(" a \u2028\r\n\n").line(number) for number in (1, 2, 3)] == [" a \u2028", "", ""]


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("", 0, (1, 1)),
        ("ab\ncd", 2, (1, 3)),
        ("ab\ncd", 3, (2, 1)),
        ("ab\n", 3, (2, 1)),
        ("a\r\nb", 2, (1, 3)),  # between CR and LF: still on the line that they end
        ("a\r\nb", 3, (2, 1)),
        ("a\rb", 2, (2, 1)),
        ("a\n\rb", 2, (2, 1)),
        ("a\n\rb", 3, (3, 1)),
        ("🌊e\u0301x", 3, (1, 4)),  # code points, not what is seen
        ("a\u2028b\x0cc\x85d", 6, (1, 7)),
    ],
)
def test_where_an_offset_lies(text, offset, place):
    assert Lines(text).locate(offset) == place

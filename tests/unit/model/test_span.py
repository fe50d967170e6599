import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_builder.model.span import (
    Lines,
    code_points_from_utf8,
    code_points_from_utf16,
    utf8_from_code_points,
    utf16_from_code_points,
)

# Any text, with more of what takes two UTF-16 units, combines with what stands before it, or ends a line.
TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("🌊𝄞e\u0301\u200d\u2028\x0c\x85\r\n"))
UNITS = {
    "utf-8": (utf8_from_code_points, code_points_from_utf8),
    "utf-16-le": (utf16_from_code_points, code_points_from_utf16),
}


@pytest.mark.parametrize(("encoding", "size"), [("utf-8", 1), ("utf-16-le", 2)])
@given(text=TEXTS)
@example(text="🌊")
def test_units_are_those_of_the_encoding_and_lead_back(encoding, size, text):
    there, back = UNITS[encoding]
    offsets = {len(text[:offset].encode(encoding)) // size: offset for offset in range(len(text) + 1)}
    assert [there(text, offset) for offset in offsets.values()] == list(offsets)
    units = range(-2, len(text.encode(encoding)) // size + 3)
    assert [back(text, unit) for unit in units] == [offsets.get(unit) for unit in units]


@pytest.mark.parametrize(
    ("text", "utf8", "utf16"),
    [("", 0, 0), ("abc", 3, 3), ("é", 2, 1), ("e\u0301", 3, 2), ("水", 3, 1), ("🌊", 4, 2), ("a🌊b", 6, 4)],
)
def test_how_long_a_text_is_in_other_units(text, utf8, utf16):
    assert (utf8_from_code_points(text, len(text)), utf16_from_code_points(text, len(text))) == (utf8, utf16)


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

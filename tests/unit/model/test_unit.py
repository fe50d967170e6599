import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_builder.model.unit import CODE_POINTS, UTF_8, UTF_16, Unit, natural_units

# Any text, with more of what takes two UTF-16 units, combines with what stands before it, or ends a line.
TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("🌊𝄞e\u0301\u200d\u2028\x0c\x85\r\n\ufeff"))


@pytest.mark.parametrize(("unit", "encoding", "size"), [(UTF_8, "utf-8", 1), (UTF_16, "utf-16-le", 2)])
@given(text=TEXTS)
@example(text="🌊")
def test_units_are_those_of_the_encoding_and_lead_back(unit, encoding, size, text):
    offsets = {len(text[:offset].encode(encoding)) // size: offset for offset in range(len(text) + 1)}
    assert list(unit.counted(text, offsets.values()).values()) == list(offsets)
    units = range(-2, len(text.encode(encoding)) // size + 3)
    assert unit.code_points(text, units) == {each: offsets.get(each) for each in units}


@pytest.mark.parametrize(
    ("text", "utf8", "utf16"),
    [("", 0, 0), ("abc", 3, 3), ("é", 2, 1), ("e\u0301", 3, 2), ("水", 3, 1), ("🌊", 4, 2), ("a🌊b", 6, 4)],
)
def test_how_long_a_text_is_in_other_units(text, utf8, utf16):
    end = len(text)
    assert (UTF_8.counted(text, [end]), UTF_16.counted(text, [end])) == ({end: utf8}, {end: utf16})
    assert CODE_POINTS.counted(text, [end]) == {end: end}


@given(TEXTS)
def test_what_a_unit_counts_leads_back_to_where_it_was_counted(text):
    for unit in (CODE_POINTS, *natural_units(text)):
        skipped = 1 if unit.mark < 0 else 0
        ends = [
            at
            for at in range(skipped, len(text) + 1)
            if unit.ends == "kept" or text[at - 1 : at + 1] != "\r\n"  # no tool counts the middle of a line end
        ]
        counted = unit.counted(text, ends)
        back = unit.code_points(text, counted.values())
        assert [back[counted[at]] for at in ends] == ends, unit


def test_units_are_values():
    assert Unit() == CODE_POINTS
    assert UTF_16.name == "UTF-16 units, as JavaScript and Java do"

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_builder.report.cells import cells
from dataset_builder.report.frame import frame

FAMILY, FLAG, THUMB = "👩‍👩‍👧‍👦", "🇩🇪", "👍🏽"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


def between(line, meant):
    start = line.index(meant)
    return start, start + len(meant)


@pytest.mark.parametrize(
    ("line", "meant", "shown", "carets"),
    [
        ('{"id": "e1"}', '"e1"', '{"id": "e1"}', "       ^^^^"),
        ("日本語 text", "text", "日本語 text", "       ^^^^"),
        ("日本語", "本", "日本語", "  ^^"),
        ("ｆｕｌｌ half", "half", "ｆｕｌｌ half", "         ^^^^"),
        ("한국어 말", "말", "한국어 말", "       ^^"),
        ("e\u0301te\u0301 ici", " ici", "e\u0301te\u0301 ici", "   ^^^^"),
        (f"{FAMILY} x", "x", f"{FAMILY} x", "   ^"),
        (f"{ENGLAND} x", "x", f"{ENGLAND} x", "   ^"),
        (f"{FLAG}{FLAG} x", "x", f"{FLAG}{FLAG} x", "     ^"),
        ("की बात नहीं", "बात", "की बात नहीं", "   ^^^"),  # vowel signs take a cell
        (f"a{THUMB}b", THUMB, f"a{THUMB}b", " ^^"),
        ("שלום עולם", "עולם", "שלום עולם", "     ^^^^"),
        ("\t\tname = 1", "name", "        name = 1", "        ^^^^"),
        ("a\tb", "\t", "a␉b", " ^"),
        ("a\x1b[31mb", "[", "a␛[31mb", "  ^"),
        ("a\u202eb!", "!", "a<U+202E>b!", "          ^"),
    ],
)
def test_the_carets_are_under_what_is_meant(line, meant, shown, carets):
    found = frame(line, *between(line, meant), 80)
    assert found.line == shown
    assert " " * found.indent + "^" * found.carets == carets


@pytest.mark.parametrize(
    ("line", "start", "end", "shown", "meant"),
    [
        (f"a{FAMILY}b", 3, 4, f"a{FAMILY}b", FAMILY),  # within a family
        (f"a{FLAG}b", 2, 3, f"a{FLAG}b", FLAG),  # half a flag
        ("e\u0301te\u0301", 1, 2, "e\u0301te\u0301", "e\u0301"),  # the accent alone
        ("e\u0301te\u0301", 0, 1, "e\u0301te\u0301", "e\u0301"),
        ("\u0301a", 0, 1, "◌\u0301a", "◌\u0301"),  # it would go onto the gutter
        ("a\x1b\u0301b", 2, 3, "a␛◌\u0301b", "◌\u0301"),  # it would go onto a picture
        ("\u200da", 0, 1, "<U+200D>a", "<U+200D>"),
        ("می\u200cخواهم", 0, 9, "می\u200cخواهم", "می\u200cخواهم"),
        ("Z" + "\u0335" * 99 + "!", 0, 1, "Z" + "\u0335" * 31 + "…!", "Z" + "\u0335" * 31 + "…"),
    ],
)
def test_what_a_reader_takes_for_one_character_stays_whole(line, start, end, shown, meant):
    found = frame(line, start, end, 80)
    assert (found.line, found.meant) == (shown, meant)


@pytest.mark.parametrize(
    ("line", "start", "end", "carets"),
    [
        ("short", 5, 5, "     ^"),  # behind the line's end
        ("short", 99, 103, "     ^"),
        ("", 0, 0, "^"),
        ("abc", 1, 1, " ^"),
        ("abc", 1, 500, " ^^"),
        ("abc", -1, 1, "^"),
        ("abc", 2, 1, "  ^"),
    ],
)
def test_there_is_a_caret_however_odd_the_place(line, start, end, carets):
    found = frame(line, start, end, 80)
    assert " " * found.indent + "^" * found.carets == carets


def test_a_long_line_is_cut_on_both_sides():
    line = "".join(f"{number:04d} " for number in range(2000))
    found = frame(line, 5000, 5004, 40)
    assert found.line[0] == found.line[-1] == "…"
    assert cells(found.line) == 40
    assert found.line[found.indent : found.indent + found.carets] == found.meant == "1000"


def test_a_long_line_is_cut_on_one_side_where_the_place_is_near_an_end():
    line = "x" * 60 + "end"
    assert frame(line, 60, 63, 40).line == "…" + line[-38:]
    assert frame("start" + line, 0, 5, 40).line == "start" + "x" * 33 + "…"


def test_a_line_of_wide_characters_is_cut_between_them():
    found = frame("日本語" * 99, 150, 152, 41)
    assert cells(found.line) <= 41
    assert (found.meant, found.carets) == ("日本", 4)


def test_a_passage_wider_than_the_room_is_cut():
    found = frame("a" * 30 + "b" * 300, 30, 330, 40)
    assert found.behind == "…"
    assert found.meant == "b" * found.carets


def test_a_line_of_megabytes_costs_no_more_than_a_short_one():
    line = "\u202e" * 5_000_000 + "!" + "\x00" * 5_000_000
    found = frame(line, 5_000_000, 5_000_001, 60)
    assert cells(found.line) <= 60
    assert found.line[found.indent] == "!"


@pytest.mark.parametrize(("line", "reordered"), [("abc 日本", False), ("abc שלום", True), ("مرحبا", True)])
def test_it_knows_what_a_terminal_may_reorder(line, reordered):
    assert frame(line, 0, 1, 80).reordered is reordered


@given(st.text(max_size=300), st.integers(-1, 310), st.integers(-1, 400), st.integers(16, 60))
@example("\u200b" * 300, 150, 160, 16)
@example("a\u200d" * 150, 150, 160, 16)
def test_it_never_gets_wider_than_the_room(line, start, end, width):
    found = frame(line, start, end, width)
    assert cells(found.line) <= width
    assert found.carets >= 1
    assert found.indent + found.carets <= width + 1


@given(st.text(st.sampled_from("aé日e\u0301\u200d👩👧🏽🇩🇪א\t\x1b"), max_size=40), st.data())
def test_each_part_takes_the_cells_that_it_is_said_to_take(line, data):
    start = data.draw(st.integers(0, len(line)))
    found = frame(line, start, data.draw(st.integers(start, len(line))), 1000)
    if "\u200d" not in line:  # which ties what a terminal may show apart
        assert found.indent == cells(found.before)
        assert found.carets == max(1, cells(found.meant))

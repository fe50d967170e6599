import pytest

from dataset_builder.model.diagnostic import Place
from dataset_builder.report.passage import Files

RECORD = '{"id": "e1", "n": -12.5e3, "a": tru}'
TEXT = "one\r\ntwo words\n\nthree"


def covered(text, **place):
    return [
        (each.number, each.line[each.start : each.end]) for each in Files(lambda _: text).stretches(place_at(**place))
    ]


def place_at(**place):
    return Place(file="f", **place)


@pytest.mark.parametrize(
    ("column", "token"), [(8, '"e1"'), (19, "-12.5e3"), (33, "tru"), (36, "}"), (1, "{"), (37, ""), (99, "")]
)
def test_in_a_record_it_is_the_token(column, token):
    assert covered(RECORD, line=1, column=column, pointer="/x") == [(1, token)]


def test_a_string_that_is_never_closed_ends_with_the_line():
    assert covered('{"a": "open \\" \n}', line=1, column=7) == [(1, '"open \\" ')]


def test_the_passage_that_a_record_means_is_none_of_its_own():
    assert covered(RECORD, line=1, column=8, pointer="/id", start=0, end=30) == [(1, '"e1"')]


@pytest.mark.parametrize(
    ("line", "column", "start", "end", "shown"),
    [
        (2, 1, 5, 8, [(2, "two")]),
        (2, 5, 9, 14, [(2, "words")]),
        (1, 2, 1, 8, [(1, "ne"), (2, "two")]),
        (2, 5, 9, 21, [(2, "words"), (4, "three")]),  # nothing is in the line between
        (1, 4, 3, 8, [(1, ""), (2, "two")]),  # it begins with a line's end
        (4, 1, 16, 99, [(4, "three")]),
        (2, 1, 5, 5, [(2, "")]),
        (2, 1, 8, 5, [(2, "")]),
    ],
)
def test_in_a_text_it_is_the_passage_line_by_line(line, column, start, end, shown):
    assert covered(TEXT, line=line, column=column, start=start, end=end) == shown


@pytest.mark.parametrize("place", [{}, {"line": 5, "column": 1}, {"line": 0}, {"line": -1, "column": 3}])
def test_a_line_that_is_not_there_gives_nothing(place):
    assert covered(TEXT, **place) == []


def test_a_line_without_a_column_is_given_with_nothing_meant():
    assert covered(TEXT, line=2) == [(2, "")]


def test_a_file_that_cannot_be_shown_gives_nothing():
    assert covered(None, line=1, column=1) == []


def test_each_file_is_read_once():
    asked = []
    files = Files(lambda file: asked.append(file) or TEXT)
    for line in (1, 2, 2):
        files.stretches(place_at(line=line, column=1))
    assert asked == ["f"]


def test_a_byte_order_mark_is_seen():
    assert Files({"f": "\ufeff{}", "g": "{}"}.get).marked("f")
    assert not Files({"f": "\ufeff{}", "g": "{}"}.get).marked("g")
    assert not Files(lambda _: None).marked("f")

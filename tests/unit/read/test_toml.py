import tomllib

import pytest

from dataset_builder.model.source import Source
from dataset_builder.read.toml import read_toml

SOURCE = Source("dataset.toml")

EVERYTHING = '''\
# a comment with = and [brackets]
title = "a \\"quoted\\" # title"
a.b . c = 1
"quoted key" = 'literal # text'
when = 1979-05-27 07:32:00 # a date with a space
many = [ 1, "two, ]", # inside
  [3.0, {x = 4}],
]
inline = { one = 1, two.three = [], 'four' = "}" }
long = """
[not a header]
""" # after
odd = """"two quotes at each end"""""
raw = \'\'\'
key = "no key"\'\'\'

[tool.dataset-builder]
name = "n"

[[item]]
name = "first"
[item.inner]
deep = true
[[item]]
name = "second"
[[item.more]]
last = +inf
[tool]
late = 0
'''


def read(text):
    return read_toml(text.encode(), SOURCE)


def pointers(value, pointer=()):
    yield pointer
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from pointers(inner, (*pointer, key))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_part_has_its_position(end):
    text = EVERYTHING.replace("\n", end)
    document = read(text)
    assert document.readable
    assert document.value == tomllib.loads(text)
    assert set(document.values) == set(pointers(document.value))
    for pointer, (start, stop) in document.values.items():
        value = document.value
        for step in pointer:
            value = value[step]
        written = text[start:stop]
        if not isinstance(value, dict):
            values = tomllib.loads(f"v = {written}")["v"] if not written.startswith("[[") else value
            assert values == value, pointer
        if pointer in document.keys:
            assert text[document.keys[pointer] :].lstrip("\"'").startswith(pointer[-1])


@pytest.mark.parametrize(
    ("pointer", "line", "column"),
    [
        (("title",), 2, 9),
        (("a", "b", "c"), 3, 11),
        (("many", 2, 1, "x"), 7, 14),
        (("inline", "two", "three"), 9, 33),
        (("tool", "dataset-builder"), 17, 1),
        (("item", 1, "more", 0, "last"), 27, 8),
        (("tool",), 28, 1),
    ],
)
def test_positions_are_lines_and_columns(pointer, line, column):
    place = read(EVERYTHING).place(pointer)
    assert (place.line, place.column) == (line, column)


@pytest.mark.parametrize(
    ("data", "line", "column", "words"),
    [
        (b"name = \n", 1, 8, "Invalid value"),
        (b"a = 1\r\nb = 2\r\nname 3\r\n", 3, 6, "Expected '='"),
        (b'a = 1\nb = "open\n', 2, 10, "Illegal character"),
        (b"a = [1,\n", 1, 8, "the file ends too early"),
        (b"a = 1\na = 2\n", 2, 6, "Cannot overwrite"),
        (b"\xef\xbb\xbfa = 1\n", 1, 1, "byte order mark"),
        (b"a = 1\nb = '\xff'\n", 2, 6, "UTF-8"),
        (b"a = " + b"1" * 5000, 1, 1, "digit"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, 1, 1, "nest"),
    ],
)
def test_what_is_no_toml_is_a_flaw_with_its_place(data, line, column, words):
    document = read_toml(data, SOURCE)
    assert not document.readable
    assert document.value is None
    (flaw,) = document.flaws
    assert flaw.kind == "config-syntax"
    assert words in flaw.message
    assert "line" not in flaw.message
    place = document.place_at(flaw.offset, flaw.pointer)
    assert (place.line, place.column) == (line, column)

"""The strict JSON reader: every flaw at its place, the limits, and the proof that a text has no duplicate keys."""

import json
import math

import orjson
import pytest

from dataset_builder.model.source import Source
from dataset_builder.read.json import (
    JsonLimits,
    no_duplicate_keys,
    read_document,
)

SOURCE = Source(file="annotations/ada/mill.json")


def count_keys(value):
    """The members of all objects within a parsed text."""
    if isinstance(value, dict):
        return len(value) + sum(map(count_keys, value.values()))
    return sum(map(count_keys, value)) if isinstance(value, list) else 0


def read(text, **limits):
    data = text if isinstance(text, bytes) else text.encode()
    return read_document(data, SOURCE, JsonLimits(**limits))


def kinds(document):
    return [flaw.kind for flaw in document.flaws]


def only(document):
    assert len(document.flaws) == 1, document.flaws
    return document.flaws[0]


def test_all_flaws_are_reported_in_one_run():
    text = '{"a": NaN, "b": "\\udc00", "a": 1e999, "c": 99999999999999999999, "d": [-Infinity, 1e-999]}!'
    document = read(text)
    assert [(flaw.kind, text[flaw.offset :][:7], flaw.pointer) for flaw in document.flaws] == [
        ("not-a-number", 'NaN, "b', ("a",)),
        ("lone-surrogate", '\\udc00"', ("b",)),
        ("duplicate-key", '"a": 1e', ("a",)),
        ("number-range", "1e999, ", ("a",)),
        ("number-range", "9999999", ("c",)),
        ("not-a-number", "-Infini", ("d", 0)),
        ("number-range", "1e-999]", ("d", 1)),
        ("trailing-data", "!", ()),
    ]


def test_flawed_values_are_read_as_well_as_can_be():
    document = read(
        '{"a": -Infinity, "b": "x\\ud800\\ud83d\\ude00", "c": 9223372036854775808, "d": 1e999, "e": -1e-999}'
    )
    assert document.readable
    assert document.value == {"a": -math.inf, "b": "x\ufffd\U0001f600", "c": 2**63, "d": math.inf, "e": 0.0}
    assert math.isnan(read("NaN").value)


@pytest.mark.parametrize(
    "text", [str(2**63 - 1), str(-(2**63)), "-0", "0e-999", "-0.00e999", "5e-324", "1.7976931348623157e308"]
)
def test_numbers_at_the_edge_are_no_flaw(text):
    document = read(text)
    assert document.flaws == ()
    assert repr(document.value) == repr(orjson.loads(text))


@pytest.mark.parametrize("text", [str(2**63), str(-(2**63) - 1), "-" + "9" * 640, "9" * 5000, "1e309", "1e-400"])
def test_numbers_past_the_edge_are_flawed(text):
    assert only(read(text)).kind == "number-range"


def test_an_integer_of_any_length_is_read():
    assert read("9" * 5000).value == math.inf
    assert read("-" + "9" * 5000).value == -math.inf


def test_a_duplicate_key_names_the_first_and_forgets_what_it_replaces():
    text = '{"a": {"x": [1]}, "b": {"a": 0}, "\\u0061": [2], "a": {"y": 3}}'
    document = read(text)
    first, second = document.flaws
    assert (first.first, first.offset) == (1, text.index('"\\u0061"'))
    assert (second.first, second.offset) == (1, text.index('"a": {"y"'))
    assert second.message == 'the key "a" was given before, at line 1, column 2'
    assert document.value == {"a": {"y": 3}, "b": {"a": 0}}
    assert set(document.values) == {(), ("a",), ("a", "y"), ("b",), ("b", "a")}
    assert set(document.keys) == {("a",), ("a", "y"), ("b",), ("b", "a")}


def test_flaws_come_in_the_order_of_the_text():
    document = read('{"a\\ud800": 1, "a\\ud800": 2}')
    assert [(flaw.kind, flaw.offset) for flaw in document.flaws] == [
        ("lone-surrogate", 3),
        ("duplicate-key", 15),
        ("lone-surrogate", 17),
    ]


@pytest.mark.parametrize("text", ["\\udc00\\udc00", "\\udc00\\ud800", "\\ud800\\ud800", "\\ud800\\u0061\\udc00"])
def test_surrogates_pair_high_with_low_alone(text):
    document = read(f'"{text}"')
    assert kinds(document) == ["lone-surrogate"] * 2
    assert document.value.replace("a", "") == "\ufffd\ufffd"


def test_duplicate_keys_are_told_apart_by_their_objects():
    document = read('{"a": {"x": 1, "x": 2}, "a": {"x": 3, "x": 4}}')
    assert [(flaw.pointer, flaw.first) for flaw in document.flaws] == [(("a", "x"), 7), (("a",), 1), (("a", "x"), 30)]


def test_keys_that_break_a_terminal_are_shown_escaped():
    assert '"\\u001b[2J\\u202e"' in only(read('{"\\u001b[2J\\u202e": 1, "\\u001b[2J\\u202e": 2}')).message


# --- Bytes ---------------------------------------------------------------------------------------------------------


def test_a_byte_order_mark_is_flawed_and_counted():
    document = read(b'\xef\xbb\xbf{"a": 1}')
    assert kinds(document) == ["bom"]
    assert document.value == {"a": 1}
    assert document.values[("a",)] == (7, 8)


def test_the_first_byte_that_is_not_utf_8_is_named():
    document = read('{"ä": "'.encode() + b'caf\xe9"}')
    flaw = only(document)
    assert (flaw.kind, flaw.offset) == ("encoding", 10)
    assert (
        flaw.message
        == 'byte 12 of the text (0xE9) isn\'t UTF-8; in Windows-1252 it would be "é": save the text as UTF-8'
    )
    assert document.text == '{"ä": "caf\ufffd"}'
    assert not document.readable


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'["\xc3', "byte 3 of the text (0xC3) isn't UTF-8: the last character is cut off"),
        (b'["\x81"]', "byte 3 of the text (0x81) isn't UTF-8: save the text as UTF-8"),
        (b'\xff\xfe[\x00"\x00\xe9\x00"\x00]\x00', "the text is in UTF-16 (little-endian): save it as UTF-8"),
        (b'\x00[\x00"\x00\xe9\x00"\x00]', "the text is in UTF-16 (big-endian): save it as UTF-8"),
        (b"\xff\xfe\x00\x00[\x00\x00\x00]\x00\x00\x00", "the text is in UTF-32 (little-endian): save it as UTF-8"),
    ],
)
def test_other_bytes_are_explained(data, message):
    flaw = only(read(data))
    assert (flaw.kind, flaw.message) == ("encoding", message)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ["empty"]),
        (b" \r\n\t", ["empty"]),
        (b"\xef\xbb\xbf", ["bom", "empty"]),
        (b"\xef\xbb\xbf\n", ["bom", "empty"]),
    ],
)
def test_a_text_without_a_value_is_empty(data, expected):
    document = read(data)
    assert kinds(document) == expected
    assert not document.readable


def test_lines_end_after_any_kind_of_line_break():
    document = read('{\r\n"a": 1,\r"b": [\n2}')
    assert only(document).message.endswith("the array opened at line 3, column 6 isn't closed")


# --- Limits --------------------------------------------------------------------------------------------------------


def _innermost(document):
    return max(document.values, key=len)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"\\n": ', "}]")])
def test_depth_is_limited(opening, closing):
    times = 60 // (2 if "[{" in opening else 1)
    at_the_limit = read(opening * times + "1" + closing * times, depth=60)
    assert at_the_limit.flaws == ()
    assert at_the_limit.text[slice(*at_the_limit.values[_innermost(at_the_limit)])] == "1"
    past_it = read(opening * times + "[]" + closing * times, depth=60)
    assert kinds(past_it) == ["depth"]
    assert past_it.flaws[0].offset == len(opening) * times
    assert not past_it.readable


def test_depth_defaults_to_64():
    assert read_document(b"[" * 64 + b"]" * 64, SOURCE).flaws == ()
    assert kinds(read_document(b"[" * 65 + b"]" * 65, SOURCE)) == ["depth"]


def test_depth_takes_no_stack():
    assert read("[" * 2000 + "]" * 2000, depth=2000).flaws == ()


def test_a_text_past_the_size_is_not_read():
    assert read('"abc"', size=5).value == "abc"
    document = read('"abcd"', size=5)
    flaw = only(document)
    assert (flaw.kind, flaw.message) == ("size", "the text has 6 bytes, more than the limit of 5: split it")
    assert (document.readable, document.text, document.values) == (False, "", {})


MEGABYTE = 1_000_000
MESSAGE_LENGTH = 300  # more is no message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"' + "a" * MEGABYTE + '"', []),
        ('"' + "\\n" * MEGABYTE + '"', []),
        ('["' + "a" * MEGABYTE, ["syntax"]),
        ('["' + "\\n" * MEGABYTE, ["syntax"]),
        ("[" * MEGABYTE, ["depth"]),
        ('[{"":' * MEGABYTE, ["depth"]),
        ("1" * MEGABYTE, ["number-range"]),
        ("1" * MEGABYTE + "x", ["syntax"]),
        ("0." + "1" * MEGABYTE, []),
        ("0." + "1" * MEGABYTE + "e", ["syntax"]),
        ("1e" + "1" * MEGABYTE, ["number-range"]),
        ("[1" + " " * MEGABYTE + "x", ["syntax"]),
        ("[1," + " " * MEGABYTE + "]", ["syntax"]),
        ('{"a"' + " " * MEGABYTE + ":" + " " * MEGABYTE + "NaN" + " " * MEGABYTE + "}", ["not-a-number"]),
        ("a" * MEGABYTE, ["syntax"]),
        ('{"' + "a" * MEGABYTE + '" 1}', ["syntax"]),
        ("\n" * MEGABYTE, ["empty"]),
        ("[0]" + " " * MEGABYTE + "\x00", ["trailing-data"]),
        ('{"a":{"b":[1]}' + ',"a":{"b":[1]}' * 1000 + "}", ["duplicate-key"] * 1000),
        ('{"a":[' + "0," * 99_999 + "0]" + ',"a":0' * 1000 + "}", ["duplicate-key"] * 1000),
    ],
    ids=lambda value: f"{value[:6]!r}…" if isinstance(value, str) else None,
)
def test_long_texts_are_read_in_linear_time(text, expected):
    # A quadratic reader would take hours; see benchmarks/ for how long it does take.
    document = read(text)
    assert kinds(document) == expected
    assert all(len(flaw.message) < MESSAGE_LENGTH for flaw in document.flaws)


# --- The fast path -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"a":{"b":1},"c":[{"a":2}]}',
        '{\n  "a" : 1,\n  "b" : 2\n}',
        '{"a":"12:30 : noon","b":"x : y"}',
        '"a:b"',
        "[1]",
    ],
)
def test_no_duplicate_keys_is_proven_for_the_usual_texts(text):
    assert no_duplicate_keys([text.encode()], count_keys(json.loads(text)))


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        '{"a":1,"\\u0061":2}',
        '{"a" :1,"a":":"}',
        '{"a" :1,"a":"\\":"}',
        '{"a"\n:1,"a"\t:"\\":"}',
        '{"a":{"b":1,"c":2},"a":0}',
        '{"a"\r\n:":","a":":"}',
    ],
)
def test_no_duplicate_keys_is_not_proven_where_there_are_some(text):
    assert not no_duplicate_keys([text.encode()], count_keys(json.loads(text)))

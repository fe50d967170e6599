"""Syntax errors of JSON texts: each says what was expected, what was found, and what was probably meant."""

import pytest

from dataset_builder.model.source import Source
from dataset_builder.read.json import read_document

SOURCE = Source(file="annotations/ada/mill.json")


def read(text):
    return read_document(text.encode(), SOURCE)


def only(document):
    assert len(document.flaws) == 1, document.flaws
    return document.flaws[0]


IN_OBJECT = "the object opened at line 1, column 1 isn't closed"
IN_ARRAY = "the array opened at line 1, column 1 isn't closed"
STRING_NEEDED = "a string stands in double quotes, and the only words are true, false and null"


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        # commas
        ('{"a": 1,\n}', 7, 'expected a key after this comma, found "}": no comma stands behind the last one'),
        ("[1, 2, ]", 5, 'expected a value after this comma, found "]": no comma stands behind the last one'),
        ("[1,,2]", 3, 'expected a value after the comma, found ",": there is a comma too many'),
        ("[,1]", 1, 'expected a value or "]", found ",": a comma only stands between two of them'),
        ('{"a": 1\n "b": 2}', 7, 'expected "," or "}" after this value, found a string: a comma is missing'),
        ("[1 true]", 2, 'expected "," or "]" after this value, found the word true: a comma is missing'),
        ("[{} {}]", 3, 'expected "," or "]" after this value, found "{": a comma is missing'),
        ('["a" null]', 4, 'expected "," or "]" after this value, found the word null: a comma is missing'),
        ("[1; 2]", 2, 'expected "," or "]", found ";"'),
        # brackets
        ('{"a": [1, 2}', 11, 'expected "," or "]", found "}": the array opened at line 1, column 7 isn\'t closed'),
        (
            '{\n "a": {"b": 1\n',
            16,
            'expected "," or "}", found the end of the text: the object opened at line 2, column 7',
        ),
        ("[1,", 3, f"expected a value, found the end of the text: {IN_ARRAY}"),
        ('{"a": 1,', 8, f"expected a key, found the end of the text: {IN_OBJECT}"),
        ("{", 1, f'expected a key or "}}", found the end of the text: {IN_OBJECT}'),
        ('{"a"', 4, f'expected ":" after the key "a", found the end of the text: {IN_OBJECT}'),
        ('{"a":', 5, f'expected a value for the key "a", found the end of the text: {IN_OBJECT}'),
        ("[}", 1, f'expected a value or "]", found "}}": {IN_ARRAY}'),
        ('["a": 1]', 4, f'expected "," or "]", found ":": {IN_ARRAY}'),
        ("]", 0, 'expected a value, found "]": no bracket is open that it could close'),
        # members
        ('{"a" 1}', 5, 'expected ":" after the key "a", found a number'),
        ('{"a": }', 6, 'expected a value for the key "a", found "}"'),
        ('{"' + "k" * 99 + '": ,}', 104, 'expected a value for the key "' + "k" * 23 + '…", found ","'),
        # what other notations have
        ("{'a': 1}", 1, 'expected a key or "}", found a single quote: strings stand in double quotes'),
        ("{a: 1}", 1, 'expected a key or "}", found the word a: a key is a string, in double quotes'),
        ("{1: 1}", 1, 'expected a key or "}", found a number: a key is a string, in double quotes'),
        ("[1, // one\n2]", 4, "expected a value, found a comment: JSON has no comments"),
        ('{"a": 1 /* one */}', 8, 'expected "," or "}", found a comment: JSON has no comments'),
        ("# mine\n{}", 0, "expected a value, found a comment: JSON has no comments"),
        ("[True]", 1, 'expected a value or "]", found the word True: that is Python; JSON writes true'),
        ("[0, None]", 4, "expected a value, found the word None: that is Python; JSON writes null"),
        ("[undefined]", 1, 'expected a value or "]", found the word undefined: JSON writes null'),
        ("[0, tru]", 4, f"expected a value, found the word tru: {STRING_NEEDED}"),
        ("[0, nan]", 4, "expected a value, found the word nan: JSON has no such number; write null, or leave"),
        ("[“a”]", 1, 'expected a value or "]", found U+201C LEFT DOUBLE QUOTATION MARK: strings stand in straight'),
        ("[\u00a01]", 1, 'expected a value or "]", found U+00A0 NO-BREAK SPACE: only space, tab and line breaks may'),
        ("[0,\u200b1]", 3, "expected a value, found U+200B ZERO WIDTH SPACE: an invisible character stands here"),
        ("[0,\0]", 3, "expected a value, found a NUL character: an invisible character stands here; delete it"),
        # strings
        ('["he said "hello" to"]', 11, 'expected "," or "]" after the string, found the word hello: a double quote w'),
        (
            '["a\nb"]',
            3,
            "a string can't hold a line break as it is: the string opened at line 1, column 2 isn't closed",
        ),
        ('["\x1b"]', 2, "a string can't hold U+001B as it is: "),
        ('["a', 3, "expected the closing double quote of the string opened at line 1, column 2, found the end of"),
        (r'["C:\dir"]', 4, 'expected an escape sequence after the backslash, found "d": a backslash itself is '),
        (r'["\u12"]', 2, r"expected four hexadecimal digits after \u"),
        ('["\\', 2, "expected an escape sequence after the backslash, found the end of the text"),
        ('{"\\x": 1}', 2, "expected an escape sequence"),
        # numbers
        ("[012]", 1, "012 isn't a JSON number: a number has no leading zero"),
        ("[+1]", 1, "+1 isn't a JSON number: a number has no leading +"),
        ("[.5]", 1, ".5 isn't a JSON number: a digit must stand before the point"),
        ("[5.]", 1, "5. isn't a JSON number: a digit must follow the point"),
        ("[1e]", 1, "1e isn't a JSON number: a digit must follow the exponent's e"),
        ("[0x1F]", 1, "0x1F isn't a JSON number: numbers are decimal"),
        ("[1_000]", 1, "1_000 isn't a JSON number: digits aren't grouped"),
        ("[1.2.3]", 1, "1.2.3 isn't a JSON number: a number has one point"),
        ("[- 1]", 1, "- isn't a JSON number: a digit must follow the minus sign"),
        ("[2025-01-01]", 1, "2025-01-01 isn't a JSON number: if it is to be a string, it stands in double quotes"),
        ("[" + "1" * 99 + ".]", 1, "1" * 23 + "… isn't a JSON number: a digit must follow the point"),
    ],
)
def test_a_syntax_error_says_what_was_expected_and_what_was_found(text, offset, message):
    document = read(text)
    flaw = only(document)
    assert (flaw.kind, flaw.offset) == ("syntax", offset)
    assert flaw.message[: len(message)] == message
    assert (document.readable, document.value) == (False, None)


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ('{"a": 1}}', 8, 'expected the end of the text, found "}": no bracket is open that it could close'),
        ('{"a": 1}\n{"a": 2}', 9, 'expected the end of the text, found "{": a JSON text holds one value'),
        ("{},", 2, 'expected the end of the text, found ","'),
        ("{} // done", 3, "expected the end of the text, found a comment: JSON has no comments"),
    ],
)
def test_nothing_may_follow_the_value(text, offset, message):
    document = read(text)
    flaw = only(document)
    assert (flaw.kind, flaw.offset, flaw.message) == ("trailing-data", offset, message)
    assert (document.readable, document.value) == (False, None)


def test_what_was_read_before_a_syntax_error_keeps_its_place():
    document = read('{"a": {"b": 1}, "c": [2,, 3]}')
    assert document.values == {("a", "b"): (12, 13), ("a",): (6, 14), ("c", 0): (22, 23), ("c",): (21, 29), (): (0, 29)}
    assert document.keys == {("a",): 1, ("a", "b"): 7, ("c",): 16}
    assert only(document).pointer == ("c", 1)


def test_a_message_counts_lines_from_the_start_of_a_packed_file():
    document = read_document(b'{"a": [1, 2}', Source(file="seeds/all.jsonl", offset=999, size=12, line=7))
    assert "the array opened at line 7, column 7" in only(document).message


@pytest.mark.parametrize("character", [*map(chr, range(0x20))])
def test_no_control_character_stands_in_a_string_as_it_is(character):
    for text in (f'["{character}"]', f'{{"\\n{character}": 1}}'):
        flaw = only(read(text))
        assert (flaw.kind, flaw.offset) == ("syntax", text.index(character))
        assert flaw.message.startswith("a string can't hold ")

"""Reads JSON strings, numbers and words, and reports what is wrong within them."""

import math
import re

import orjson

from dataset_builder.model.diagnostic import Pointer
from dataset_builder.read import json_syntax as syntax
from dataset_builder.read.json_report import Report

__all__ = ["CHARACTERS", "WORDS", "read_number", "read_string", "read_word"]

CHARACTERS = r'[^"\\\x00-\x1f]*+'  # of a string, as they are
WORDS = {"true": True, "false": False, "null": None}

_CHARACTERS = re.compile(CHARACTERS)
_STRING = re.compile(rf'"{CHARACTERS}(?:\\.{CHARACTERS})*+"')
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt])|u([0-9a-fA-F]{4}))')
_LOW_SURROGATE = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_ESCAPED = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_REPLACEMENT = "\ufffd"

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)((?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?)(?![-+.\w$])")
_LEAST, _GREATEST = -(2**63), 2**63 - 1
_INTEGER_LENGTH = 640  # the least limit that sys.set_int_max_str_digits takes; int() is quadratic in the length

_WORD = re.compile(r"(?:true|false|null|NaN|-?Infinity)(?![\w$])")
_NOT_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def read_word(text: str, start: int, pointer: Pointer, report: Report) -> tuple[bool | float | None, int] | None:
    """The value of the word at `start`, and its end; None where there is no word that stands for a value."""
    match = _WORD.match(text, start)
    if match is None:
        return None
    word = match[0]
    if word in WORDS:
        return WORDS[word], match.end()
    report.add("not-a-number", f"JSON has no {word}: write null, or leave the member out", start, pointer)
    return _NOT_NUMBERS[word], match.end()


def read_number(text: str, start: int, pointer: Pointer, report: Report) -> tuple[float, int] | None:
    """The number at `start`, an int if it has neither fraction nor exponent, and its end; None where there is none."""
    match = _NUMBER.match(text, start)
    if match is None:
        return None
    if match[1]:
        return _float(match[0], start, pointer, report), match.end()
    return _integer(match[0], start, pointer, report), match.end()


def _integer(literal: str, start: int, pointer: Pointer, report: Report) -> float:
    if len(literal) <= _INTEGER_LENGTH:
        value: float = int(literal)
    else:
        value = -math.inf if literal.startswith("-") else math.inf
    if not _LEAST <= value <= _GREATEST:
        report.add("number-range", "the integer doesn't fit into 64 bits", start, pointer)
    return value


def _float(literal: str, start: int, pointer: Pointer, report: Report) -> float:
    value = float(literal)
    if math.isinf(value):
        report.add("number-range", "the number is too large for a 64-bit float", start, pointer)
    elif value == 0 and re.search("[1-9]", re.split("[eE]", literal)[0]):
        message = "the number is too close to zero for a 64-bit float, which would make it 0"
        report.add("number-range", message, start, pointer)
    return value


def read_string(text: str, start: int, pointer: Pointer, report: Report) -> tuple[str, int]:
    """The string that opens at `start`, and its end.

    Raises:
        Unreadable: it isn't closed, or holds a control character or a bad escape sequence.
    """
    match = _STRING.match(text, start)
    if match is not None:
        literal = match[0]
        if "\\" not in literal:
            return literal[1:-1], match.end()
        try:
            return orjson.loads(literal), match.end()
        except orjson.JSONDecodeError:
            pass  # the reason is found below
    return _read_pieces(text, start, pointer, report)


def _read_pieces(text: str, start: int, pointer: Pointer, report: Report) -> tuple[str, int]:
    """As `read_string`, character run by escape sequence, for a string in which something is wrong."""
    pieces = []
    position = start + 1
    while True:
        match = _CHARACTERS.match(text, position)
        if match:
            pieces.append(match[0])
            position = match.end()
        following = text[position : position + 1]
        if following == '"':
            return "".join(pieces), position + 1
        if following != "\\":
            opened = f"the string opened at {report.where(start)}"
            report.stop("syntax", syntax.string_unclosed(text, position, opened), position, pointer)
        piece, position = _escape(text, position, pointer, report)
        pieces.append(piece)


def _escape(text: str, start: int, pointer: Pointer, report: Report) -> tuple[str, int]:
    """What the escape sequence at `start` stands for, a surrogate pair being one, and its end."""
    match = _ESCAPE.match(text, start)
    if match is None:
        report.stop("syntax", syntax.bad_escape(text, start), start, pointer)
    if match[1]:
        return _ESCAPED[match[1]], match.end()
    unit = int(match[2], 16)
    if not 0xD800 <= unit <= 0xDFFF:
        return chr(unit), match.end()
    low = _LOW_SURROGATE.match(text, match.end()) if unit < 0xDC00 else None
    if low is None:
        report.add("lone-surrogate", f"{match[0]} is half of a surrogate pair, no character", start, pointer)
        return _REPLACEMENT, match.end()
    return chr(0x10000 + (unit - 0xD800) * 0x400 + int(low[1], 16) - 0xDC00), low.end()

"""The cells of WebAnno TSV: what is between tabs, taken apart at what isn't escaped.

Within a cell, `|` parts stacked annotations, `;` what plays the roles of one of them, and `[3]` behind a value tells
annotations apart. A backslash takes that meaning from the character behind it.
"""

import re
from typing import NamedTuple

__all__ = ["Value", "plain", "split", "values"]

_NUMBER = re.compile(r"(?<!\\)((?:\\\\)*)\[(\d{1,9})\]$")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r"}


class Value(NamedTuple):
    """What a cell says of one annotation."""

    text: str | None  # still escaped; None: `*`, an annotation without a value, or `_`, no annotation
    number: int = 0  # tells annotations of a text apart; 0: there is no need to
    there: bool = True  # False: `_`


def split(cell: str, at: str) -> list[str]:
    """`cell` in parts, where the character `at` stands unescaped. O(len(cell))."""
    if at not in cell:
        return [cell]
    if "\\" not in cell:
        return cell.split(at)
    parts, start, position = [], 0, 0
    while position < len(cell):
        if cell[position] == "\\":
            position += 2
            continue
        if cell[position] == at:
            parts.append(cell[start:position])
            start = position + 1
        position += 1
    return [*parts, cell[start:]]


def values(cell: str) -> list[Value]:
    """What `cell` says, of one annotation after the other."""
    return [_value(part) for part in split(cell, "|")]


def _value(part: str) -> Value:
    match = _NUMBER.search(part)
    text, number = (part[: match.start()] + match[1], int(match[2])) if match else (part, 0)
    if text == "_":
        return Value(None, number, there=False)
    return Value(None if text == "*" else text, number)


def plain(text: str) -> str:
    """`text` without its escapes."""
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda match: _CONTROLS.get(match[1], match[1]), text)

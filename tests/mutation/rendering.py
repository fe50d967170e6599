"""JSON texts in many styles, from values in which places are marked.

Nothing here is the package's: where a mark stands is found by counting, in the bytes that were written.
"""

import json
import re
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

MARKS = "\U000f1230\U000f1231\U000f1232\U000f1233"
"""Private characters, one a mutation: written where a finding is expected, and taken out before files are laid out."""


class Raw(str):
    """JSON text that is written as it is."""

    __slots__ = ()


@dataclass(eq=False)
class Marked:
    """A value before which a mark stands."""

    value: Any
    mark: str


@dataclass(eq=False)
class Key:
    """A member's name that a dict may hold beside an equal one, with a mark before it if there is one."""

    name: str
    mark: str = ""


class Style(NamedTuple):
    """How a JSON text is written."""

    indent: str | None = None  # None: all on one line
    inline: int = 99  # from this depth on, values stand on one line
    comma: str = ", "
    colon: str = ": "
    ascii: bool = False
    end: str = "\n"  # of a line

    @classmethod
    def of_file(cls, random: Random) -> "Style":
        return cls(
            indent=random.choice([None, "", " ", "  ", "    ", "\t"]),
            inline=random.choice([1, 2, 2, 3, 99]),
            comma=random.choice([", ", ","]),
            colon=random.choice([": ", ": ", ":", " : "]),
            ascii=random.random() < 0.3,
            end=random.choice(["\n", "\n", "\n", "\r\n"]),
        )

    @classmethod
    def of_line(cls, random: Random) -> "Style":
        return cls.of_file(random)._replace(indent=None, end="\n")


def render(value: Any, style: Style, depth: int = 0) -> str:
    """`value` as JSON text, marks included."""
    match value:
        case Marked():
            return value.mark + render(value.value, style, depth)
        case Raw():
            return str(value)
        case dict():
            members = [
                f"{_key(key, style)}{style.colon}{render(each, style, depth + 1)}" for key, each in value.items()
            ]
            return _group("{", "}", members, style, depth)
        case list():
            return _group("[", "]", [render(each, style, depth + 1) for each in value], style, depth)
        case _:
            return json.dumps(value, ensure_ascii=style.ascii)


def _key(key: str | Key, style: Style) -> str:
    name, mark = (key.name, key.mark) if isinstance(key, Key) else (key, "")
    return mark + json.dumps(name, ensure_ascii=style.ascii)


def _group(opener: str, closer: str, parts: list[str], style: Style, depth: int) -> str:
    if not parts or style.indent is None or depth >= style.inline:
        return opener + style.comma.join(parts) + closer
    before = style.end + style.indent * (depth + 1)
    return opener + before + f"{style.comma.strip()}{before}".join(parts) + style.end + style.indent * depth + closer


def place_of(data: bytes, mark: str) -> tuple[int, int] | None:
    """Line and column (1-based, in characters) of a mark in the bytes of a file; None where it isn't in there."""
    before, found, _ = data.partition(mark.encode())
    if not found:
        return None
    for other in MARKS:
        before = before.replace(other.encode(), b"")
    lines = re.split(rb"\r\n|\n|\r", before)
    return len(lines), len(lines[-1].decode("utf-8", "replace")) + 1


def unmarked(data: bytes) -> bytes:
    for mark in MARKS:
        data = data.replace(mark.encode(), b"")
    return data

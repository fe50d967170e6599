"""JSON texts, read in two ways: proven clean at once, or read with the position of every part and of every flaw.

The grammar is that of RFC 8259, with what RFC 7493 (I-JSON) adds: UTF-8 only, no duplicate keys, no lone surrogates,
no number that other readers would change in silence.
"""

import re
from dataclasses import dataclass
from typing import Any

import orjson

from dataset_builder.model.document import Document, Flaw
from dataset_builder.model.source import Source
from dataset_builder.read.json_text import decode
from dataset_builder.read.json_values import Unreadable, ValueReader

__all__ = [
    "DEFAULT_LIMITS",
    "JsonLimits",
    "Unproven",
    "count_keys",
    "no_duplicate_keys",
    "prove_document",
    "read_document",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonLimits:
    """How large a JSON text may be before it is refused."""

    depth: int = 64  # objects and arrays open at once
    size: int = 64 * 1024 * 1024  # bytes


DEFAULT_LIMITS = JsonLimits()


class Unproven(Exception):  # noqa: N818 - no error: the slow path decides
    """The fast path refuses a text: `read_document` says why, or that all is well."""


def read_document(data: bytes, source: Source, limits: JsonLimits = DEFAULT_LIMITS) -> Document:
    """The JSON text `data` with its value, the position of each part, and all its flaws in the order of the text.

    Behind these flaws the reading goes on: a duplicate key (the last value counts), NaN and infinities (read as such),
    a number out of range (the integer itself, or infinity past 640 digits; infinity; 0.0), a lone surrogate (U+FFFD),
    a byte order mark (skipped; offsets count it). The others, of which there is at most one and then at the end, make
    the document unreadable; `values` and `keys` then hold what was met until there, the end of the text being the end
    of what wasn't closed. A text past `limits.size` isn't even decoded.

    No input raises. Linear in time; the positions take about 500 bytes a value.
    """
    if len(data) > limits.size:
        flaw = Flaw(kind="size", message=_too_large(len(data), limits.size), offset=0, pointer=())
        return Document(source=source, text="", readable=False, flaws=(flaw,))
    decoded = decode(data)
    document = Document(source=source, text=decoded.text)
    flaws = list(decoded.flaws)
    if decoded.readable:
        _read_value(document, decoded.start, limits.depth, flaws)
    else:
        document.readable = False
    document.flaws = tuple(sorted(flaws, key=lambda flaw: flaw.offset))
    return document


def _read_value(document: Document, start: int, depth: int, flaws: list[Flaw]) -> None:
    reader = ValueReader(document, depth, flaws)
    try:
        document.value = reader.read(start)
    except Unreadable as stop:
        flaws.append(stop.flaw)
        document.readable = False


def _too_large(size: int, limit: int) -> str:
    return f"the text has {size:,} bytes, more than the limit of {limit:,}: split it"


def prove_document(data: bytes) -> Any:
    """The value of the JSON text `data`, by `orjson` alone.

    Its word isn't the last: it accepts duplicate keys (see `no_duplicate_keys`), turns integers outside of 64 bits into
    floats and underflowing numbers into 0.0, and opens up to 1,024 brackets.

    Raises:
        Unproven: `orjson` refuses the text.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Unproven(str(error)) from error


_SPACE_BEFORE_COLON = (b" :", b"\n:", b"\t:", b"\r:")
_KEY_THEN_SPACE = re.compile(rb'"[ \t\r\n]++:')


def no_duplicate_keys(data: bytes, keys: int) -> bool:
    """Whether it is proven that no object in `data`, a text that `orjson` accepts, gives a key twice.

    `keys` is `count_keys` of the parsed value. False proves nothing: it also comes of `":` inside a string and of white
    space behind a key. Costs a few scans of `data` by `memchr`.

    The proof: let T be the number of members that the text spells out, C that of `":` in it. Parsing keeps one of the
    members that share a key, so keys <= T, and equal only where no key is given twice. Where no key is parted from its
    colon by white space, each member adds its own `":` to C, and a `":` inside a string (its quote being escaped) only
    adds more, so T <= C. Then C == keys leaves keys == T.
    """
    if data.count(b'":') != keys:
        return False
    spaced = any(pair in data for pair in _SPACE_BEFORE_COLON)
    return not (spaced and _KEY_THEN_SPACE.search(data))


_CONTAINERS = frozenset((dict, list))


def count_keys(value: Any) -> int:
    """The number of members of all objects in `value`, a parsed JSON text. Does not recurse."""
    keys = 0
    rest = [value]
    while rest:
        node = rest.pop()
        if type(node) is dict:
            keys += len(node)
            rest.extend(node.values())
        elif type(node) is list:
            rest.extend(node)
    return keys

"""JSON texts, read in two ways: proven clean at once, or read with the position of every part and of every flaw.

The grammar is that of RFC 8259, with what RFC 7493 (I-JSON) adds: UTF-8 only, no duplicate keys, no lone surrogates,
no number that other readers would change in silence.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dataset_builder.model.document import Document, Flaw
from dataset_builder.model.source import Source
from dataset_builder.read.json_report import Report, Unreadable
from dataset_builder.read.json_text import decode
from dataset_builder.read.json_values import ValueReader

__all__ = [
    "DEFAULT_LIMITS",
    "JsonLimits",
    "no_duplicate_keys",
    "read_document",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonLimits:
    """How large a JSON text may be before it is refused."""

    depth: int = 64  # objects and arrays open at once; a position at depth n takes O(n)
    size: int = 64 * 1024 * 1024  # bytes


DEFAULT_LIMITS = JsonLimits()


def read_document(data: bytes, source: Source, limits: JsonLimits = DEFAULT_LIMITS) -> Document:
    """The JSON text `data` with its value, the position of each part, and all its flaws in the order of the text.

    Behind these flaws the reading goes on: a duplicate key (the last value counts), NaN and infinities (read as such),
    a number out of range (the integer itself, or infinity past 640 digits; infinity; 0.0), a lone surrogate (U+FFFD),
    a byte order mark (skipped; offsets count it). The others, of which there is at most one and then at the end, make
    the document unreadable; `values` and `keys` then hold what was met until there, the end of the text being the end
    of what wasn't closed. A text past `limits.size` isn't even decoded.

    No input raises. Linear in time; value and positions take about 400 bytes a value.
    """
    if len(data) > limits.size:
        flaw = Flaw(kind="size", message=_too_large(len(data), limits.size), offset=0, pointer=())
        return Document(source=source, text="", readable=False, flaws=(flaw,))
    decoded = decode(data)
    document = Document(source=source, text=decoded.text, readable=decoded.readable)
    report = Report(document, decoded.flaws)
    if decoded.readable:
        try:
            document.value = ValueReader(document, report, limits.depth).read(decoded.start)
        except Unreadable:
            document.readable = False
    document.flaws = report.sorted()
    return document


def _too_large(size: int, limit: int) -> str:
    return f"the text has {size:,} bytes, more than the limit of {limit:,}: split it"


_SPACED_KEY = re.compile(rb'"[ \t\r\n]++:')


def no_duplicate_keys(texts: Sequence[bytes], keys: int) -> bool:
    """Whether it is proven that no object in `texts`, each of which `orjson` accepts, gives a key twice.

    `keys` is the number of members of all objects in the parsed values. False proves nothing: it also comes of `":` or
    a spaced colon within a string. Takes 2 µs for 6 KB without colons in strings, up to 15 µs with them.

    The proof: let T be the number of members that a text spells out. Of members that share a key, parsing keeps one.
    Each member has a `":` of its own, a colon at least where white space parts it from its key; both in a string only
    add to the count. So a text with no spaced colon has T <= the number of its `":`, any text T <= the number of its
    colons. Where these bounds sum up to the number of parsed members, none was lost in any text.
    """
    total = 0
    for text in texts:
        members, colons = text.count(b'":'), text.count(b":")
        total += colons if colons != members and _SPACED_KEY.search(text) else members
    return total == keys

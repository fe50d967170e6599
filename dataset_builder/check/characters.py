"""What rules and the fast path both know of characters: which are suspicious in a text, and where words are whole.

Everything is said by compiled patterns, so that the two can't come to differ.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

__all__ = [
    "ANY",
    "APART",
    "BIDI",
    "CONTROL",
    "JOINTS",
    "WORD",
    "WORDLIKE",
    "is_normal",
    "is_plain",
    "misleading",
    "splits_cluster",
    "splits_word",
]

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
"""Control characters but tab and line ends, and the two separators that end a line for some programs only."""

BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What changes the direction in which text is shown until it is closed."""

_BIDI_OR_BREAK = re.compile("[\u202a-\u202e\u2066-\u2069\n\r\u2029]")
_OVERRIDES = "\u202d\u202e"
_EMBEDDINGS = "\u202a\u202b" + _OVERRIDES
_ISOLATES = "\u2066\u2067\u2068"
_END_EMBEDDING, _END_ISOLATE = "\u202c", "\u2069"


def misleading(text: str) -> list[int]:
    """Where `text` has direction controls that change what comes behind: overrides, and any that no line closes."""
    found: set[int] = set()
    opened: list[tuple[int, bool]] = []  # offset, and whether it is an isolate
    for match in _BIDI_OR_BREAK.finditer(text):
        character, offset = match[0], match.start()
        if character in _OVERRIDES:
            found.add(offset)
        if character in _EMBEDDINGS or character in _ISOLATES:
            opened.append((offset, character in _ISOLATES))
        elif character in (_END_EMBEDDING, _END_ISOLATE):
            _close(opened, isolate=character == _END_ISOLATE)
        else:
            found.update(offset for offset, _ in opened)
            opened.clear()
    return sorted(found.union(offset for offset, _ in opened))


def _close(opened: list[tuple[int, bool]], *, isolate: bool) -> None:
    """Takes away what the end of an embedding or an isolate closes (UAX 9, BD8 to BD13)."""
    if isolate and any(is_isolate for _, is_isolate in opened):
        while not opened.pop()[1]:
            pass
    elif not isolate and opened and not opened[-1][1]:
        opened.pop()


def is_normal(text: str) -> bool:
    """Whether `text` is in Unicode normal form C."""
    return unicodedata.is_normalized("NFC", text)


# A text is looked through in bytes: to delete what is harmless is the quickest way to see that there is nothing else.
# Harmless are printable ASCII, tab and line feed, what follows in a sequence, and what begins sequences of letters
# that are normal whatever stands beside them: Latin but for U+0080 to U+00BF, Greek from U+03C0 on, Cyrillic.
_ASCII = bytes([0x09, 0x0A, *range(0x20, 0x7F)])
_HARMLESS = _ASCII + bytes([*range(0x80, 0xC0), *range(0xC3, 0xCC), 0xCF, 0xD0, 0xD1, 0xD3])
_NOT_CONTROL = bytes([0x0D, *range(0x20, 0x7F), *range(0x80, 0x100)])
_FEW = 1000  # bytes that are not ASCII, up to which these are looked at one by one
_FEWER = 64  # characters up to which it is quicker to cut a text at each than to have Python look whether it is normal
_QUOTES = frozenset(chr(code).encode()[1:] for code in (*range(0x2002, 0x2028), *range(0x2030, 0x2060), 0x20AC, 0x2122))
_UNUSUAL = re.compile(  # all but letters, punctuation and emoji that are normal whatever stands beside them
    "[^\xa0-\u02ff\u03c0-\u0482\u048a-\u052f\u2002-\u2027\u2030-\u205f\u20a0-\u20bf\u2100-\u2125\u2190-\u21ff"
    "\u2500-\u27ff\u3001-\u3029\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3\ufe0f\uff01-\uff60"
    "\U0001f300-\U0001faff]"
)
_SEPARATORS = "\u2028\u2029"
_DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def is_plain(text: str, data: bytes) -> bool:
    """Whether none of ART020 to ART023 has anything to say of `text`, whose UTF-8 is `data`; True only if so.

    Two microseconds for 4 KB of most alphabets, five or six with typographic punctuation, up to ten for the rest.
    """
    foreign = data.translate(None, _ASCII)
    rest = foreign.translate(None, _HARMLESS)
    if not rest:
        return True
    if len(data) - len(text) < _FEW and _UNUSUAL.search(foreign.decode("utf-8")) is None:
        return True
    if len(rest) < _FEWER and not rest.strip(b"\xc2\xe2") and _is_punctuation(data):
        return True
    return not any(found(text, data, rest) for found in _FINDERS)


def _is_punctuation(data: bytes) -> bool:
    """Whether what begins with 0xC2 or 0xE2 is spaces, quotation marks, dashes and the like alone."""
    _, *latin = data.split(b"\xc2")
    _, *general = data.split(b"\xe2")
    return all(part[0] >= 0xA0 for part in latin) and _QUOTES.issuperset([part[:2] for part in general])


def _has_controls(text: str, data: bytes, rest: bytes) -> bool:
    if rest.translate(None, _NOT_CONTROL) or any(map(text.__contains__, _SEPARATORS)):
        return True
    return b"\xc2" in rest and any(part[0] < 0xA0 for part in data.split(b"\xc2")[1:])


_FINDERS: tuple[Callable[[str, bytes, bytes], bool], ...] = (
    _has_controls,
    lambda text, _, rest: b"\xe2" in rest and any(map(text.__contains__, _DIRECTIONS)),
    lambda _, __, rest: b"\r" in rest,
    lambda text, _, __: not is_normal(text),
)  # of ART020 to ART023

# Where a span begins or ends, two characters meet.

_EUROPE = (  # Latin, Greek, Cyrillic, Armenian and Georgian, with digits
    "0-9A-Za-z\xaa\xb5\xba\xc0-\u02af\u0370-\u0587\u10a0-\u10ff\u1c80-\u1cbf\u1d00-\u1dbf\u1e00-\u1fff"
    "\u2c60-\u2c7f\u2d00-\u2d2d\u2de0-\u2dff\ua640-\ua69f\ua722-\ua7ff\uab30-\uab6f"
)
WORD = re.compile(f"(?=[^\\W_])[{_EUROPE}]")
"""A letter or digit of a script that parts words by spaces, and little else than whole words is annotated in."""

WORDLIKE = re.compile(f"[{_EUROPE}]")
"""What `WORD` is among, with some punctuation: found five times as fast."""

ANY = re.compile(".", re.DOTALL)
APART = re.compile(
    "[\x00-\x0c\x0e-\u02ff\u0370-\u0482\u048a-\u0590\u2000-\u200a\u2010-\u2027\u2030-\u205f\u20a0-\u20cf\u2100-\u23ff"
    "\u2500-\u2bff\u3000-\u3029\u3030-\u3098\u309b-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff9d"
    "\U0001f300-\U0001f3fa\U0001f400-\U0001faff\U00020000-\U0002ffff]*"
)
"""Characters of which no two are one to a reader."""

_INDIC = "\u0900-\u109f\u1700-\u18af\u1900-\u1c4f\ua800-\uabff\U00010a00-\U00011fff"
# What may extend the cluster that it follows: whatever isn't known to begin one.
_EXTENDS = re.compile(
    "[^\x00-\u02ff\u0370-\u0482\u048a-\u0590\u060c\u061b\u061f\u06d4\u0964\u0965\u0970\u1360-\u1368"
    "\u2000-\u200a\u2010-\u2029\u2030-\u205f\u20a0-\u20cf\u2100-\u23ff"
    "\u2500-\u2bff\u3000-\u3029\u3030-\u3098\u309b-\ua66e\uac00-\ud7a3\uf900-\ufaff\uff01-\uff9d"
    "\U0001f000-\U0001f3fa\U0001f400-\U0001faff\U00020000-\U0003ffff\\w]"
    "|[\u0e33\u0eb3\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb\uff9e\uff9f]"
)
_HOLDS = re.compile(  # what may hold on to whatever follows: Prepend, a joiner, the beginning of a Hangul syllable
    "[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\u1100-\u115f\u1cf5\u1cf6\ua960-\ua97c\u200d"
    "\U000110bd\U000110cd\U000111c2\U000111c3\U000113d1\U0001193f\U00011941\U00011a3a\U00011a84-\U00011a89\U00011d46"
    "\U00011f02]"
)
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")
JOINTS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (re.compile("\r"), re.compile("\n")),
    (ANY, _EXTENDS),
    (_HOLDS, ANY),
    (_FLAG, _FLAG),
    (re.compile(f"(?=\\W)[{_INDIC}]"), re.compile(f"[{_INDIC}]")),
)
"""Characters that may be one to a reader where the second follows the first (UAX 29); no others are."""


@lru_cache(maxsize=1)
def _breaks(text: str) -> frozenset[int]:
    """Where a cluster of `text` begins: what a reader takes for one character. O(len(text))."""
    import regex  # 30 ms, and seldom needed

    return frozenset(match.start() for match in regex.finditer(r"\X", text))


def splits_cluster(text: str, offset: int) -> bool:
    """Whether `offset` lies inside a cluster of `text`."""
    if not 0 < offset < len(text):
        return False
    before, after = text[offset - 1], text[offset]
    may = any(first.match(before) and second.match(after) for first, second in JOINTS)
    return may and offset not in _breaks(text)


def splits_word(text: str, offset: int) -> bool:
    """Whether `offset` lies inside a word of `text`: between two letters or digits."""
    pair = text[max(0, offset - 1) : offset + 1]
    return 0 < offset < len(text) and all(map(WORD.match, pair))

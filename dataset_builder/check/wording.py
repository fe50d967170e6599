"""How messages show values and name what was probably meant."""

import json
import math
import unicodedata
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from functools import cached_property
from itertools import takewhile

__all__ = [
    "Suggestions",
    "article",
    "contrast",
    "count",
    "either",
    "identifier_like",
    "nearest",
    "noun",
    "quoted",
]

_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", '"': '\\"', "\\": "\\\\"}
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # what can't be seen, or turns the line
_SHOWN = 60  # code points of a value that a message repeats at most
_LISTED = 12  # names of a closed set that a message lists at most
_SEARCHED = 2_000  # names among which the nearest one is looked for at most
_DISTANT = 64  # code points of a name that is compared at most

_NOUNS = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}


def quoted(value: object) -> str:
    """`value` as messages show it: on one line, at most about 60 characters, nothing in it that can't be seen.

    Strings stand in double quotes and keep their non-ASCII characters; other values are JSON.
    """
    if isinstance(value, str):
        return '"' + _visible(value[: _SHOWN - 1] + "…" if len(value) > _SHOWN else value) + '"'
    if isinstance(value, list | dict):
        return f"{article(noun(value))} of {count(len(value), 'item' if isinstance(value, list) else 'property')}"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**_SHOWN:
        return "an integer of more than 60 digits"
    return json.dumps(value)


def _visible(text: str) -> str:
    return "".join(_ESCAPES.get(character) or _escaped(character) for character in text)


def _escaped(character: str) -> str:
    if unicodedata.category(character) not in _UNSEEN:
        return character
    return f"\\u{ord(character):04x}" if ord(character) <= 0xFFFF else f"\\U{ord(character):08x}"


def contrast(one: str, other: str) -> tuple[str, str]:
    """`one` and `other` as `quoted` shows them, cut so that the place where they begin to differ is in sight."""
    if max(len(one), len(other)) <= _SHOWN:
        return quoted(one), quoted(other)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    skipped = max(0, shared - _SHOWN // 3)
    if not skipped:
        return quoted(one), quoted(other)
    return quoted("…" + one[skipped:]), quoted("…" + other[skipped:])


def noun(value: object) -> str:
    """What kind of JSON value it is."""
    return _NOUNS.get(type(value), "null")


def article(word: str) -> str:
    """`word` behind its indefinite article; `null` takes none."""
    if word in {"null", "nothing"}:
        return word
    return f"{'an' if word[:1] in 'aeio' else 'a'} {word}"


def count(number: int, word: str) -> str:
    """`number` of what `word` names in the singular: "1 item", "2 properties"."""
    plural = word[:-1] + "ies" if word.endswith("y") else word + "s"
    return f"{number:,} {word if number == 1 else plural}"


def either(names: Iterable[object], joint: str = "or") -> str:
    """The names, quoted, with `joint` before the last one; of a long list only the beginning."""
    listed = [quoted(name) for name in names]
    if len(listed) > _LISTED:
        return f"{', '.join(listed[: _LISTED - 2])} {joint} one of {len(listed) - _LISTED + 2:,} more"
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {joint} {listed[-1]}"


def identifier_like(text: str) -> bool:
    """Whether `text` reads as a name, a number or a date rather than as running text."""
    return len(text) <= _SHOWN and not any(character.isspace() for character in text)


def nearest(name: str, names: Collection[str]) -> str | None:
    """The one of `names` that was probably meant by `name`; None where it would be a guess.

    Names that differ in their digits alone ("e7", "e8") are no misspellings of one another. O(len(names)), which
    are not searched where they are more than 2,000.
    """
    if len(names) > _SEARCHED or len(name) > _DISTANT:
        return None
    folded: dict[str, str] = {}
    for known in names:
        if len(known) <= _DISTANT:
            folded.setdefault(known.casefold(), known)
    letters = _without_digits(name.casefold())
    for close in get_close_matches(name.casefold(), list(folded), n=3, cutoff=0.65):
        if close == name.casefold() or _without_digits(close) != letters:
            return folded[close]
    return None


def _without_digits(name: str) -> str:
    return "".join(character for character in name if not character.isdigit())


class Suggestions:
    """The nearest of `names`, for a few dozen that are asked after: findings in plenty must not cost a search each."""

    def __init__(self, names: Iterable[str], searches: int = 50) -> None:
        self._given = names
        self.searches = searches
        self._known: dict[str, str | None] = {}

    @cached_property
    def names(self) -> frozenset[str]:
        """The names, each once."""
        return frozenset(self._given)

    def help(self, name: str) -> str | None:
        """`did you mean …?`, or None."""
        if name not in self._known:
            if self.searches <= 0:
                return None
            self.searches -= 1
            self._known[name] = nearest(name, sorted(self.names)) if len(self.names) <= _SEARCHED else None
        close = self._known[name]
        return f"did you mean {quoted(close)}?" if close else None

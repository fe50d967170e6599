"""The lines of CoNLL-U, as sentences of words; and the parts of its fields.

The format is that of https://universaldependencies.org/format.html.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dataset_builder.model.foreign import Trouble

__all__ = ["FIELDS", "Sentence", "Word", "misc_of", "sentences", "spaces_of", "without"]

FIELDS = ("form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
"""What a line has behind the id."""

_ID = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9})|\.([0-9]{1,9}))?")
_COLUMNS = 10
_ESCAPES = {"s": " ", "n": "\n", "r": "\r", "t": "\t", "p": "|", "\\": "\\"}
_SHOWN = 60


class Word(NamedTuple):
    """A line: a word, several words that are written as one, or a word that isn't written."""

    id: str
    first: int
    last: int  # of the words that it stands for; `first` where it is one
    empty: bool
    fields: tuple[str, ...]  # as in `FIELDS`
    line: int

    @property
    def form(self) -> str:
        """The word as it is written."""
        return self.fields[0]

    @property
    def several(self) -> bool:
        """Whether it stands for several words."""
        return self.last > self.first


@dataclass(slots=True, kw_only=True)
class Sentence:
    """A sentence: what is said of it, and its lines."""

    line: int
    comments: list[tuple[int, str]] = field(default_factory=list)  # without the "#"
    words: list[Word] = field(default_factory=list)


def sentences(text: str, file: str, troubles: list[Trouble]) -> Iterator[Sentence]:
    """The sentences of a file; lines that are none of its are told and left out."""
    current: Sentence | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        plain = line.rstrip("\r")
        if not plain.strip():
            if current is not None:
                yield current
            current = None
            continue
        current = current or Sentence(line=number)
        if plain.startswith("#") and not current.words:
            current.comments.append((number, plain[1:].strip()))
            continue
        word = _word(plain, number)
        if isinstance(word, str):
            shown = plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"
            troubles.append(Trouble("import-syntax", f"{word}: {shown!r}", file, number))
        else:
            current.words.append(word)
    if current is not None:
        yield current


def _word(line: str, number: int) -> Word | str:
    fields = line.split("\t")
    if len(fields) != _COLUMNS:
        return f"a word has {_COLUMNS} fields with tabs between, and this line has {len(fields)}"
    match = _ID.fullmatch(fields[0])
    if match is None:
        return "an id is 1, 1-2 or 1.1"
    if not fields[1].strip():
        return "the word is blank"
    first = int(match[1])
    last = int(match[2]) if match[2] else first
    if match[2] and last <= first:
        return "a range of words ends before it begins"
    return Word(fields[0], first, last, match[3] is not None, tuple(fields[1:]), number)


def misc_of(field_: str) -> dict[str, str]:
    """The parts of MISC by name; one without a value has an empty one."""
    found: dict[str, str] = {}
    if field_ != "_":
        for part in field_.split("|"):
            name, _, value = part.partition("=")
            found.setdefault(name, value)
    return found


def spaces_of(misc: dict[str, str]) -> str | None:
    """What stands behind a word, where MISC says it: nothing, or spaces and line ends."""
    if (after := misc.get("SpacesAfter")) is not None:
        return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[0]), after)
    return "" if misc.get("SpaceAfter") == "No" else None


def without(words: Sequence[Word]) -> list[Word]:
    """The words as they are written: of several in one, the one."""
    written: list[Word] = []
    covered = 0
    for word in words:
        if word.empty or word.first <= covered:
            continue
        written.append(word)
        if word.several:
            covered = word.last
    return written

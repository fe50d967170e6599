"""Files of columns, a token a line: their lines, and what each column is."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dataset_builder.errors import UsageError
from dataset_builder.formats import tags
from dataset_builder.formats.records import layer_name

__all__ = ["Block", "Layout", "Row", "blocks", "given_layout", "guessed_layout", "stated_columns", "width_of"]

_WORDS = ("word", "form", "token", "text")
_LAYERS = {"ner": "entities", "ne": "entities", "entity": "entities", "chunk": "chunks"}
_PHRASES = frozenset(
    {"NP", "VP", "PP", "ADVP", "SBAR", "ADJP", "PRT", "CONJP", "INTJ", "LST", "UCP", "NC", "VC", "PC", "AC", "WHNP"}
)
_BETWEEN = re.compile(r"[ \t]+")  # no other space: a number may have one in it that doesn't break
_HEAD = 1 << 14  # characters that tell what parts fields
_MOST_TAGS = 120  # different values of a column that may be parts of speech
_BEGIN, _END, _START = "#begin document", "#end document", "-DOCSTART-"
_COLUMNS = "# global.columns ="


class Row(NamedTuple):
    """A token: its line, 1-based, and its fields."""

    line: int
    fields: list[str]


@dataclass(slots=True, kw_only=True)
class Block:
    """A sentence, or where a document begins or ends."""

    line: int  # 1-based, of what comes first
    rows: list[Row] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    begins: str | None = None  # a document: what the line says of it
    ends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What the columns are."""

    names: tuple[str, ...]  # of each column; empty for one that isn't taken
    word: int
    schemes: Mapping[int, str]  # of the columns that mark something

    @property
    def layers(self) -> dict[int, str]:
        """The columns that mark something, by number, with the layers that they are."""
        return {number: self.names[number] for number in self.schemes}

    @property
    def others(self) -> dict[int, str]:
        """The columns that say something of tokens."""
        return {
            number: name
            for number, name in enumerate(self.names)
            if name and number != self.word and number not in self.schemes
        }

    def __str__(self) -> str:
        """As the option `columns` has it, with the schemes behind."""
        names = ",".join("word" if number == self.word else name or "_" for number, name in enumerate(self.names))
        schemes = ", ".join(f"{self.names[number]} in {scheme}" for number, scheme in self.schemes.items())
        return f"{names} ({schemes or 'nothing is marked'})"


def blocks(text: str, width: int | None = None) -> Iterator[Block]:
    """The sentences of a file and the lines that part documents. Fields are parted by tabs where there are any.

    A line that begins with `#` is a comment, unless it has `width` fields.
    """
    tabbed = _is_tabbed(text)
    current: Block | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        plain = line.rstrip("\r")
        if not plain.strip():
            if current is not None:
                yield current
                current = None
            continue
        fields = [each.strip(" ") for each in plain.split("\t")] if tabbed else _BETWEEN.split(plain.strip(" \t"))
        parting = _parting(plain, fields, number)
        if parting is not None:
            if current is not None:
                yield current
                current = None
            yield parting
            continue
        current = current or Block(line=number)
        if plain.startswith("#") and len(fields) != width:
            current.comments.append(plain)
        else:
            current.rows.append(Row(number, fields))
    if current is not None:
        yield current


def _is_tabbed(text: str) -> bool:
    """Whether tabs part the fields: most of the first lines have one."""
    lines = [line for line in text[:_HEAD].split("\n") if line.strip() and not line.startswith(("#", _START))]
    return sum("\t" in line for line in lines) * 2 > len(lines)


def _parting(line: str, fields: Sequence[str], number: int) -> Block | None:
    if fields[0] == _START:
        return Block(line=number, begins=" ".join(fields[1:]))
    if line.startswith(_BEGIN):
        return Block(line=number, begins=line[len(_BEGIN) :].strip())
    return Block(line=number, ends=True) if line.startswith(_END) else None


def given_layout(columns: str, rows: Sequence[Sequence[Row]], scheme: str | None) -> Layout:
    """The layout of files whose `columns` are named; those whose values are tags are layers.

    Raises:
        UsageError: no column is the word's, or two have a name.
    """
    names = [name.strip() for name in columns.split(",")]
    word = next((number for number, name in enumerate(names) if name.lower() in _WORDS), None)
    if word is None:
        raise UsageError(f"no column of {columns!r} is the words': call one word")
    called = ["" if name in ("", "_") else _LAYERS.get(name.lower(), name) for name in names]
    marking = {
        number
        for number, name in enumerate(called)
        if name and number != word and (_marks(rows, number) or name in _LAYERS.values())
    }
    called = [layer_name(name) if number in marking else name for number, name in enumerate(called)]
    named = [name for name in called if name]
    if len({*named}) < len(named):
        raise UsageError(f"two columns of {columns!r} have one name")
    if wrong := {*named} & {"tokens", "sentences"}:
        raise UsageError(f"a column can't be called {wrong.pop()!r}: that is a layer of its own")
    return _layout(called, word, marking, rows, scheme)


def guessed_layout(rows: Sequence[Sequence[Row]], scheme: str | None) -> Layout:
    """The layout of files whose sentences are, or begin with, `rows`."""
    width = width_of(rows)
    word = _word_column(rows, width)
    marking = {number for number in range(word + 1, width) if _marks(rows, number)}
    if not marking and width > word + 1 and (scheme == "io" or tags.is_plain(_values(rows, width - 1))):
        marking, scheme = {width - 1}, "io"
    names = [""] * width
    names[word] = "word"
    taken: Counter[str] = Counter()
    for number in range(word + 1, width):
        base = _called(rows, number, word, marks=number in marking)
        taken[base] += 1
        names[number] = base if taken[base] == 1 else f"{base}_{taken[base]}"
    return _layout(names, word, marking, rows, scheme)


def width_of(rows: Sequence[Sequence[Row]]) -> int:
    """How many columns most lines have."""
    counted = Counter(len(row.fields) for sentence in rows for row in sentence)
    return max(counted, key=lambda width: (counted[width], width), default=1)


def _layout(
    names: Sequence[str], word: int, marking: set[int], rows: Sequence[Sequence[Row]], scheme: str | None
) -> Layout:
    schemes = {number: scheme or tags.scheme_of(_sentences(rows, number)) for number in sorted(marking)}
    return Layout(names=tuple(names), word=word, schemes=schemes)


def _sentences(rows: Sequence[Sequence[Row]], number: int) -> Iterator[list[str]]:
    for sentence in rows:
        yield [row.fields[number] for row in sentence if number < len(row.fields)]


def _values(rows: Sequence[Sequence[Row]], number: int) -> list[str]:
    return [value for sentence in _sentences(rows, number) for value in sentence]


def _marks(rows: Sequence[Sequence[Row]], number: int) -> bool:
    values = {*_values(rows, number)}
    return tags.is_tags(values) or values == {"O"}


def _word_column(rows: Sequence[Sequence[Row]], width: int) -> int:
    """The column of the words: the second, where the first counts them."""
    if width < 2:
        return 0
    starts = [sentence[0].fields[0] for sentence in rows if sentence]
    values = _values(rows, 0)
    counts = bool(values) and all(value.isdecimal() for value in values) and {*starts} <= {"0", "1"}
    return 1 if counts else 0


def _called(rows: Sequence[Sequence[Row]], number: int, word: int, *, marks: bool) -> str:
    values = _values(rows, number)
    distinct = {*values}
    if marks:
        labels = tags.labels_in(distinct)
        return "chunks" if labels and labels <= _PHRASES else "entities"
    words = _values(rows, word)
    if len(distinct) <= _MOST_TAGS and not any(value.islower() and len(value) > 4 for value in distinct):
        return "pos" if number == word + 1 or len(distinct) > 1 else f"column{number + 1}"
    alike = sum(value[:2].lower() == each[:2].lower() for value, each in zip(values, words, strict=False))
    return "lemma" if alike * 2 > len(values) else f"column{number + 1}"


def stated_columns(text: str) -> str | None:
    """The names of the columns, where the first line says them."""
    line = text.partition("\n")[0].strip()
    return ",".join(line[len(_COLUMNS) :].split()) if line.startswith(_COLUMNS) else None

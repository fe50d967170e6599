"""Figures counted from Arrow chunks: each chunk gives a tally, and tallies add up in any order."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from dataset_builder.model.project import Fields
from dataset_builder.schema.columns import Column, Table, stored

__all__ = ["ANNOTATIONS", "ARTICLES", "Key", "Tally", "is_small", "measure"]

ARTICLES, ANNOTATIONS = "articles", "annotations"

_SMALL = frozenset({"bool", "int8", "uint8"})  # types of so few values that each can be counted

Key = tuple[str | int, ...]
"""What is counted: `rows` table split · `items` split path · `value` table split path value · `length` split length ·
`filled` split column (articles that have anything there) · `withheld` split · `absent` (spans in articles without their
text) · `annotator` name · `license` name state."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one or more chunks. Adding is associative and commutative, so neither workers nor order show."""

    counts: Counter[Key] = field(default_factory=Counter)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally.total((self, other))

    @classmethod
    def total(cls, tallies: Iterable["Tally"]) -> "Tally":
        """The sum of `tallies`. O(size of all)."""
        counts: Counter[Key] = Counter()
        for tally in tallies:
            counts.update(tally.counts)  # unlike +, keeps a count of zero: a table that is there and empty
        return cls(counts)


def is_small(column: Column) -> bool:
    """Whether `column` is of a type of so few values that each is counted."""
    return column.dtype in _SMALL


def measure(table: Table, split: str, chunk: pa.Table | pa.RecordBatch, fields: Fields | None = None) -> Tally:
    """The tally of `chunk`, rows of `table` that fall into `split`. O(items), vectorised; texts are never read.

    `fields` says where an article holds its rights (`rights` unless given).
    """
    counts: Counter[Key] = Counter({("rows", table.name, split): chunk.num_rows})
    columns = [column for column in table.columns if _is_counted(column)]
    rows = stored(chunk)
    for batch in rows.to_batches() if isinstance(rows, pa.Table) else (rows,):
        for column in columns:
            _count(counts, (table.name, split), column, batch.column(column.name), column.name)
        if table.name == ARTICLES:
            _count_filled(counts, table, split, batch)
            _count_texts(counts, table, split, batch)
            _count_licenses(counts, table, batch, fields or Fields())
        elif table.name == ANNOTATIONS:
            for name, number in _occurrences(batch.column("annotator")):
                counts["annotator", name] += number
    return Tally(counts)


def _is_counted(column: Column) -> bool:
    """Whether there is anything to count in `column`: a list, labels, or values of a small type."""
    if column.item or column.labels or is_small(column):
        return True
    return any(_is_counted(child) for child in column.children)


def _count(counts: Counter[Key], where: tuple[str, str], column: Column, array: pa.Array, path: str) -> None:
    table, split = where
    if column.item:
        items = array.flatten()  # a null list has no items
        if table == ARTICLES:
            counts["items", split, path] += len(items)
        if _is_counted(column.item):
            _count(counts, where, column.item, items, f"{path}[]")
    elif column.children:
        for child in column.children:
            if _is_counted(child):
                _count(counts, where, child, pc.struct_field(array, child.name), f"{path}.{child.name}")
    else:
        for value, number in _occurrences(array):
            name = column.labels[int(value)] if column.labels else value
            counts["value", table, split, path, name] += number


def _count_filled(counts: Counter[Key], table: Table, split: str, articles: pa.RecordBatch) -> None:
    """Counts the articles that have a value in each column; a list without items is none."""
    for column in table.columns:
        array = articles.column(column.name)
        filled = pc.sum(pc.greater(pc.list_value_length(array), 0)).as_py() if column.item else None
        counts["filled", split, column.name] += (filled or 0) if column.item else len(array) - array.null_count


def _count_texts(counts: Counter[Key], table: Table, split: str, articles: pa.RecordBatch) -> None:
    for length, number in _occurrences(articles.column("length")):
        counts["length", split, length] += number
    text = articles.column("text")
    counts["withheld", split] += text.null_count
    if text.null_count:
        counts["absent",] += sum(
            _spans(column, articles.column(column.name).filter(text.is_null()))
            for column in table.columns
            if column.item or column.children
        )


def _spans(column: Column, array: pa.Array) -> int:
    """How many spans there are in `array`, at any depth."""
    own = len(array) - array.null_count if column.shape.span else 0
    if column.item:
        return own + _spans(column.item, array.flatten())
    return own + sum(_spans(child, pc.struct_field(array, child.name)) for child in column.children)


def _count_licenses(counts: Counter[Key], table: Table, articles: pa.RecordBatch, fields: Fields) -> None:
    """Counts the strings `license` of the articles' rights, where they are published, by whether the text is."""
    rights = next((column for column in table.columns if column.source == fields.rights), None)
    license_ = next((child for child in rights.children if child.source == "license"), None) if rights else None
    if rights is None or license_ is None:
        return
    named = pc.struct_field(articles.column(rights.name), license_.name)
    withheld = articles.column("text").is_null()
    for state, chosen in (("included", pc.invert(withheld)), ("withheld", withheld)):
        for value, number in _occurrences(named.filter(chosen)):
            name = license_.labels[int(value)] if license_.labels else value
            counts["license", name, state] += number


def _occurrences(array: pa.Array) -> Iterator[tuple[str | int, int]]:
    """Each value of `array` with how often it occurs, nulls left out; booleans as JSON writes them."""
    for found in pc.value_counts(array).to_pylist():
        value = found["values"]
        if value is not None:
            yield str(value).lower() if isinstance(value, bool) else value, found["counts"]

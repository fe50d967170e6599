"""Compiled articles as rows of every table."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from dataset_builder.pipeline.article import Compiled
from dataset_builder.schema.columns import Column, Table
from dataset_builder.schema.layout import Layout, rows_of
from dataset_builder.tables.rows import Converted, Gathered, item_batch, record_batch

__all__ = ["convert"]


def convert(layout: Layout, batch: Sequence[Compiled], records: Gathered | None = None) -> dict[str, pa.RecordBatch]:
    """The rows that `batch`, articles which stand, gives each table but that of links, by the table's name.

    `records` are all their records, if values of these have been gathered.

    Raises:
        Misfit: a value has no place in its column.
    """
    converted = Converted(records)
    found = {}
    if layout.annotations:  # first, for the gold layers are lists of these records
        found[layout.annotations.name] = _annotations(layout.annotations, batch, converted)
    rows = [compiled.row or {} for compiled in batch]
    found[layout.articles.name] = record_batch(layout.articles, rows, _texts(batch), converted)
    for table in layout.flat:
        found[table.name] = _items(table, layout, batch, converted)
    return found


def _texts(batch: Sequence[Compiled]) -> dict[str, pa.Array]:
    """The column of texts, if the bytes of all are at hand: strings would be encoded for it."""
    found = [compiled.utf8 for compiled in batch]
    return {} if None in found else {"text": pa.array(found, pa.binary()).view(pa.string())}


def _annotations(table: Table, batch: Sequence[Compiled], converted: Converted) -> pa.RecordBatch:
    named = [(compiled.article.id, *record) for compiled in batch for record in compiled.records.items()]
    own = {"article": [article for article, _, _ in named], "annotator": [name for _, name, _ in named]}
    return record_batch(table, [record for _, _, record in named], own, converted)


def _items(table: Table, layout: Layout, batch: Sequence[Compiled], converted: Converted) -> pa.RecordBatch:
    column = _column_of(table, layout)
    if column:
        lists = [compiled.gold.get(column.source) if compiled.gold else None for compiled in batch]
        own = {"article": [compiled.article.id for compiled in batch]}
        found = item_batch(table, column, lists, own, converted)
        if found is not None:
            return found
    rows: list[Any] = []
    articles: list[str] = []
    for compiled in batch:
        items = rows_of(compiled.gold, table.path)
        rows += items
        articles += [compiled.article.id] * len(items)
    return record_batch(table, rows, {"article": articles})


def _column_of(table: Table, layout: Layout) -> Column | None:
    """The column of articles that holds just what `table` holds flat, if there is one."""
    if len(table.path) != 1:
        return None
    named = (column for column in layout.articles.columns if column.source == table.path[0])
    return next((column for column in named if column.item and column.item.children and not column.is_map), None)

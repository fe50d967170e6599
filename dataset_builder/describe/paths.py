"""Names of columns at any depth: `entities[].type` is the property `type` of each item of the list `entities`."""

from collections.abc import Iterator

from dataset_builder.schema.columns import Column, Table

__all__ = ["columns_within", "walk_columns"]


def walk_columns(table: Table) -> Iterator[tuple[str, Column]]:
    """Every column within `table` at any depth, each before its parts, with its path."""
    for column in table.columns:
        yield from columns_within(column, column.name)


def columns_within(column: Column, path: str) -> Iterator[tuple[str, Column]]:
    """`column`, whose path is `path`, and every column within it."""
    yield path, column
    if column.item:
        yield from columns_within(column.item, f"{path}[]")
    for child in column.children:
        yield from columns_within(child, f"{path}.{child.name}" if path else child.name)

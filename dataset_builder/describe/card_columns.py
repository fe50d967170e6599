"""How the card tells of columns: their types in words, tables of them, definitions of their labels."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dataset_builder.describe.markdown import Markdown, code, prose, table, words
from dataset_builder.schema.columns import Column

__all__ = ["LabelDefinitions", "Row", "column_row", "column_table", "label_definitions", "leaves", "parts"]

_TYPES = {"bool": "true or false", "large_string": "string", "date32": "date"}


Row = tuple[Markdown, Markdown, Markdown]
"""What a table says of a column: its path, type and meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDefinitions:
    """The labels that one column may hold."""

    path: Markdown
    text: Markdown  # a table of label and meaning, or a list of names where none has a meaning


def leaves(columns: Iterable[Column]) -> Iterator[tuple[str, Column]]:
    """The columns that hold values of their own: objects and lists of objects are replaced by what is in them."""
    for column in columns:
        yield from _leaves(column, column.name)


def _leaves(column: Column, path: str) -> Iterator[tuple[str, Column]]:
    inner, path_of_inner = _innermost(column, path)
    if inner.children:
        for child in inner.children:
            yield from _leaves(child, f"{path_of_inner}.{child.name}")
    else:
        yield path, column


def _innermost(column: Column, path: str) -> tuple[Column, str]:
    """What a list holds, a list of lists too; a map counts as one value."""
    while column.item and not column.is_map:
        column, path = column.item, f"{path}[]"
    return column, path


def parts(column: Column) -> tuple[Column, ...]:
    """The columns of an object, or of each item of a list of objects."""
    return _innermost(column, "")[0].children


def column_table(columns: Iterable[tuple[str, Column]]) -> Markdown:
    """A table of columns with type and meaning. What is said alike of parts of several objects is said once."""
    rows: dict[tuple[str, Markdown, Markdown], list[Markdown]] = {}
    for path, column in columns:
        name, type_, meaning = column_row(path, column)
        rows.setdefault((path.partition(".")[2] or path, type_, meaning), []).append(name)
    return table(
        ("column", "type", "meaning"),
        ((Markdown(", ".join(names)), type_, meaning) for (_, type_, meaning), names in rows.items()),
    )


def column_row(path: str, column: Column) -> Row:
    """The line of `column` in such a table."""
    return code(path), _type_in_words(column), prose(_meaning(column))


def _meaning(column: Column) -> str | None:
    shape = column.shape
    inner = column.item.shape if column.item else None
    return shape.description or shape.title or (inner.description if inner else None)


def _type_in_words(column: Column) -> Markdown:
    """The type of `column` for people."""
    if column.is_map and column.item:
        return Markdown(f"names to {_type_in_words(column.item.children[1])}")
    if column.item:
        inner = column.item
        return Markdown(f"list of {len(inner.labels)} labels" if inner.labels else f"list of {_type_in_words(inner)}")
    if column.labels:
        return Markdown(f"one of {len(column.labels)} labels" if len(column.labels) > 1 else "label")
    if column.shape.refs:
        return _reference(column.shape.refs)
    if column.dtype and column.dtype.startswith("timestamp"):
        return Markdown("date and time (UTC)")
    return Markdown(_TYPES.get(column.dtype or "", column.dtype or ("object" if column.children else "JSON")))


def _reference(refs: tuple[str, ...]) -> Markdown:
    if refs == ("@article",):
        return Markdown("id of an article")
    return Markdown(f"key of {words([code(layer) for layer in refs], 'or')}")


def label_definitions(columns: Iterable[tuple[str, Column]]) -> list[LabelDefinitions]:
    """What the labels of each labelled one of `columns` mean."""
    labelled = ((path, column.item if column.item and column.item.labels else column) for path, column in columns)
    return [LabelDefinitions(path=code(path), text=_labels(column)) for path, column in labelled if column.labels]


def _labels(column: Column) -> Markdown:
    meanings = {label.name: label for label in column.shape.labels}
    known = [(name, meanings.get(name)) for name in column.labels]
    if not any(label and (label.description or label.title) for _, label in known):
        return Markdown(words([code(name) for name in column.labels]))
    rows = [(code(name), prose((label.description or label.title) if label else None)) for name, label in known]
    return table(("label", "meaning"), rows)

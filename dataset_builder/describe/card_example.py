"""One article as the card shows it: metadata, the beginning of its text, the first items of each layer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from dataset_builder.describe.card_columns import leaves, parts
from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.markdown import Markdown, code, escape, quotation, table
from dataset_builder.schema.columns import Column
from dataset_builder.schema.shape import SpanKeys

__all__ = ["LayerExample", "example"]

_TEXT, _CELL, _ITEMS = 600, 70, 4  # code points of the text and of one cell, items of a layer that are shown at most


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerExample:
    """The first items of one layer."""

    name: Markdown
    shown: int
    total: int
    table: Markdown


def example(facts: CardFacts) -> dict[str, object] | None:
    """The article of `facts.example`; None where there is none, or its text is withheld."""
    row = facts.example
    text = row.get("text") if row else None
    if row is None or not isinstance(text, str):
        return None
    metadata = [column for column in facts.metadata if column.name not in ("id", "text", "sha256", "length")]
    begun = _beginning(text)
    return {
        "id": code(str(row["id"])),
        "metadata": _values(metadata, row),
        "text": quotation(begun),
        "rest": len(text) - len(begun.removesuffix(" …")) if len(text) > _TEXT else 0,
        "layers": [shown for column in facts.layers if column.item and (shown := _layer(column, row, text))],
        "values": _values([column for column in facts.layers if not column.item], row),
    }


def _beginning(text: str) -> str:
    if len(text) <= _TEXT:
        return text
    head = text[:_TEXT]
    cut = max(head.rfind(" "), head.rfind("\n"))
    return (head[:cut] if cut > _TEXT // 2 else head).rstrip() + " …"


def _values(columns: Sequence[Column], row: Mapping[str, Any]) -> Markdown | None:
    """A table of names and values; those that are null are left out."""
    found = [(path, _shown(column, _at(row, path))) for path, column in leaves(columns) if "[]" not in path]
    rows = [(code(path), value) for path, value in found if value is not None]
    return table(("column", "value"), rows) if rows else None


def _at(row: Mapping[str, Any], path: str) -> Any:
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _shown(column: Column, value: Any) -> Markdown | None:
    """`value` on one line, cut to what a cell holds; None for null."""
    if value is None:
        return None
    if column.labels:
        return code(column.labels[value])
    if isinstance(value, list):
        return Markdown(f"{len(value):,} {'item' if len(value) == 1 else 'items'}")
    if isinstance(value, datetime):
        return escape(value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"))
    if isinstance(value, bool | date):
        return escape(str(value).lower())
    text = str(value)
    return escape(text if len(text) <= _CELL else text[: _CELL - 1].rstrip() + "…")


def _layer(column: Column, row: Mapping[str, Any], text: str) -> LayerExample | None:
    items = [item for item in row.get(column.name) or () if item is not None]
    if not items:
        return None
    shown = items[:_ITEMS]
    if parts(column):
        first = table(*_items(column, shown, text))
    else:
        first = table(["value"], ([_shown(column.item or column, item)] for item in shown))
    return LayerExample(name=code(column.name), shown=len(shown), total=len(items), table=first)


def _items(column: Column, items: Sequence[Mapping[str, Any]], text: str) -> tuple[list[Any], list[list[Any]]]:
    """Columns and rows of a table of `items`: a span in one column with what it covers, columns of nulls left out."""
    span = column.item.shape.span if column.item else None
    hidden = {span.start, span.end, span.quote, span.digest} if span else set()
    plain = [child for child in parts(column) if child.source not in hidden]
    columns = [child for child in plain if any(item.get(child.name) is not None for item in items)]
    headers: list[Any] = [code(child.name) for child in columns]
    rows = [[_shown(child, item.get(child.name)) or "" for child in columns] for item in items]
    if span:
        place = int(bool(columns) and columns[0].source == column.shape.key)
        headers[place:place] = ["span", "text"]
        for cells, item in zip(rows, items, strict=True):
            cells[place:place] = _covered(column, span, item, text)
    return headers, rows


def _covered(column: Column, span: SpanKeys, item: Mapping[str, Any], text: str) -> list[Any]:
    names = {child.source: child.name for child in parts(column)}
    start, end = item.get(names.get(span.start, "")), item.get(names.get(span.end, ""))
    if not isinstance(start, int) or not isinstance(end, int):
        return ["", ""]
    covered = text[start:end]
    return [code(f"{start}:{end}"), escape(covered if len(covered) <= _CELL else covered[: _CELL - 1].rstrip() + "…")]

"""The compiled schema: each table's columns, with their Arrow types and, where they differ, what they mean."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from dataset_builder.report.table import table
from dataset_builder.report.visible import visible

__all__ = ["Columns", "render_json", "render_text"]


class Columns(Protocol):
    """A compiled table: its Arrow schema, and its features as the Hub writes them in JSON."""

    @property
    def arrow(self) -> Any:  # noqa: D102
        ...

    @property
    def features(self) -> Any:  # noqa: D102
        ...


def render_json(tables: Mapping[str, Columns]) -> str:
    """`{TABLE: {"arrow": [{"name", "type", "nullable"}], "features"}}`; ASCII."""
    contents = {
        name: {
            "arrow": [
                {"name": field.name, "type": str(field.type), "nullable": field.nullable} for field in each.arrow
            ],
            "features": each.features,
        }
        for name, each in tables.items()
    }
    return json.dumps(contents, indent=2) + "\n"


def render_text(tables: Mapping[str, Columns]) -> str:
    """A heading and a tree of columns for each table; labels are listed in the order of their numbers."""
    parts = []
    for name, each in tables.items():
        rows = [row for field in each.arrow for row in _rows(field, each.features.get(field.name), 0)]
        parts.append(f"{visible(name)}\n{table([('column', 'type', 'labels'), *rows], indent='  ')}")
    return "\n".join(parts)


def _rows(field: Any, feature: Any, depth: int) -> Iterator[tuple[str, str, str]]:
    """A row for `field`, then one for each field within it."""
    type_, inner, lists = field.type, feature, 0
    while _is_list(type_):
        type_, inner, lists = type_.value_type, _item(inner), lists + 1
    fields = list(type_) if _is_struct(type_) else []
    shown = "list of " * lists + ("struct" if fields else str(type_))
    names = inner.get("names", ()) if isinstance(inner, Mapping) and inner.get("_type") == "ClassLabel" else ()
    labels = ", ".join(f"{number} {name}" for number, name in enumerate(names))
    yield "  " * depth + field.name, shown, labels
    for each in fields:
        yield from _rows(each, inner.get(each.name) if isinstance(inner, Mapping) else None, depth + 1)


def _is_list(type_: Any) -> bool:
    from pyarrow import types

    return bool(types.is_list(type_) or types.is_large_list(type_) or types.is_fixed_size_list(type_))


def _is_struct(type_: Any) -> bool:
    from pyarrow import types

    return bool(types.is_struct(type_))


def _item(feature: Any) -> Any:
    """The feature of a list's items: `List` and `Sequence` name it, and older lists are lists of one."""
    if isinstance(feature, list):
        return feature[0]
    return feature.get("feature") if isinstance(feature, Mapping) else None

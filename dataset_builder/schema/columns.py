"""From shapes to columns: the Arrow type and the Hugging Face feature of everything that is published.

A feature survives a Parquet file only where the Arrow field is just what `datasets.Features.arrow_schema` gives for it
(measured with `datasets` 5): labels are nullable int64, lists are `list` with a field named `item`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pyarrow as pa

from dataset_builder.schema.shape import Kind, Path, Shape

__all__ = ["Column", "Table", "column_of", "columns_of", "storage_type", "stored", "table"]

_PLAIN = {Kind.INTEGER: "int64", Kind.NUMBER: "float64", Kind.BOOLEAN: "bool", Kind.STRING: "string"}
_FORMATS = {"date-time": "timestamp[us, tz=UTC]", "date": "date32"}
_ARROW = {
    "bool": pa.bool_(),
    "float64": pa.float64(),
    "timestamp[us, tz=UTC]": pa.timestamp("us", tz="UTC"),
    "date32": pa.date32(),
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A published column, or a part of one.

    `dtype` is set for plain values, `labels` for label sets, `children` for structs, `item` for lists (and for maps,
    which are published as lists of key and value). A column of none of these holds JSON.
    """

    name: str  # as published
    source: str  # the property that it comes from
    shape: Shape
    dtype: str | None = None
    labels: tuple[str, ...] = ()
    children: tuple["Column", ...] = ()
    item: "Column | None" = None

    @cached_property
    def arrow(self) -> pa.DataType:
        """The Arrow type."""
        if self.item:
            return pa.list_(self.item.arrow)
        if self.children:
            return pa.struct([pa.field(child.name, child.arrow) for child in self.children])
        if self.labels:
            return pa.int64()
        if self.dtype:
            return _ARROW[self.dtype] if self.dtype in _ARROW else pa.type_for_alias(self.dtype)
        return pa.json_()

    @property
    def feature(self) -> Any:
        """The feature as `datasets.Features.to_dict` writes it."""
        if self.item:
            return {"feature": self.item.feature, "_type": "List"}
        if self.children:
            return {child.name: child.feature for child in self.children}
        if self.labels:
            return {"names": list(self.labels), "_type": "ClassLabel"}
        return {"dtype": self.dtype, "_type": "Value"} if self.dtype else {"_type": "Json"}

    @cached_property
    def codes(self) -> dict[str | None, int | None]:
        """The value that stands for each label, and for null."""
        return {**{name: code for code, name in enumerate(self.labels)}, None: None}

    @property
    def is_map(self) -> bool:
        """Whether the children are the key and the value of a map."""
        return self.shape.kind is Kind.MAP and self.item is not None


@dataclass(frozen=True, kw_only=True)
class Table:
    """A published table."""

    name: str
    columns: tuple[Column, ...]
    description: str | None = None
    path: Path = ()  # of the array whose items are its rows; empty for tables of whole records

    @property
    def features(self) -> dict[str, Any]:
        """The features as `datasets.Features.to_dict` writes them."""
        return {column.name: column.feature for column in self.columns}

    @cached_property
    def arrow(self) -> pa.Schema:
        """The Arrow schema with the metadata in which `datasets` looks for the features."""
        info = json.dumps({"info": {"features": self.features}}, ensure_ascii=True)
        fields = [pa.field(column.name, column.arrow) for column in self.columns]
        return pa.schema(fields, metadata={"huggingface": info})


def storage_type(kind: pa.DataType) -> pa.DataType:
    """`kind` with JSON as the text that it is stored as.

    Arrow 26 can neither flatten nor filter some lists whose items hold an extension type; cast, it can.
    """
    if isinstance(kind, pa.BaseExtensionType):
        return kind.storage_type
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(storage_type(kind.value_type)))
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(storage_type(field.type)) for field in kind])
    return kind


def stored(rows: pa.Table | pa.RecordBatch) -> Any:
    """`rows` with JSON as the text that it is stored as; the same rows where there is none."""
    kinds = [storage_type(field.type) for field in rows.schema]
    if kinds == rows.schema.types:
        return rows
    fields = [field.with_type(kind) for field, kind in zip(rows.schema, kinds, strict=True)]
    return rows.cast(pa.schema(fields))


def table(name: str, columns: Iterable[Column], *, description: str | None = None, path: Path = ()) -> Table:
    """The table `name`; of columns with one name, the first."""
    unique: dict[str, Column] = {}
    for column in columns:
        unique.setdefault(column.name, column)
    return Table(name=name, columns=tuple(unique.values()), description=description, path=path)


def plain_column(name: str, dtype: str, description: str) -> Column:
    """A column that the compiler itself fills."""
    return Column(name=name, source=name, dtype=dtype, shape=Shape(kind=Kind.STRING, description=description))


def columns_of(shape: Shape, *, without: Iterable[str] = ()) -> tuple[Column, ...]:
    """The columns of an object's properties in the schema's order, those of `without` and private ones left out."""
    left_out = set(without)
    found = (column_of(name, inner) for name, inner in shape.properties if name not in left_out)
    return tuple(column for column in found if column is not None)


def column_of(source: str, shape: Shape) -> Column | None:
    """The column of a value of `shape`; None where it is private or dropped, or has no type (which a rule reports)."""
    override = shape.column
    if shape.private or (override and override.drop):
        return None
    column = _typed(source, shape, override.type if override else None)
    return replace(column, name=override.name) if column and override and override.name else column


def _typed(source: str, shape: Shape, dtype: str | None) -> Column | None:
    plain = Column(name=source, source=source, shape=shape)
    if dtype == "json":
        return plain
    if dtype:
        return replace(plain, dtype=dtype)
    if shape.labels:
        return replace(plain, labels=tuple(label.name for label in shape.labels))
    if shape.kind is Kind.STRING and shape.format in _FORMATS:
        return replace(plain, dtype=_FORMATS[shape.format])
    if shape.kind in _PLAIN:
        return replace(plain, dtype=_PLAIN[shape.kind])
    return _nested(plain, shape)


def _nested(plain: Column, shape: Shape) -> Column | None:
    if shape.kind is Kind.OBJECT:
        children = columns_of(shape)
        return replace(plain, children=children) if children else None
    item = column_of("item", shape.items) if shape.items else None
    if item is None or shape.kind not in (Kind.ARRAY, Kind.MAP):
        return None
    return replace(
        plain, item=item if shape.kind is Kind.ARRAY else _map_entry(replace(item, name="value", source="value"))
    )


def _map_entry(value: Column) -> Column:
    key = plain_column("key", "string", "The entry's name.")
    return Column(name="item", source="item", shape=Shape(kind=Kind.OBJECT), children=(key, value))

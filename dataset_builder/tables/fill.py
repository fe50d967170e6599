"""Published rows of withheld articles with their texts put back: the text, and the quotes that its spans cover."""

from collections.abc import Mapping
from hashlib import sha256
from itertools import accumulate
from typing import Any

import pyarrow as pa

__all__ = ["fill_row", "fill_table"]

START, END, QUOTE, DIGEST = "start", "end", "quote", "digest"
_OF_SPANS = {START, END, QUOTE, DIGEST}
_OF_ARTICLES = {"id", "text", "sha256"}  # columns that only the table of articles has together


def fill_row(row: dict[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """`row` with what is null for want of a text filled in from `texts` (article to text); `row` itself stays as it is.

    An object with the members start, end, quote and digest is a span; it lies in the article that the nearest object
    around it names as `article`, in the table of articles in that of the row. A quote is filled in only where its
    digest agrees.
    """
    if not row.keys() >= _OF_ARTICLES:
        return _fill_object(row, texts, None)
    owner = row["id"]
    filled = {name: _fill(value, texts, owner) for name, value in row.items()}
    if filled["text"] is None:
        filled["text"] = texts.get(owner)
    return filled


def _fill_object(value: dict[str, Any], texts: Mapping[str, str], owner: str | None) -> dict[str, Any]:
    named = value.get("article")
    owner = named if isinstance(named, str) else owner
    text = texts.get(owner or "")
    filled = {name: _fill(inner, texts, owner) for name, inner in value.items()}
    if text is not None and filled.keys() >= _OF_SPANS and filled[QUOTE] is None and filled[DIGEST] is not None:
        covered = text[filled[START] : filled[END]]
        if sha256(covered.encode()).hexdigest() == filled[DIGEST]:
            filled[QUOTE] = covered
    return filled


def _fill(value: Any, texts: Mapping[str, str], owner: str | None) -> Any:
    if isinstance(value, dict):
        return _fill_object(value, texts, owner)
    if isinstance(value, list):
        return [_fill(item, texts, owner) for item in value]
    return value


def fill_table(table: pa.Table, texts: Mapping[str, str]) -> pa.Table:
    """`table` with all of its rows filled in."""
    rows = [fill_row(row, texts) for row in table.to_pylist()]
    arrays = [_array([row[field.name] for row in rows], field.type) for field in table.schema]
    return pa.Table.from_arrays(arrays, schema=table.schema)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    """`values` as an array of type `kind`; `pa.array` itself makes no nested extension types."""
    mask = pa.array([value is None for value in values], pa.bool_())
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, _array(values, kind.storage_type))
    if pa.types.is_struct(kind):
        members = [_array([(value or {}).get(field.name) for value in values], field.type) for field in kind]
        return pa.StructArray.from_arrays(members, fields=list(kind), mask=mask)
    if pa.types.is_list(kind):
        ends = accumulate((len(value or ()) for value in values), initial=0)
        items = [item for value in values for item in value or ()]
        return pa.ListArray.from_arrays(
            pa.array(ends, pa.int32()), _array(items, kind.value_type), type=kind, mask=mask
        )
    return pa.array(values, kind)

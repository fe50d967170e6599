"""Records to Arrow arrays, a column at a time: values are gathered once for each column, never per record."""

from array import array
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from operator import is_, itemgetter
from typing import Any, Protocol

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from dataset_builder.schema.columns import Column, Table
from dataset_builder.schema.shape import ITEM, Path

__all__ = ["Converted", "Gathered", "Misfit", "item_batch", "record_batch", "to_array"]

_INTEGERS = {int, type(None)}
_EXACT = {"float32": 2**24, "float64": 2**53}  # up to here a column holds every integer
_REFUSALS = (pa.ArrowException, AttributeError, KeyError, OverflowError, TypeError, ValueError, orjson.JSONEncodeError)


class Misfit(Exception):  # noqa: N818 - no error: the slow path says what is wrong
    """A value that its column cannot hold. The slow path finds it and says where it is."""


class Gathered(Protocol):
    """Values of some rows by path, gathered already; see `check.batch.Batch`."""

    def values(self, path: Path) -> list[Any]:
        """All values at `path`, nulls and what is missing passed over."""

    def aligned(self, path: Path) -> list[Any]:
        """What stands at `path` within each value of the path before its last step; None where nothing does."""


class Converted:
    """Lists of objects that are columns already: one list often stands in several tables, and is converted once.

    A gold layer is a list of one of the annotators' records, and a flat table has the items of a gold layer.
    """

    def __init__(self, gathered: Gathered | None = None) -> None:
        """The first lists that are converted are those of rows whose values are `gathered` already."""
        self._gathered = gathered
        self._found: dict[int, tuple[pa.Array, dict[int, int], list[Any]]] = {}

    def array(self, column: Column, values: list[Any]) -> pa.Array:
        """`values` as an array of `column`: what `to_array` gives."""
        if column.item is None or not column.item.children or column.is_map:
            return to_array(column, values)
        item = id(column.item.shape)  # columns of one shape are of one type
        array, rows, _ = self._found.get(item, (None, {}, None))
        indices = [rows.get(id(value), -1) for value in values]
        if array is None or -1 in indices:
            array = self._from_gathered(column, values) if array is None else None
            array = to_array(column, values) if array is None else array
            rows = {id(value): row for row, value in enumerate(values)}
            self._found[item] = (array, rows, values)  # the values too, or their ids would be given to others
            return array
        return array if indices == list(range(len(array))) else array.take(pa.array(indices, pa.int32()))

    def _from_gathered(self, column: Column, values: list[Any]) -> pa.Array | None:
        """`values` as an array of `column` from what is gathered; None where that isn't all there is of them."""
        if self._gathered is None or column.item is None:
            return None
        path = (column.source, ITEM)
        lists, items = self._gathered.values(path[:-1]), self._gathered.values(path)
        ends = list(accumulate(map(len, lists), initial=0))
        if len(lists) != len(values) or not all(map(is_, lists, values)) or ends[-1] != len(items):
            return None
        members = [to_array(child, self._gathered.aligned((*path, child.source))) for child in column.item.children]
        inner = pa.StructArray.from_arrays(members, fields=list(column.item.arrow))
        return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), inner, type=column.arrow)


def record_batch(
    table: Table,
    rows: Sequence[dict[str, Any]],
    given: Mapping[str, list[Any] | pa.Array] | None = None,
    converted: Converted | None = None,
) -> pa.RecordBatch:
    """`rows` as a batch of `table`'s columns.

    What stands in no row is `given` by column, a value a row, or as an array of the column's type.

    Raises:
        Misfit: a value has no place in its column.
    """
    beside, convert = given or {}, (converted or Converted()).array
    arrays = []
    for column in table.columns:
        values = beside.get(column.name)
        if not isinstance(values, pa.Array):
            values = convert(column, values or [row.get(column.source) for row in rows])
        arrays.append(values)
    return pa.RecordBatch.from_arrays(arrays, schema=table.arrow)


def item_batch(
    table: Table, column: Column, lists: list[list[Any] | None], owners: Mapping[str, list[str]], converted: Converted
) -> pa.RecordBatch | None:
    """The items of `lists`, values of `column`, as rows of `table`, whose other columns say what each list belongs to.

    None where some item is null: such a row there is not, and the items don't stand one after the other.

    Raises:
        Misfit: a value has no place in its column.
    """
    array = converted.array(column, lists)
    begin, end = (array.offsets[0].as_py(), array.offsets[-1].as_py()) if len(array) else (0, 0)
    items = array.values.slice(begin, end - begin)
    if items.null_count:
        return None
    lengths = pc.fill_null(array.value_lengths(), 0).to_numpy(zero_copy_only=False)
    belonging = pa.array(np.repeat(np.arange(len(lists), dtype=np.int32), lengths))
    members = dict(zip(items.type.names, items.flatten(), strict=True))
    arrays = [
        pa.array(owners[each.name], each.arrow).take(belonging) if each.name in owners else members[each.name]
        for each in table.columns
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=table.arrow)


def to_array(column: Column, values: list[Any]) -> pa.Array:
    """`values`, each of the column's shape or None, as an Arrow array of the column's type.

    Raises:
        Misfit: a value has no place in the column.
    """
    try:
        return _converter(column)(column, values)
    except _REFUSALS as error:
        message = f"a value has no place in column {column.name!r}"
        raise Misfit(message) from error


def _converter(column: Column) -> Callable[[Column, list[Any]], pa.Array]:
    if column.is_map:
        return _map
    if column.item:
        return _list
    if column.children:
        return _struct
    if column.labels:
        return _labels
    if column.dtype is None:
        return _json
    return _SPECIAL.get(column.dtype, _plain)


def _struct(column: Column, values: list[Any]) -> pa.Array:
    mask = None
    if None in values:
        mask = pa.array([value is None for value in values])
        values = [{} if value is None else value for value in values]
    arrays = [to_array(child, _member(values, child.source)) for child in column.children]
    fields = list(column.arrow)
    return pa.StructArray.from_arrays(arrays, fields=fields, mask=mask)


def _member(values: list[dict[str, Any]], name: str) -> list[Any]:
    try:  # a property that all have is read twice as fast this way
        return list(map(itemgetter(name), values))
    except KeyError:
        return [value.get(name) for value in values]


def _list(column: Column, values: list[Any]) -> pa.Array:
    offsets, mask, flat = _flatten(values)
    items = to_array(column.item, flat) if column.item else pa.nulls(len(flat))
    return pa.ListArray.from_arrays(offsets, items, type=column.arrow, mask=mask)


def _map(column: Column, values: list[Any]) -> pa.Array:
    pairs = [
        value if value is None else [{"key": key, "value": inner} for key, inner in sorted(value.items())]
        for value in values
    ]
    return _list(column, pairs)


def _flatten(values: list[Any]) -> tuple[pa.Array, pa.Array | None, list[Any]]:
    offsets, flat, end = [0], [], 0
    for value in values:
        if type(value) is list:  # a string would be taken apart
            flat += value
            end += len(value)
        elif value is not None:
            raise TypeError(type(value))
        offsets.append(end)
    mask = pa.array([value is None for value in values]) if None in values else None
    return pa.array(offsets, pa.int32()), mask, flat


def _labels(column: Column, values: list[Any]) -> pa.Array:
    codes: list[Any] = list(map(column.codes.__getitem__, values))
    try:  # in half the time, as long as there is no null
        return pa.Array.from_buffers(pa.int64(), len(codes), [None, pa.py_buffer(array("q", codes))])
    except TypeError:
        return pa.array(codes, pa.int64())


def _integers(column: Column, values: list[Any]) -> pa.Array:
    if not set(map(type, values)) <= _INTEGERS:  # 1.0 is an integer to JSON Schema, and True to Python
        raise TypeError(column.name)
    return pa.array(values, column.arrow)


def _floats(column: Column, values: list[Any]) -> pa.Array:
    exact = _EXACT[column.dtype or "float64"]
    for value in values:
        if value is not None and (type(value) is bool or (type(value) is int and abs(value) > exact)):
            raise TypeError(column.name)
    array = pa.array(values, column.arrow)
    if column.dtype == "float32" and pc.any(pc.is_inf(array)).as_py():
        raise OverflowError(column.name)
    return array


def _times(column: Column, values: list[Any]) -> pa.Array:
    array = pa.array(values, pa.string()).cast(column.arrow)
    bounds = pc.min_max(array)
    bounds["min"].as_py(), bounds["max"].as_py()  # Arrow holds years that Python, and so `datasets`, can't
    return array


def _json(column: Column, values: list[Any]) -> pa.Array:
    texts = [None if value is None else orjson.dumps(value).decode() for value in values]
    return pa.ExtensionArray.from_storage(column.arrow, pa.array(texts, pa.string()))


def _plain(column: Column, values: list[Any]) -> pa.Array:
    return pa.array(values, column.arrow)


_SPECIAL: dict[str, Callable[[Column, list[Any]], pa.Array]] = {
    **dict.fromkeys(("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"), _integers),
    **dict.fromkeys(("float32", "float64"), _floats),
    **dict.fromkeys(("timestamp[us, tz=UTC]", "date32"), _times),
}

"""Content digests of tables, independent of the Arrow version, the shards, the compression and the machine.

docs/digests.md specifies them, so that others can compute them.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataset_builder.schema.columns import storage_type

__all__ = ["block_digest", "table_digest"]


def block_digest(rows: pa.Table | pa.RecordBatch) -> bytes:
    """The digest of the rows of one block (`layout.blocks`): 32 bytes. O(bytes)."""
    total = sha256()
    for name, column in zip(rows.schema.names, rows.columns, strict=True):
        array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        for path, stream in _streams(array.cast(storage_type(array.type)), name):
            total.update(sha256(path.encode()).digest() + sha256(stream).digest())
    return total.digest()


def table_digest(splits: Iterable[tuple[str, Iterable[bytes]]]) -> str:
    """The digest of a table from the digests of its blocks, split by split in the given order; hexadecimal."""
    total = sha256()
    for split, blocks in splits:
        total.update(sha256(split.encode()).digest())
        for block in blocks:
            total.update(block)
    return total.hexdigest()


def _streams(array: pa.Array, path: str) -> Iterator[tuple[str, memoryview | bytes]]:
    """The streams of `array`: of each node which values are present, of lists lengths, of leaves values."""
    yield f"{path}?", _numbers(pc.is_valid(array).cast(pa.uint8()), "<u1")
    kind = array.type
    if pa.types.is_list(kind):
        yield f"{path}#", _numbers(pc.fill_null(pc.list_value_length(array), 0), "<u4")
        yield from _streams(array.flatten(), f"{path}[]")
    elif pa.types.is_struct(kind):
        for field, child in zip(kind, array.flatten(), strict=True):
            yield from _streams(child, f"{path}.{field.name}")
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        filled = pc.fill_null(array, "")
        yield f"{path}#", _numbers(pc.binary_length(filled), "<u8")
        yield path, _characters(filled)
    else:
        yield path, _values(array)


def _values(array: pa.Array) -> memoryview | bytes:
    kind = array.type
    if pa.types.is_boolean(kind):
        return _numbers(pc.fill_null(array, fill_value=False).cast(pa.uint8()), "<u1")
    if pa.types.is_floating(kind):
        return _numbers(pc.fill_null(array.cast(pa.float64()), 0.0), "<f8")
    if pa.types.is_timestamp(kind):
        array = array.cast(pa.int64())
    elif pa.types.is_date32(kind):
        array = array.cast(pa.int32())
    return _numbers(pc.fill_null(array.cast(pa.int64()), 0), "<i8")


def _numbers(array: pa.Array, dtype: str) -> memoryview:
    return np.ascontiguousarray(array.to_numpy(zero_copy_only=False), dtype=dtype).data.cast("B")


def _characters(array: pa.Array) -> memoryview | bytes:
    if len(array) == 0:
        return b""
    width = "<i8" if pa.types.is_large_string(array.type) else "<i4"
    _, offsets, data = array.buffers()
    bounds = np.frombuffer(offsets, dtype=width)[array.offset : array.offset + len(array) + 1]
    return memoryview(data)[int(bounds[0]) : int(bounds[-1])] if data is not None else b""

"""Content digests of tables, independent of the Arrow version, the shards, the compression and the machine.

docs/digests.md specifies them, so that others can compute them.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataset_builder.schema.columns import stored

__all__ = ["Hashed", "block_digest", "table_digest"]


Hashed = dict[tuple[Any, ...], tuple[bytes, list[pa.Array]]]
"""Columns that were hashed, by what makes two of them the same: their name, and the memory that they lie in.

With their arrays, for as long as these are held nothing else lies there.
"""


def block_digest(rows: pa.Table | pa.RecordBatch, hashed: Hashed | None = None) -> bytes:
    """The digest of the rows of one block (`layout.blocks`): 32 bytes. O(bytes).

    Columns that are in `hashed` are not hashed again, and others are added to it, for tables that have columns in
    common.
    """
    total = sha256()
    known = {} if hashed is None else hashed
    rows = stored(rows)
    for name, column in zip(rows.schema.names, rows.columns, strict=True):
        chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
        key = (name, column.type, *map(_memory, chunks))
        if key not in known:
            known[key] = _hashed(name, chunks or [pa.array([], column.type)]), chunks
        total.update(known[key][0])
    return total.digest()


def _memory(array: pa.Array) -> tuple[int, ...]:
    return len(array), array.offset, *(buffer.address if buffer else 0 for buffer in array.buffers())


def _hashed(name: str, chunks: list[pa.Array]) -> bytes:
    """The digests of the path and of the contents of each stream of a column, one behind the other."""
    found: list[tuple[str, Any]] = []  # each stream that the chunks add to, with its path
    for chunk in chunks:
        for index, (path, stream) in enumerate(_streams(chunk, name)):
            if index == len(found):
                found.append((path, sha256()))
            found[index][1].update(stream)
    return b"".join(_path_digest(path) + digest.digest() for path, digest in found)


def table_digest(splits: Iterable[tuple[str, Iterable[bytes]]]) -> str:
    """The digest of a table from the digests of its blocks, split by split in the given order; hexadecimal."""
    total = sha256()
    for split, blocks in splits:
        total.update(sha256(split.encode()).digest())
        for block in blocks:
            total.update(block)
    return total.hexdigest()


@lru_cache(maxsize=4096)
def _path_digest(path: str) -> bytes:
    return sha256(path.encode()).digest()


def _streams(array: pa.Array, path: str) -> Iterator[tuple[str, Any]]:
    """The streams of `array`: of each node which values are present, of lists lengths, of leaves values."""
    yield f"{path}?", _numbers(pc.is_valid(array).cast(pa.uint8()), "<u1") if array.null_count else b"\x01" * len(array)
    kind = array.type
    if pa.types.is_list(kind):
        bounds = array.offsets.to_numpy()
        yield f"{path}#", _lengths(array, bounds).astype("<u4").data
        items = array.flatten() if array.null_count else array.values.slice(bounds[0], bounds[-1] - bounds[0])
        yield from _streams(items, f"{path}[]")
    elif pa.types.is_struct(kind):
        members = array.flatten() if array.null_count else map(array.field, range(kind.num_fields))
        for field, child in zip(kind, members, strict=True):
            yield from _streams(child, f"{path}.{field.name}")
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        filled = pc.fill_null(array, "") if array.null_count else array
        bounds = _bounds(filled)
        yield f"{path}#", np.diff(bounds).astype("<u8").data
        yield path, _characters(filled, bounds)
    else:
        yield path, _values(array)


def _lengths(lists: pa.Array, bounds: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The length of each list; 0 for null, whatever lies under it."""
    lengths = np.diff(bounds)
    if lists.null_count:
        lengths[pc.is_null(lists).to_numpy(zero_copy_only=False)] = 0
    return lengths


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
    array = array.cast(pa.int64())
    return _numbers(pc.fill_null(array, 0) if array.null_count else array, "<i8")


def _numbers(array: pa.Array, dtype: str) -> memoryview:
    return np.ascontiguousarray(array.to_numpy(zero_copy_only=False), dtype=dtype).data.cast("B")


def _bounds(strings: pa.Array) -> np.ndarray[Any, Any]:
    """Where each string begins in the characters, and where the last ends."""
    if len(strings) == 0:
        return np.zeros(1, "<i8")
    width = "<i8" if pa.types.is_large_string(strings.type) else "<i4"
    offsets = strings.buffers()[1]
    return np.frombuffer(offsets, dtype=width)[strings.offset : strings.offset + len(strings) + 1]


def _characters(strings: pa.Array, bounds: np.ndarray[Any, Any]) -> memoryview | bytes:
    data = strings.buffers()[2] if len(strings) else None
    return b"" if data is None else memoryview(data)[int(bounds[0]) : int(bounds[-1])]

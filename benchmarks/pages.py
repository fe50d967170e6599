"""The pages of a Parquet file, as they are stored: pyarrow doesn't show them.

Headers of pages are structs in Thrift's compact protocol
(https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md); of each only the size is needed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq

__all__ = ["Page", "pages"]

_COMPRESSED_SIZE = 3  # the field of a page's header
_TRUE, _FALSE, _BYTE, _INT16, _INT32, _INT64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: what a file is compared by."""

    column: str
    size: int  # bytes as stored, with the header
    digest: bytes  # of these bytes


def pages(path: Path) -> Iterator[Page]:
    """The pages of the file at `path`: of each row group those of each column, dictionaries included."""
    metadata = pq.read_metadata(path)
    with path.open("rb") as stream:
        for group in range(metadata.num_row_groups):
            for number in range(metadata.num_columns):
                column = metadata.row_group(group).column(number)
                start = column.data_page_offset
                if column.has_dictionary_page and column.dictionary_page_offset is not None:
                    start = min(start, column.dictionary_page_offset)
                stream.seek(start)
                yield from _cut(column.path_in_schema, stream.read(column.total_compressed_size))


def _cut(column: str, data: bytes) -> Iterator[Page]:
    begin = 0
    while begin < len(data):
        head, size = _header(data, begin)
        end = head + size
        yield Page(column, end - begin, sha256(data[begin:end]).digest())
        begin = end


def _header(data: bytes, at: int) -> tuple[int, int]:
    """Where the header that begins at `at` ends, and the bytes of the page behind it."""
    size = field = 0
    while kind := data[at] & 15:
        step = data[at] >> 4
        at += 1
        if step:
            field += step
        else:
            number, at = _number(data, at)
            field = _signed(number)
        if field == _COMPRESSED_SIZE and kind == _INT32:
            number, at = _number(data, at)
            size = _signed(number)
        else:
            at = _behind(data, at, kind)
    return at + 1, size


def _behind(data: bytes, at: int, kind: int) -> int:
    """Where a value of that kind ends that begins at `at`; as part of a struct, where booleans take no byte."""
    if kind in (_TRUE, _FALSE):
        return at
    if kind == _BYTE:
        return at + 1
    if kind in (_INT16, _INT32, _INT64):
        return _number(data, at)[1]
    if kind == _DOUBLE:
        return at + 8
    if kind == _BINARY:
        length, at = _number(data, at)
        return at + length
    if kind == _STRUCT:
        return _header(data, at)[0]
    message = f"a page's header holds a value of kind {kind}, which none does"
    raise ValueError(message)


def _number(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned number in groups of seven bits, and where it ends."""
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at


def _signed(number: int) -> int:
    return (number >> 1) ^ -(number & 1)

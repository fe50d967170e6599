"""Tables as Parquet files, laid out as the Hub and `datasets` want them, with the same bytes for the same rows."""

import json
import os
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from dataset_builder.model.manifest import FileEntry
from dataset_builder.schema.columns import Column, Table

__all__ = ["ShardWriter", "clear_unfinished"]

# What `datasets` 5 writes: the Hub stores such files by chunks, so that a small change is a small upload.
_CHUNKING = {"min_chunk_size": 256 * 1024, "max_chunk_size": 1024 * 1024, "norm_level": 0}


class ShardWriter:
    """Writes one shard of one table, row group by row group, hashing what it writes.

    The file gets its name only when it is complete: `<split>-<ordinal>-<digest>.parquet`. Until then it has one that no
    other attempt at the same shard has, as a cluster makes two where it takes a worker for lost.
    """

    def __init__(self, directory: Path, table: Table, split: str, ordinal: int, folder: str | None = None) -> None:
        """It goes to `folder`, unless given to `data/<table>`."""
        self._folder = folder or f"data/{table.name}"
        self._directory = directory / self._folder
        for place in (self._directory.parent, self._directory):
            place.mkdir(exist_ok=True)  # but not `directory`: where that is gone, nobody waits for the shard any more
        self._name = f"{split}-{ordinal:05d}"
        self._table = table
        self._unfinished = self._directory / f".{self._name}-{uuid4().hex}.unfinished"
        self._file = pa.OSFile(os.fspath(self._unfinished), "wb")
        self._rows = 0
        self._writer = pq.ParquetWriter(
            self._file,
            table.arrow,
            compression="zstd",
            compression_level=1,
            use_dictionary=_repetitive(table),  # dictionaries of what never repeats cost more than they save
            write_statistics=True,
            write_page_index=True,
            use_content_defined_chunking=_CHUNKING,
            store_schema=True,
        )
        self._writer.add_key_value_metadata({"content_defined_chunking": json.dumps(_CHUNKING)})

    def write(self, rows: pa.Table) -> None:
        """Adds `rows` as one row group."""
        self._rows += rows.num_rows
        self._writer.write_table(rows, row_group_size=max(1, rows.num_rows))

    def abandon(self) -> None:
        """Lets go of a file that won't be finished; the directory that it lies in goes with it."""
        with suppress(OSError, pa.ArrowException):  # or it would close itself later, and say so to nobody
            self._writer.close()
        with suppress(OSError, pa.ArrowException):
            self._file.close()

    def close(self) -> FileEntry:
        """Finishes the file, on the disk for good, and names it."""
        self._writer.close()
        self._file.close()
        with self._unfinished.open("rb") as written:
            os.fsync(written.fileno())
            digest = file_digest(written, "sha256").hexdigest()
            size = written.tell()
        path = self._directory / f"{self._name}-{digest[:12]}.parquet"
        self._unfinished.rename(path)
        return FileEntry(path=f"{self._folder}/{path.name}", bytes=size, sha256=digest, rows=self._rows)


def clear_unfinished(directory: Path) -> None:
    """Takes away what workers that were lost have begun; all shards are written."""
    for left in directory.glob("*/*/.*.unfinished"):
        left.unlink(missing_ok=True)


def _repetitive(table: Table) -> list[str]:
    """The leaf columns with few distinct values, as Parquet names them: label sets, and keys of other records."""
    return [path for column in table.columns for path in _repetitive_leaves(column, column.name)]


def _repetitive_leaves(column: Column, path: str) -> list[str]:
    if column.item:
        return _repetitive_leaves(column.item, f"{path}.list.element")
    if column.children:
        return [leaf for child in column.children for leaf in _repetitive_leaves(child, f"{path}.{child.name}")]
    return [path] if column.labels or column.shape.refs else []

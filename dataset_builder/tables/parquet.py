"""Tables as Parquet files, laid out as the Hub and `datasets` want them, with the same bytes for the same rows."""

import json
import os
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dataset_builder.model.manifest import FileEntry
from dataset_builder.schema.columns import Column, Table

__all__ = ["ShardWriter"]

# What `datasets` 5 writes: the Hub stores such files by chunks, so that a small change is a small upload.
_CHUNKING = {"min_chunk_size": 256 * 1024, "max_chunk_size": 1024 * 1024, "norm_level": 0}


class ShardWriter:
    """Writes one shard of one table, row group by row group, hashing what it writes.

    The file gets its name only when it is complete: `<split>-<ordinal>-<digest>.parquet`.
    """

    def __init__(self, directory: Path, table: Table, split: str, ordinal: int) -> None:
        self._directory = directory / "data" / table.name
        self._directory.mkdir(parents=True, exist_ok=True)
        self._name = f"{split}-{ordinal:05d}"
        self._table = table
        self._unfinished = self._directory / f".{self._name}.unfinished"
        self._file = _HashingFile(self._unfinished)
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
        self._file.abandon()
        self._writer.close()  # or it would close itself later, and say so to nobody

    def close(self) -> FileEntry:
        """Finishes the file, on the disk for good, and names it."""
        self._writer.close()
        size, digest = self._file.finish()
        path = self._directory / f"{self._name}-{digest[:12]}.parquet"
        self._unfinished.rename(path)
        relative = f"data/{self._table.name}/{path.name}"
        return FileEntry(path=relative, bytes=size, sha256=digest, rows=self._rows)


class _HashingFile:
    """A file that only grows, and knows the SHA-256 of what it holds."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("wb", buffering=0)  # Parquet comes in large pieces
        self._digest = sha256()
        self._size = 0
        self.closed = False

    def write(self, data: bytes | pa.Buffer) -> int:
        view = memoryview(data).cast("B")
        self._digest.update(view)
        before, self._size = self._size, self._size + view.nbytes
        while len(view) and not self._stream.closed:
            view = view[self._stream.write(view) :]
        return self._size - before

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        self.closed = True

    def abandon(self) -> None:
        """From now on, takes all that it is given and keeps nothing."""
        self._stream.close()

    def finish(self) -> tuple[int, str]:
        os.fsync(self._stream.fileno())
        self._stream.close()
        return self._size, self._digest.hexdigest()


def _repetitive(table: Table) -> list[str]:
    """The leaf columns with few distinct values, as Parquet names them: label sets, and keys of other records."""
    return [path for column in table.columns for path in _repetitive_leaves(column, column.name)]


def _repetitive_leaves(column: Column, path: str) -> list[str]:
    if column.item:
        return _repetitive_leaves(column.item, f"{path}.list.element")
    if column.children:
        return [leaf for child in column.children for leaf in _repetitive_leaves(child, f"{path}.{child.name}")]
    return [path] if column.labels or column.shape.refs else []

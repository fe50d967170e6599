"""Content digests computed again from the files of a build."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dataset_builder.tables.digest import block_digest, table_digest

__all__ = ["digest_of_files"]


def digest_of_files(files: Mapping[str, Sequence[Path]], key: str, articles: Mapping[str, Sequence[Path]]) -> str:
    """The content digest of the table whose `files` by split are given; its column `key` names the article of a row.

    `articles` are the files of the table of articles by split, whose ids say where blocks end (docs/digests.md); for a
    table that is cut by ids of its own, these are its own files. Memory: one block.
    """
    return table_digest((split, _digests(paths, key, _endings(articles[split]))) for split, paths in files.items())


def _endings(paths: Sequence[Path]) -> list[str]:
    """The ids that end a block, ascending."""
    found = (id_ for path in paths for id_ in pq.read_table(path, columns=["id"])["id"].to_pylist())
    return sorted(id_ for id_ in found if sha256(id_.encode()).digest()[0] == 0)


def _digests(paths: Sequence[Path], key: str, endings: list[str]) -> Iterator[bytes]:
    """The digests of the blocks, in order; one may span batches, row groups and files."""
    number, parts = -1, list[pa.RecordBatch]()
    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                for block, rows in _cut(batch, key, endings):
                    if block != number and parts:
                        yield _digest(parts)
                        parts.clear()
                    number = block
                    parts.append(rows)
    if parts:
        yield _digest(parts)


def _cut(batch: pa.RecordBatch, key: str, endings: list[str]) -> Iterator[tuple[int, pa.RecordBatch]]:
    begin = 0
    for block, run in groupby(batch.column(key).to_pylist(), lambda id_: bisect_left(endings, id_)):
        length = sum(1 for _ in run)
        yield block, batch.slice(begin, length)
        begin += length


def _digest(parts: list[pa.RecordBatch]) -> bytes:
    return block_digest(pa.Table.from_batches(parts).combine_chunks())

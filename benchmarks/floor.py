"""The floor: `python -m benchmarks.floor PROJECT OUTPUT` reads, parses, hashes and writes the tables of the build.

Nothing is checked, merged, described or split: what reads these files with these libraries and writes these tables in
one process can hardly be faster. It reads, converts and writes with the build's own parts (`read.files`,
`schema.layout`, `tables`), so what these cost is in both.
"""

import gc
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pyarrow as pa

from dataset_builder.model.source import Source
from dataset_builder.pipeline.context import Context
from dataset_builder.read.files import Reader
from dataset_builder.read.project import read_project
from dataset_builder.read.schemas import read_schemas
from dataset_builder.schema.columns import Table
from dataset_builder.schema.layout import Layout, rows_of
from dataset_builder.tables.parquet import ShardWriter
from dataset_builder.tables.rows import Converted, record_batch

__all__: list[str] = []

_BATCH = 128  # articles converted at once, as in the build
_ROW_GROUP = 1024  # articles in one row group, as in the build


class _Article(NamedTuple):
    row: dict[str, Any]
    record: dict[str, Any]


def main() -> None:
    """Writes every table of the project as one file; none with `--parse-only`."""
    root, output = map(Path, sys.argv[1:3])
    gc.disable()
    if "--parse-only" in sys.argv:
        deque(_articles(root), maxlen=0)
        return
    layout = _layout(root)
    tables = [table for table in layout.tables if table is not layout.links]
    output.mkdir(parents=True, exist_ok=True)
    writers = [ShardWriter(output, table, "train", 0) for table in tables]
    articles = _articles(root)
    while group := _row_group(tables, layout, articles):
        for writer, rows in zip(writers, group, strict=True):
            writer.write(rows)
    for writer in writers:
        writer.close()


def _articles(root: Path) -> Iterator[_Article]:
    return _read_packed(root) if any((root / "seeds").glob("*.jsonl")) else _read_files(root)


def _layout(root: Path) -> Layout:
    project, _ = read_project(root)
    if project is None:
        raise SystemExit(f"{root}: the configuration has flaws")
    schemas, _ = read_schemas(project)
    return Context(project, schemas, None, frozenset()).layout


def _row_group(tables: list[Table], layout: Layout, articles: Iterator[_Article]) -> list[pa.Table]:
    """The rows of the next row group, table by table; none where no article is left."""
    batches: list[list[pa.RecordBatch]] = [[] for _ in tables]
    for _ in range(_ROW_GROUP // _BATCH):
        batch = list(islice(articles, _BATCH))
        if batch:
            shared = Converted()
            for table, converted in zip(tables, batches, strict=True):
                converted.append(record_batch(table, _rows(table, layout, batch), converted=shared))
    return [pa.Table.from_batches(converted) for converted in batches if converted]


def _rows(table: Table, layout: Layout, batch: list[_Article]) -> list[dict[str, Any]]:
    if table is layout.articles:
        return [article.row for article in batch]
    if table is layout.annotations:
        return [article.record for article in batch]
    return [{**row, "article": article.row["id"]} for article in batch for row in rows_of(article.record, table.path)]


def _read_files(root: Path) -> Iterator[_Article]:
    annotator = _annotator(root)
    reader = Reader(root)
    for name in sorted(entry.name for entry in os.scandir(root / "seeds")):
        identity, ending = name.rsplit(".", 1)
        if ending == "txt":
            text = reader.read(Source(f"seeds/{name}"))
            metadata = reader.read(Source(f"seeds/{identity}.json"))
            record = reader.read(Source(f"annotations/{annotator}/{identity}.json"))
            sha256(metadata)
            sha256(record)
            yield _article(
                identity, text.decode(), sha256(text).hexdigest(), orjson.loads(metadata), orjson.loads(record)
            )


def _read_packed(root: Path) -> Iterator[_Article]:
    for path in sorted((root / "seeds").iterdir()):
        with path.open("rb") as seeds, (root / "annotations" / _annotator(root) / path.name).open("rb") as records:
            yield from _read_lines(seeds, records)


def _read_lines(seeds: Iterable[bytes], records: Iterable[bytes]) -> Iterator[_Article]:
    for seed, record in zip(seeds, records, strict=True):
        sha256(record)
        metadata = orjson.loads(seed)
        text = metadata["text"]
        yield _article(metadata["id"], text, sha256(text.encode()).hexdigest(), metadata, orjson.loads(record))


def _annotator(root: Path) -> str:
    (folder,) = (root / "annotations").iterdir()
    return folder.name


def _article(identity: str, text: str, digest: str, metadata: dict[str, Any], record: dict[str, Any]) -> _Article:
    own = {"id": identity, "text": text, "sha256": digest, "length": len(text)}
    return _Article({**metadata, **record, **own}, record)


if __name__ == "__main__":
    main()

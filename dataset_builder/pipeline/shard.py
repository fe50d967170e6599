"""The unit of work: a stretch of articles compiled into one Parquet file for each table."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

import pyarrow as pa

from dataset_builder.describe.stats import Tally, measure
from dataset_builder.engines.local import collection_paused
from dataset_builder.errors import InternalError
from dataset_builder.merge.agreement import Agreement
from dataset_builder.model.diagnostic import Diagnostic, Severity
from dataset_builder.model.manifest import FileEntry
from dataset_builder.model.source import ArticleInput
from dataset_builder.pipeline.article import ArticleCompiler, Compiled
from dataset_builder.pipeline.context import Context
from dataset_builder.schema.columns import Table
from dataset_builder.schema.layout import rows_of
from dataset_builder.tables.digest import block_digest
from dataset_builder.tables.layout import blocks
from dataset_builder.tables.parquet import ShardWriter
from dataset_builder.tables.rows import Misfit, record_batch

__all__ = ["ShardCompiler", "ShardSummary", "ShardTask", "TableWriter"]

_BATCH = 128  # articles converted at once: what fits the cache; 32 and 500 were slower (docs/performance.md)


class ShardTask(NamedTuple):
    """What one shard is made of."""

    split: str
    ordinal: int
    articles: tuple[ArticleInput, ...]  # by id


@dataclass(kw_only=True)
class ShardSummary:
    """What the driver needs to know of a shard; small whatever the shard's size."""

    split: str
    ordinal: int
    articles: int = 0
    annotations: int = 0
    unverified: int = 0
    diagnostics: list[Diagnostic] = field(default_factory=list)
    files: dict[str, FileEntry] = field(default_factory=dict)  # by table
    sizes: dict[str, int] = field(default_factory=dict)  # by table: uncompressed, as Arrow holds the rows
    blocks: dict[str, list[bytes]] = field(default_factory=dict)  # by table: digests of its blocks
    inputs: dict[str, list[bytes]] = field(default_factory=dict)  # by kind of input: digests of its blocks
    tally: Tally = field(default_factory=Tally)
    agreement: Agreement = field(default_factory=Agreement)
    example: dict[str, Any] | None = None  # the row of the article that the card shows, as `to_pylist` gives it


class TableWriter:
    """Gathers the rows of one table into blocks, which are hashed, and row groups, which are written."""

    def __init__(self, context: Context, table: Table, split: str, ordinal: int, summary: ShardSummary) -> None:
        self._table, self._split, self._summary = table, split, summary
        self._fields = context.project.fields
        self._batches: list[pa.RecordBatch] = []  # of the block that is open
        self._blocks: list[pa.RecordBatch] = []  # of the row group that is open
        self._writer = ShardWriter(context.staging, table, split, ordinal) if context.staging else None

    def add(self, rows: list[Any], given: Mapping[str, list[Any]] | None = None) -> None:
        """Converts `rows`, and what is `given` beside them by column, and keeps them.

        Raises:
            Misfit: a value has no place in its column; nothing was kept.
        """
        if rows:
            self._batches.append(record_batch(self._table, rows, given))

    def end_block(self) -> None:
        """Hashes what came since the last block ended."""
        if self._batches and self._writer:
            block = pa.Table.from_batches(self._batches, self._table.arrow).combine_chunks()
            self._summary.blocks.setdefault(self._table.name, []).append(block_digest(block))
            self._blocks += block.to_batches()
        self._batches.clear()

    def end_row_group(self) -> None:
        """Writes what came since the last row group ended."""
        if self._blocks and self._writer:
            rows = pa.Table.from_batches(self._blocks, self._table.arrow).combine_chunks()
            self._summary.tally += measure(self._table, self._split, rows, self._fields)
            name = self._table.name
            self._summary.sizes[name] = self._summary.sizes.get(name, 0) + rows.nbytes
            self._writer.write(rows)
        self._blocks.clear()

    def abandon(self) -> None:
        """Lets go of a file that won't be finished."""
        if self._writer:
            self._writer.abandon()

    def close(self) -> None:
        """Finishes the file. A table without rows has one too: a pattern that matches no file fails on loading."""
        if self._writer:
            self._summary.files[self._table.name] = self._writer.close()


class ShardCompiler:
    """Compiles shards; made once a process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._articles = ArticleCompiler(context)

    def __call__(self, task: ShardTask) -> ShardSummary:
        """`task`, compiled: its files are written, the rest is in the summary."""
        with collection_paused():
            return self._compile_shard(task)

    def _compile_shard(self, task: ShardTask) -> ShardSummary:
        summary = ShardSummary(split=task.split, ordinal=task.ordinal)
        layout = self._context.layout
        tables = [table for table in layout.tables if table is not layout.links]
        with ExitStack() as abandoned:
            writers = []
            for table in tables:
                writers.append(TableWriter(self._context, table, task.split, task.ordinal, summary))
                abandoned.callback(writers[-1].abandon)
            self._compile_articles(task, writers, summary)
            for writer in writers:
                writer.close()
            abandoned.pop_all()
        return summary

    def _compile_articles(self, task: ShardTask, writers: list[TableWriter], summary: ShardSummary) -> None:
        since = 0
        ids = [article.id for article in task.articles]
        for block in blocks(ids):
            for begin in range(block.start, block.stop, _BATCH):
                batch = task.articles[begin : min(begin + _BATCH, block.stop)]
                self._compile_batch([self._compile(article, summary) for article in batch], writers, summary)
            for writer in writers:
                writer.end_block()
            since += len(block)
            if since >= self._context.project.shards.row_group or block.stop == len(ids):
                since = 0
                for writer in writers:
                    writer.end_row_group()

    def _compile(self, article: ArticleInput, summary: ShardSummary) -> Compiled:
        compiled = self._articles.compile(article)
        summary.articles += 1
        summary.annotations += len(article.records)
        summary.unverified += compiled.unverified
        summary.diagnostics += compiled.diagnostics
        if compiled.agreement:
            summary.agreement += compiled.agreement
        return compiled

    def _compile_batch(self, batch: list[Compiled], writers: list[TableWriter], summary: ShardSummary) -> None:
        standing = [compiled for compiled in batch if compiled.row is not None]
        _add_digests(standing, summary)
        try:
            self._convert(standing, writers)
            self._keep_example(standing, summary)
        except Misfit:
            for compiled in standing:
                self._explain_misfit(compiled, summary)

    def _keep_example(self, batch: list[Compiled], summary: ShardSummary) -> None:
        for compiled in batch:
            if compiled.article.id == self._context.example and compiled.row:
                summary.example = record_batch(self._context.layout.articles, [compiled.row]).to_pylist()[0]

    def _convert(self, batch: list[Compiled], writers: list[TableWriter]) -> None:
        for writer, (rows, given) in zip(writers, self._rows(batch), strict=True):
            writer.add(rows, given)

    def _rows(self, batch: list[Compiled]) -> Iterator[tuple[list[Any], dict[str, list[Any]]]]:
        """The rows of each table, in the order of the layout, and the columns that name what they belong to."""
        layout = self._context.layout
        yield [compiled.row for compiled in batch], {}
        if layout.annotations:
            named = [(compiled.article.id, *record) for compiled in batch for record in compiled.records.items()]
            own = {"article": [article for article, _, _ in named], "annotator": [name for _, name, _ in named]}
            yield [record for _, _, record in named], own
        for table in layout.flat:
            rows: list[Any] = []
            articles: list[Any] = []
            for compiled in batch:
                found = rows_of(compiled.gold, table.path)
                rows += found
                articles += [compiled.article.id] * len(found)
            yield rows, {"article": articles}

    def _explain_misfit(self, compiled: Compiled, summary: ShardSummary) -> None:
        """Says which values of an article have no place in a column; if nothing does, the fault is ours."""
        try:
            for table, (rows, given) in zip(self._context.layout.tables, self._rows([compiled]), strict=False):
                record_batch(table, rows, given)
        except Misfit as misfit:
            found = self._articles.explain(compiled.article)
            if not any(diagnostic.severity is Severity.ERROR for diagnostic in found):
                message = f"article {compiled.article.id!r} passed every check, yet {misfit}; please report this"
                raise InternalError(message) from misfit
            summary.diagnostics += [diagnostic for diagnostic in found if diagnostic not in compiled.diagnostics]


def _add_digests(batch: list[Compiled], summary: ShardSummary) -> None:
    lines: dict[str, list[str]] = {}
    for compiled in batch:
        for kind, line in compiled.digests:
            lines.setdefault(kind, []).append(line)
    for kind, found in lines.items():
        summary.inputs.setdefault(kind, []).append(sha256("\n".join(found).encode()).digest())

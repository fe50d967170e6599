"""The unit of work: a stretch of articles compiled into one Parquet file for each table."""

from concurrent.futures import Future, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import NamedTuple

import pyarrow as pa

from dataset_builder.describe.stats import Tally, measure
from dataset_builder.engines.aside import Aside
from dataset_builder.engines.local import Unfinished, collection_paused
from dataset_builder.errors import InternalError
from dataset_builder.merge.agreement import Agreement
from dataset_builder.model.diagnostic import Diagnostic, Severity
from dataset_builder.model.manifest import FileEntry
from dataset_builder.model.source import ArticleInput
from dataset_builder.pipeline.article import ArticleCompiler, Compiled
from dataset_builder.pipeline.columns import convert
from dataset_builder.pipeline.context import Context
from dataset_builder.pipeline.origins import Origins
from dataset_builder.schema.columns import Table
from dataset_builder.schema.layout import PROVENANCE
from dataset_builder.tables.digest import Hashed, block_digest
from dataset_builder.tables.layout import blocks
from dataset_builder.tables.parquet import ShardWriter
from dataset_builder.tables.rows import Gathered, Misfit, record_batch
from dataset_builder.tables.size import byte_size

__all__ = ["ORIGINS", "TEXT_DIGEST", "ShardCompiler", "ShardSummary", "ShardTask", "TableWriter"]

_BATCH = 128  # articles converted at once: what fits the cache; 32 and 500 were slower (docs/performance.md)

_UNKNOWN = "0" * 64

ORIGINS = "@provenance"
"""Stands for the provenance among the files of tables, none of which can have this name."""

TEXT_DIGEST = 16
"""How many bytes of a text's SHA-256 tell it from others: no two texts share them by chance."""


class ShardTask(NamedTuple):
    """What one shard is made of."""

    number: int  # in the plan
    split: str
    ordinal: int
    articles: tuple[ArticleInput, ...]  # by id
    content: bytes | None = None  # the digest of what the files held; where it still is, nothing need be done


@dataclass(kw_only=True)
class ShardSummary:
    """What the driver needs to know of a shard; small whatever the shard's size."""

    split: str
    ordinal: int
    articles: int = 0
    annotations: int = 0
    unverified: int = 0
    diagnostics: list[Diagnostic] = field(default_factory=list)
    files: dict[str, FileEntry] = field(default_factory=dict)  # by table; that of the provenance by ORIGINS
    sizes: dict[str, int] = field(default_factory=dict)  # by table: uncompressed, as `byte_size` counts
    blocks: dict[str, list[bytes]] = field(default_factory=dict)  # by table: digests of its blocks
    texts: bytearray = field(
        default_factory=bytearray
    )  # of each article TEXT_DIGEST bytes of its text's SHA-256, or 0;
    # nothing where an exchange has them
    sketches: bytearray = field(default_factory=bytearray)  # of each text, where texts that are alike are looked for
    inputs: dict[str, list[bytes]] = field(default_factory=dict)  # by kind of input: digests of its blocks
    tally: Tally = field(default_factory=Tally)
    agreement: Agreement = field(default_factory=Agreement)
    example: bytes | None = None  # the row of the article that the card shows, as Arrow sends a batch
    content: bytes = b""  # digest of all that the inputs' files hold


class TableWriter:
    """Gathers the rows of one table into blocks, which are hashed, and row groups, which are written."""

    def __init__(
        self, context: Context, table: Table, summary: ShardSummary, aside: Aside, folder: str | None = None
    ) -> None:
        """Row groups are written `aside`; what goes to a `folder` of its own is no table, and has no figures."""
        self.table = table
        self._counted = folder is None
        self._calls: list[Future[None]] = []  # that are made aside
        self._summary, self._aside = summary, aside
        self._fields = context.project.fields
        self._block: list[pa.RecordBatch] = []  # of the block that is open
        self._group: list[pa.RecordBatch] = []  # of the row group that is open
        self._writer = None
        if context.staging:
            self._writer = ShardWriter(context.staging, table, summary.split, summary.ordinal, folder)

    def add(self, batch: pa.RecordBatch) -> None:
        """Keeps the rows of `batch`."""
        if batch.num_rows and self._writer:
            self._block.append(batch)

    def end_block(self, hashed: Hashed | None = None) -> None:
        """Hashes what came since the last block ended; `hashed` is what the other tables of the block share."""
        if self._block and self._counted:
            digest = block_digest(pa.Table.from_batches(self._block, self.table.arrow), hashed)
            self._summary.blocks.setdefault(self.table.name, []).append(digest)
        self._group += self._block
        self._block = []

    def end_row_group(self) -> None:
        """Counts and writes what came since the last row group ended."""
        if self._group and self._writer:
            rows = pa.Table.from_batches(self._group, self.table.arrow).combine_chunks()
            if self._counted:
                self._summary.tally += measure(self.table, self._summary.split, rows, self._fields)
                name = self.table.name
                self._summary.sizes[name] = self._summary.sizes.get(name, 0) + byte_size(rows)
            self._calls.append(self._aside.call(self._writer.write, rows))
            self._group = []

    def end(self) -> None:
        """Has the file closed. A table without rows has one too: a pattern that matches no file fails on loading."""
        self.end_row_group()
        if self._writer:
            self._calls.append(self._aside.call(self._close, self._writer))

    def _close(self, writer: ShardWriter) -> None:
        self._summary.files[self.table.name if self._counted else ORIGINS] = writer.close()

    def finish(self) -> None:
        """Returns when the file is written; raises what went wrong with it."""
        for call in self._calls:
            call.result()

    def abandon(self) -> None:
        """Lets go of a file that won't be finished."""
        for call in self._calls:
            call.cancel()
        wait(self._calls)
        if self._writer:
            self._writer.abandon()


class ShardCompiler:
    """Compiles shards; made once a process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._articles = ArticleCompiler(context)
        self._origins = Origins(context.project.paths, context.pseudonyms)
        self._aside = Aside(ahead=2 * len(context.layout.tables))

    def __call__(self, task: ShardTask) -> ShardSummary | Unfinished[ShardSummary] | None:
        """`task`, compiled; its files, if any, are still being written. None if its inputs hold what they held."""
        if task.content is not None and task.content == self._digest(task):
            return None
        summary = ShardSummary(split=task.split, ordinal=task.ordinal)
        layout = self._context.layout
        tables = [table for table in layout.tables if table is not layout.links]
        with ExitStack() as abandoned, collection_paused():
            writers: list[TableWriter] = []
            for table in tables:
                writers.append(TableWriter(self._context, table, summary, self._aside))
                abandoned.callback(writers[-1].abandon)
            writers.append(TableWriter(self._context, PROVENANCE, summary, self._aside, "provenance/articles"))
            abandoned.callback(writers[-1].abandon)
            self._compile_articles(task, writers, summary)
            if exchange := self._context.exchange:
                exchange.give(task.number, summary.texts)
                summary.texts = bytearray()
            if exchange := self._context.sketches:
                exchange.give(task.number, summary.sketches)
                summary.sketches = bytearray()
            for writer in writers:
                writer.end()
            if not self._context.staging:
                return summary
            begun = abandoned.pop_all()
            return Unfinished(partial(_finish, summary, writers, begun), begun.close)

    def _compile_articles(self, task: ShardTask, writers: list[TableWriter], summary: ShardSummary) -> None:
        since, content = 0, sha256()
        ids = [article.id for article in task.articles]
        for block in blocks(ids):
            for begin in range(block.start, block.stop, _BATCH):
                batch = task.articles[begin : min(begin + _BATCH, block.stop)]
                found, records = self._compile(batch, summary)
                content.update("".join([compiled.content for compiled in found]).encode())
                self._compile_batch(found, records, writers, summary)
            hashed: Hashed = {}
            for writer in writers:
                writer.end_block(hashed)
            since += len(block)
            if since >= self._context.project.shards.row_group:
                since = 0
                for writer in writers:
                    writer.end_row_group()
        summary.content = content.digest()

    def _digest(self, task: ShardTask) -> bytes:
        """The digest of what the inputs of `task` hold, as that of a summary."""
        content = sha256()
        for article in task.articles:
            content.update(self._articles.digest(article).encode())
        return content.digest()

    def _compile(
        self, batch: tuple[ArticleInput, ...], summary: ShardSummary
    ) -> tuple[list[Compiled], Gathered | None]:
        found, records = self._articles.compile(batch)
        if sketcher := self._context.sketcher:
            summary.sketches += sketcher.sketch([compiled.text for compiled in found])
        for compiled in found:
            summary.articles += 1
            summary.annotations += len(compiled.article.records)
            summary.unverified += compiled.unverified
            summary.texts += bytes.fromhex(compiled.sha256 or _UNKNOWN)[:TEXT_DIGEST]
            summary.diagnostics += compiled.diagnostics
            if compiled.agreement:
                summary.agreement += compiled.agreement
        return found, records

    def _compile_batch(
        self, batch: list[Compiled], records: Gathered | None, writers: list[TableWriter], summary: ShardSummary
    ) -> None:
        standing = [compiled for compiled in batch if compiled.row is not None]
        _add_digests(standing, summary)
        try:
            found = convert(self._context.layout, standing, records)
            told = standing if self._context.staging else ()
            origins = self._origins.of_articles((each.article, each.parts) for each in told if each.parts)
            for writer in writers:
                writer.add(origins if writer.table is PROVENANCE else found[writer.table.name])
            self._keep_example(standing, summary)
        except Misfit:
            for compiled in standing:
                self._explain_misfit(compiled, summary)

    def _keep_example(self, batch: list[Compiled], summary: ShardSummary) -> None:
        for compiled in batch:
            if compiled.article.id == self._context.example and compiled.row:
                row = record_batch(self._context.layout.articles, [compiled.row])
                summary.example = row.serialize().to_pybytes()

    def _explain_misfit(self, compiled: Compiled, summary: ShardSummary) -> None:
        """Says which values of an article have no place in a column; if nothing does, the fault is ours."""
        try:
            convert(self._context.layout, [compiled])
        except Misfit as misfit:
            found = self._articles.explain(compiled.article)
            if not any(diagnostic.severity is Severity.ERROR for diagnostic in found):
                message = f"article {compiled.article.id!r} passed every check, yet {misfit}; please report this"
                raise InternalError(message) from misfit
            summary.diagnostics += [diagnostic for diagnostic in found if diagnostic not in compiled.diagnostics]


def _finish(summary: ShardSummary, writers: list[TableWriter], abandoned: ExitStack) -> ShardSummary:
    with abandoned:
        for writer in writers:
            writer.finish()
        abandoned.pop_all()
    return summary


def _add_digests(batch: list[Compiled], summary: ShardSummary) -> None:
    lines: dict[str, list[str]] = {}
    for compiled in batch:
        for kind, line in compiled.digests:
            lines.setdefault(kind, []).append(line)
    for kind, found in lines.items():
        summary.inputs.setdefault(kind, []).append(sha256("\n".join(found).encode()).digest())

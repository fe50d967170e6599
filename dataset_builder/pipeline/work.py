"""A plan worked off: shards compiled, here or in several processes, and what they sum up to."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from dataset_builder.check.corpus_view import CorpusView
from dataset_builder.check.rule import Looks
from dataset_builder.check.runner import run
from dataset_builder.check.selection import select
from dataset_builder.describe.stats import Tally
from dataset_builder.engines.aside import Aside
from dataset_builder.errors import InternalError, OutputError
from dataset_builder.merge.agreement import Agreement, total
from dataset_builder.model.diagnostic import Diagnostic
from dataset_builder.model.manifest import FileEntry, Inputs, SplitFacts, TableFacts
from dataset_builder.model.project import Project
from dataset_builder.model.result import CheckResult, Found, Progress, Summary, silent
from dataset_builder.pipeline.alike import alike
from dataset_builder.pipeline.cache import cache_folder
from dataset_builder.pipeline.links import Link, LinkCompiler
from dataset_builder.pipeline.memory import Memory, Recalled
from dataset_builder.pipeline.origins import origin_batch
from dataset_builder.pipeline.plan import Plan, plan_run
from dataset_builder.pipeline.shard import ORIGINS, ShardCompiler, ShardSummary, TableWriter
from dataset_builder.pipeline.stores import brought_here
from dataset_builder.pipeline.twins import twins
from dataset_builder.pipeline.workers import HERE, Workers, at_work
from dataset_builder.schema.columns import Table
from dataset_builder.schema.layout import PROVENANCE
from dataset_builder.tables.digest import table_digest
from dataset_builder.tables.layout import blocks
from dataset_builder.tables.parquet import clear_unfinished
from dataset_builder.tables.rows import Misfit, record_batch

__all__ = ["Work", "planned", "work_off"]


@dataclass(kw_only=True)
class Work:
    """What came of a plan."""

    plan: Plan
    shards: list[ShardSummary] = field(default_factory=list)  # in the order of the plan; those of links last
    diagnostics: list[Diagnostic] = field(default_factory=list)
    unverified: int = 0
    inputs: dict[str, list[bytes]] = field(default_factory=dict)

    @property
    def result(self) -> CheckResult:
        """All findings, sorted, and the figures."""
        return self.result_with(())

    def result_with(self, more: tuple[Diagnostic, ...]) -> CheckResult:
        """All findings and `more` that are asked for, sorted, and the figures."""
        found = select(
            {*self.diagnostics, *more},
            self.plan.project.check,
            whole=self.plan.compiled is not None,
            texts=not self.unverified,
        )
        articles = self.plan.corpus.articles
        annotations = articles.record_count + len(self.plan.corpus.orphans)
        figures = {"articles": len(articles), "annotations": annotations, "unverified": self.unverified}
        summary = Summary.of(found.kept, ignored=len(found.ignored), **figures)
        return CheckResult(diagnostics=found.kept, ignored=found.ignored, summary=summary)

    @property
    def splits(self) -> list[str]:
        """All splits that have articles, in the order of their shares."""
        return list(dict.fromkeys(shard.split for shard in self.shards))

    @property
    def tally(self) -> Tally:
        """What was counted in all shards."""
        return Tally.total(shard.tally for shard in self.shards)

    @property
    def agreement(self) -> Agreement:
        """How far annotators agree, over all articles."""
        return total(shard.agreement for shard in self.shards)

    @property
    def tables(self) -> tuple[TableFacts, ...]:
        """What each table consists of, in the layout's order."""
        return tuple(self._table(table.name) for table in self.plan.context.layout.tables)

    def _table(self, name: str) -> TableFacts:
        mine = {
            split: [shard for shard in self.shards if shard.split == split and name in shard.files]
            for split in self.splits
        }
        return TableFacts(
            name=name,
            digest=table_digest(
                (split, _chain(shard.blocks.get(name, []) for shard in shards)) for split, shards in mine.items()
            ),
            splits={
                split: SplitFacts(
                    rows=sum(shard.files[name].rows or 0 for shard in shards),
                    bytes=sum(shard.sizes.get(name, 0) for shard in shards),
                    files=tuple(shard.files[name] for shard in shards),
                )
                for split, shards in mine.items()
            },
        )

    @property
    def files(self) -> tuple[FileEntry, ...]:
        """All table files."""
        return tuple(file for shard in self.shards for name, file in shard.files.items() if name != ORIGINS)

    @property
    def origins(self) -> tuple[FileEntry, ...]:
        """The files that say where rows come from, by path."""
        found = (shard.files[ORIGINS] for shard in self.shards if ORIGINS in shard.files)
        return tuple(sorted(found, key=lambda file: file.path))

    @property
    def input_digests(self) -> Inputs:
        """What the build was made of."""
        found = dict(self.inputs)
        for shard in self.shards:
            for kind, digests in shard.inputs.items():
                found.setdefault(kind, []).extend(digests)
        return Inputs(digests={kind: sha256(b"".join(digests)).hexdigest() for kind, digests in sorted(found.items())})


def _chain(parts: Any) -> Iterator[bytes]:
    for part in parts:
        yield from part


@contextmanager
def _spool(project: Project) -> Iterator[Path]:
    """A folder for what a run keeps on the disk, as unpacked copies of compressed files; gone afterwards."""
    cache = cache_folder(project)
    try:
        folder = TemporaryDirectory(prefix="unpacked-", dir=cache, ignore_cleanup_errors=True)
    except OSError as error:
        message = f"nothing can be written to {cache}: {error.strerror}"
        raise OutputError(message) from error
    with folder as path:
        yield Path(path)


@contextmanager
def planned(project: Project) -> Iterator[Plan]:
    """The plan of `project`, for as long as its unpacked files are there.

    Raises:
        FindingsError: something in the project can't be read.
    """
    with _spool(project) as spool:
        unread = brought_here(project, None)
        plan = plan_run(project, spool, None, HERE)
        plan.diagnostics += unread
        plan.refuse_unread()
        yield plan


def work_off(  # noqa: PLR0913 - every command of the pipeline comes by here
    project: Project,
    *,
    staging: Path | None,
    jobs: int | None,
    progress: Progress | None,
    scheduler: str | None = None,
    found: Found = lambda _: None,
    memory: Memory | None = None,
) -> Work:
    """Everything in `project` looked at, and written to `staging` if one is given.

    `found` is called with findings on records as soon as there are some. The work is done in `jobs` processes, or on
    the cluster of `scheduler`. What `memory` knows isn't compiled again.
    """
    report = progress or silent
    with ExitStack() as stack:
        spool = stack.enter_context(_spool(project))
        folders = (spool, staging) if staging else (spool,)
        workers = stack.enter_context(at_work(scheduler, jobs, project.root / project.file, folders, report))
        if workers.far and staging:
            stack.enter_context(_out_of_reach(staging))
        unread = brought_here(project, progress)
        report("read", 0, None)
        corpus = memory.corpus() if memory else None
        plan = plan_run(project, spool, staging, workers, report, corpus=corpus)
        plan.diagnostics += unread
        work = Work(plan=plan, diagnostics=plan.diagnostics)
        if plan.compiled is None:
            return work
        done, total = 0, len(plan.corpus.articles)
        report("compile", done, total)
        with closing(_summaries(plan, workers, memory)) as summaries:
            for shard in summaries:
                work.shards.append(shard)
                work.diagnostics += shard.diagnostics
                found(shard.diagnostics)
                work.unverified += shard.unverified
                done += shard.articles
                report("compile", done, total)
        if workers.far and staging:
            clear_unfinished(staging)
        work.diagnostics += _compare_texts(work, workers)
        if plan.context.layout.links:
            _compile_links(work, plan.context.layout.links)
        return work


def _summaries(plan: Plan, workers: Workers, memory: Memory | None) -> Generator[ShardSummary, None, None]:
    """The shards of `plan`, in its order: taken over where they are known, else compiled."""
    staging = plan.context.staging
    known = memory.recall(plan) if memory else Recalled()
    rest = [index for index in range(len(plan.shards)) if index not in known.summaries or index in known.contents]
    tasks, articles = plan.tasks(rest, known.contents), sum(len(plan.shards[index].articles) for index in rest)
    at_once = staging is None
    made = workers.run(ShardCompiler, (plan.context,), tasks, most=len(rest), articles=articles, at_once=at_once)
    with closing(made):  # whatever happens, workers have ended before what they write is cleared away
        for index in range(len(plan.shards)):
            shard = next(made) if index in rest else None
            if shard is None:
                shard = known.summaries[index]
                if memory and staging:
                    memory.take_over(shard, staging)
            yield shard


@contextmanager
def _out_of_reach(staging: Path) -> Iterator[None]:
    """Where the work fails, `staging` is gone in one step: what workers are still at finds no place any more."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            rmtree(staging.rename(staging.with_name(f"{staging.name}-given-up")), ignore_errors=True)
        raise


def _compare_texts(work: Work, workers: Workers) -> Iterator[Diagnostic]:
    same = tuple(twins(work.plan, (shard.texts for shard in work.shards), workers))
    near = tuple(alike(work.plan, [shard.sketches for shard in work.shards], workers))
    count = len(work.plan.corpus.articles)
    view = CorpusView(project=work.plan.project, twins=same, alike=near, article_count=count)
    yield from run(Looks.AT_CORPUS, view)


def _compile_links(work: Work, table: Table) -> None:
    plan, context = work.plan, work.plan.context
    links = LinkCompiler(context, plan.corpus.articles.by_id).compile(plan.corpus.links)
    work.diagnostics += links.diagnostics
    work.unverified += links.unverified
    work.inputs["links"] = [sha256("\n".join(links.digests).encode()).digest()]
    for split in work.splits:
        mine = [link for link in links.links if plan.split_of(link.article) == split]
        work.shards.append(_write_links(work, table, split, mine))


def _write_links(work: Work, table: Table, split: str, links: list[Link]) -> ShardSummary:
    summary = ShardSummary(split=split, ordinal=0)
    aside = Aside(ahead=1)
    writer = TableWriter(work.plan.context, table, summary, aside)
    origins = TableWriter(work.plan.context, PROVENANCE, summary, aside, "provenance/links")
    for block in blocks([link.id for link in links]):
        writer.add(_link_rows(table, links[block.start : block.stop]))
        writer.end_block()
        origins.add(origin_batch(link.origin for link in links[block.start : block.stop]))
        origins.end_block()
    for each in (writer, origins):
        each.end()
        each.finish()
    return summary


def _link_rows(table: Table, links: list[Link]) -> pa.RecordBatch:
    try:
        return record_batch(table, [link.value for link in links])
    except Misfit as misfit:
        message = f"all links passed every check, yet {misfit}; please report this"
        raise InternalError(message) from misfit

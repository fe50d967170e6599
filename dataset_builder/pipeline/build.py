"""Building: a plan worked off beside its target, described, and put in its place in one step."""

import errno
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from dataset_builder.errors import FindingsError, InternalError, OutputError, UsageError
from dataset_builder.model.location import is_url
from dataset_builder.model.project import Project
from dataset_builder.model.result import BuildResult, CardResult, CheckResult, EngineName, Progress, silent
from dataset_builder.pipeline.cache import cache_folder
from dataset_builder.pipeline.describe import STALE, describe
from dataset_builder.pipeline.destination import Destination, destination_of
from dataset_builder.pipeline.memory import Memory
from dataset_builder.pipeline.verify import refuse_damaged
from dataset_builder.pipeline.work import Work, work_off
from dataset_builder.pipeline.workers import scheduler_of
from dataset_builder.tables.commit import exclusive, replace_file, staging_for

__all__ = ["build", "card"]


def build(  # noqa: PLR0913 - as many as the command has options
    project: Project,
    *,
    output: Path | str | None = None,
    jobs: int | None = None,
    locked: bool = False,
    incremental: bool = True,
    progress: Progress | None = None,
    engine: EngineName = "local",
    scheduler: str | None = None,
) -> BuildResult:
    """The dataset of `project`, built into `output` (the configured folder unless given) in place of the build there.

    `output` is a folder, or the URL of one or of a place in a store.

    `jobs` processes work at once, one unless given, for 0 as many as there are processors and work for them; the bytes
    don't depend on it. With `engine` "dask" the workers of the cluster that has its `scheduler` there work in their
    place; they have to see the project and `output` under the same paths. With `locked` the lock file of the splits
    must be complete already. Unless `incremental` is false, shards of the build that stands in `output` are taken over
    where nothing they were made of has changed; the bytes don't depend on that either.

    Raises:
        FindingsError: there are findings of severity error. Nothing was written.
        OutputError: the output could not be written. The old build is whole.
        StorageError: a store that holds sources, or that the build goes to, can't be read.
        EngineError: the cluster could not finish the work. The old build is whole.
        UsageError: `output` is a folder that no build made; the cluster can't be reached, or a worker of it can't do
            this work.
    """
    address = scheduler_of(engine, scheduler, jobs)
    destination = destination_of(project, output)
    target = destination.local
    report = progress or silent
    try:
        with exclusive(target.parent, lambda: report("wait for another build", 0, None)):
            memory = _memory(project, destination, jobs) if incremental and address is None else None
            known = memory.unchanged() if memory else None
            order = _Order(project, destination, jobs, address, locked, report)
            return known or _build(order, memory)
    except OSError as error:
        raise OutputError(_explain(error, target)) from error


class _Order(NamedTuple):
    """What is asked for."""

    project: Project
    destination: Destination
    jobs: int | None
    scheduler: str | None
    locked: bool
    report: Progress


def _memory(project: Project, destination: Destination, jobs: int | None) -> Memory | None:
    """What is known of the build before; nothing where sources or the build lie elsewhere: no stamps tell of these."""
    paths = project.paths
    if isinstance(destination.name, str) or any(map(is_url, (paths.articles, paths.annotations, paths.links))):
        return None
    return Memory(project, cache_folder(project), destination.local, jobs)


def _build(order: _Order, memory: Memory | None) -> BuildResult:
    project, destination = order.project, order.destination
    with staging_for(destination.local) as staging:
        work = work_off(
            project,
            staging=staging,
            jobs=order.jobs,
            scheduler=order.scheduler,
            progress=order.report,
            memory=memory,
        )
        _refuse_errors(work.result)
        _refuse_unlocked(work, locked=order.locked)
        order.report("describe", 0, None)
        result = describe(work, staging).result
        _refuse_errors(result)
        try:
            refuse_damaged(staging)
        except InternalError:
            if memory is None:
                raise
            memory.forget()  # it may be a file that was taken over
            return _build(order, None)
        progress = partial(order.report, f"put into {destination.name}")
        reused = destination.put(staging, tuple(work.files), progress)
        _write_locks(work)
    built = BuildResult(
        output=destination.name,
        version=project.version,
        tables={table.name: {split: facts.rows for split, facts in table.splits.items()} for table in work.tables},
        written=len(work.files) - reused,
        reused=reused,
        check=result,
    )
    if memory:
        memory.remember(work.plan, work.shards[: len(work.plan.shards)], built)
    return built


def card(  # noqa: PLR0913 - as many as the command has options
    project: Project,
    *,
    write: bool = True,
    jobs: int | None = None,
    progress: Progress | None = None,
    engine: EngineName = "local",
    scheduler: str | None = None,
) -> CardResult:
    """The card of `project` as it should read; written to its place unless `write` is false.

    Everything is compiled for it, so a card can't say what the data doesn't. `jobs`, `engine` and `scheduler` are those
    of `build`.

    Raises:
        FindingsError: there are findings of severity error. Nothing was written.
        EngineError: the cluster could not finish the work.
        UsageError: the cluster can't be reached, or a worker of it can't do this work.
    """
    address = scheduler_of(engine, scheduler, jobs)
    path = project.root / project.paths.card
    try:
        # What a cluster writes has to be where all its workers see it, as they see the project.
        where = cache_folder(project) if address else None
        with TemporaryDirectory(prefix="dataset-builder-", dir=where) as folder:
            work = work_off(project, staging=Path(folder), jobs=jobs, progress=progress, scheduler=address)
            _refuse_errors(work.result)
            described = describe(work, Path(folder))
        _refuse_errors(described.result)
        text = described.readme
        fresh = path.is_file() and path.read_bytes() == text.encode()
        if write and not fresh:
            replace_file(path, text.encode())
        check = described.result.without(STALE) if write else described.result
    except OSError as error:
        raise OutputError(_explain(error, path)) from error
    return CardResult(path=path, text=text, fresh=fresh, check=check)


def _refuse_errors(result: CheckResult) -> None:
    if not result.ok:
        errors = result.summary.errors
        message = f"{errors} {'error stands' if errors == 1 else 'errors stand'} in the way; nothing was written"
        raise FindingsError(message, result)


def _locks(work: Work) -> Iterator[tuple[str, bytes]]:
    """The lock files that are not what they should read, with what that is."""
    project = work.plan.project
    for file, text in ((project.splits.lock, work.plan.lock), (project.annotators.lock, work.plan.pseudonyms)):
        if text is not None and _read(project.root / file) != text.encode():
            yield file, text.encode()


def _refuse_unlocked(work: Work, *, locked: bool) -> None:
    for lock, _ in _locks(work) if locked else ():
        message = f"{lock} is out of date; build without --locked, look at the change, and commit it"
        raise UsageError(message)


def _write_locks(work: Work) -> None:
    for lock, data in _locks(work):
        replace_file(work.plan.project.root / lock, data)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _explain(error: OSError, target: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"no space is left to write {target}; the build that was there is whole"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{error.filename or target} may not be written: {error.strerror}; the build that was there is whole"
    return f"{error.filename or target}: {error.strerror or error}; the build that was there is whole"

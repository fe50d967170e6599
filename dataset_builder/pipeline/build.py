"""Building: a plan worked off beside its target, described, and put in its place in one step."""

import errno
from pathlib import Path
from tempfile import TemporaryDirectory

from dataset_builder.errors import FindingsError, OutputError, UsageError
from dataset_builder.model.project import Project
from dataset_builder.model.result import BuildResult, CardResult, CheckResult, EngineName, Progress, silent
from dataset_builder.pipeline.describe import MANIFEST, STALE, describe
from dataset_builder.pipeline.verify import refuse_damaged
from dataset_builder.pipeline.work import Work, cache_of, work_off
from dataset_builder.pipeline.workers import scheduler_of
from dataset_builder.tables.commit import exclusive, replace_file, staging_for, swap_in

__all__ = ["build", "card"]


def build(  # noqa: PLR0913 - they are options
    project: Project,
    *,
    output: Path | None = None,
    jobs: int | None = None,
    locked: bool = False,
    progress: Progress | None = None,
    engine: EngineName = "local",
    scheduler: str | None = None,
) -> BuildResult:
    """The dataset of `project`, built into `output` (the configured folder unless given) in place of the build there.

    `jobs` processes work at once, one unless given, for 0 as many as there are processors and work for them; the bytes
    don't depend on it. With `engine` "dask" the workers of the cluster that has its `scheduler` there work in their
    place; they have to see the project and `output` under the same paths. With `locked` the lock file of the splits
    must be complete already.

    Raises:
        FindingsError: there are findings of severity error. Nothing was written.
        OutputError: the output could not be written. The old build is whole.
        EngineError: the cluster could not finish the work. The old build is whole.
        UsageError: `output` is a folder that no build made; the cluster can't be reached, or a worker of it can't do
            this work.
    """
    address = scheduler_of(engine, scheduler, jobs)
    target = (output or project.root / project.paths.output).absolute()
    _refuse_foreign(project, target)
    report = progress or silent
    try:
        with (
            exclusive(target.parent, lambda: report("wait for another build", 0, None)),
            staging_for(target) as staging,
        ):
            work = work_off(project, staging=staging, jobs=jobs, progress=progress, scheduler=address)
            result = work.result
            _refuse_errors(result)
            _refuse_unlocked(work, locked=locked)
            report("describe", 0, None)
            described = describe(work, staging)
            result = described.result
            _refuse_errors(result)
            refuse_damaged(staging)
            reused = _reused(target, work)
            swap_in(staging, target)
            _write_lock(work)
    except OSError as error:
        raise OutputError(_explain(error, target)) from error
    return BuildResult(
        output=target,
        version=project.version,
        tables={table.name: {split: facts.rows for split, facts in table.splits.items()} for table in work.tables},
        written=len(work.files) - reused,
        reused=reused,
        check=result,
    )


def card(  # noqa: PLR0913 - they are options
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
        where = cache_of(project) if address else None
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


def _refuse_foreign(project: Project, target: Path) -> None:
    """A folder is replaced only where nothing but a build is lost."""
    if project.root == target or target in project.root.parents:
        message = f"{target} holds the project itself; name another folder with --output"
        raise UsageError(message)
    if target.exists() and not (target / MANIFEST).is_file() and (not target.is_dir() or any(target.iterdir())):
        message = f"{target} is not a build, and would be replaced: move it away, or name another folder with --output"
        raise UsageError(message)


def _refuse_unlocked(work: Work, *, locked: bool) -> None:
    lock = work.plan.project.splits.lock
    if locked and work.plan.lock is not None and _read(work.plan.project.root / lock) != work.plan.lock.encode():
        message = f"{lock} is out of date; build without --locked, look at the change, and commit it"
        raise UsageError(message)


def _write_lock(work: Work) -> None:
    path = work.plan.project.root / work.plan.project.splits.lock
    if work.plan.lock is not None and _read(path) != work.plan.lock.encode():
        replace_file(path, work.plan.lock.encode())


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _reused(target: Path, work: Work) -> int:
    """How many table files the build before has with the same name and bytes (the name holds their digest)."""
    return sum((target / file.path).is_file() for file in work.files)


def _explain(error: OSError, target: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"no space is left to write {target}; the build that was there is whole"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{error.filename or target} may not be written: {error.strerror}; the build that was there is whole"
    return f"{error.filename or target}: {error.strerror or error}; the build that was there is whole"

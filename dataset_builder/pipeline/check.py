"""Checking: everything in a project looked at, nothing written."""

from collections.abc import Sequence
from difflib import get_close_matches

from dataset_builder.check.runner import RULES_BY_CODE
from dataset_builder.check.selection import is_asked_for
from dataset_builder.errors import UsageError
from dataset_builder.model.diagnostic import Diagnostic
from dataset_builder.model.project import Project
from dataset_builder.model.result import CheckResult, EngineName, Found, Progress
from dataset_builder.pipeline.work import work_off
from dataset_builder.pipeline.workers import scheduler_of

__all__ = ["check"]


def check(  # noqa: PLR0913 - they are options
    project: Project,
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    jobs: int | None = None,
    progress: Progress | None = None,
    found: Found | None = None,
    engine: EngineName = "local",
    scheduler: str | None = None,
) -> CheckResult:
    """All findings on `project` that its configuration asks for, sorted by place; `ignored` has the others.

    `found` is called with findings on single records while others are still looked at.

    `select` keeps only findings whose code begins with one of its entries, `ignore` drops those; the longer entry wins.
    These two choose what is shown, errors too. The run is the same, and so is what it says of unused ignores.

    The work is done by `jobs` processes, or with `engine` "dask" by the cluster whose scheduler has that address.

    Raises:
        UsageError: an entry of `select` or `ignore` begins no code; the cluster can't be reached, or a worker of it
            can't do this work.
        EngineError: the cluster could not finish the work.
    """
    for entry in (*select, *ignore):
        _refuse_unknown(entry)

    def is_shown(diagnostic: Diagnostic) -> bool:
        return _is_kept(diagnostic.code, select, ignore)

    def tell(early: Sequence[Diagnostic]) -> None:
        asked_for = (each for each in early if is_asked_for(each, project.check) and is_shown(each))
        if found and (kept := tuple(asked_for)):
            found(kept)

    address = scheduler_of(engine, scheduler, jobs)
    work = work_off(project, staging=None, jobs=jobs, progress=progress, scheduler=address, found=tell)
    return work.result.keeping(is_shown)


def _refuse_unknown(entry: str) -> None:
    if any(code.startswith(entry) for code in RULES_BY_CODE):
        return
    near = get_close_matches(entry, RULES_BY_CODE, n=1)
    message = f"no rule's code begins with {entry!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    raise UsageError(message)


def _is_kept(code: str, select: Sequence[str], ignore: Sequence[str]) -> bool:
    selected = _longest(code, select) if select else 0
    return selected is not None and (_longest(code, ignore) is None or (_longest(code, ignore) or 0) < selected)


def _longest(code: str, entries: Sequence[str]) -> int | None:
    return max((len(entry) for entry in entries if code.startswith(entry)), default=None)

"""Mending: what can be mended without doubt is, round by round, until nothing more can."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from dataset_builder.model.mending import Difference, FixResult, Left
from dataset_builder.model.project import Project
from dataset_builder.model.result import CheckResult, Progress
from dataset_builder.pipeline.check import check
from dataset_builder.pipeline.rewriting import Fix, Rewriter
from dataset_builder.pipeline.stores import refuse_elsewhere
from dataset_builder.read.excerpts import excerpts
from dataset_builder.tables.commit import exclusive

__all__ = ["fix"]

_ROUNDS = 10  # a mend that makes way for another takes one more; in practice there are two at most


@dataclass(slots=True)
class _Round:
    """What one look at the project led to."""

    fixed: int = 0
    files: list[str] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)


def fix(  # noqa: PLR0913 - they are options
    project: Project,
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    write: bool = True,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> FixResult:
    """`project` with all that is mended that can be without doubt, and what is left to find in it.

    `select` and `ignore` choose rules as for `check`. With `write` False nothing is changed: the result has the
    findings as they are, and what a first round would change.

    Each file is replaced in one step, with its mode and with all else in it as it was. Symbolic links and compressed
    files are left. Afterwards the same call finds nothing to mend but what `left` names.

    Raises:
        UsageError: an entry of `select` or `ignore` begins no code, or the sources lie outside of the project.
        OutputError: a file can't be written; it is whole, and those before it are mended.
    """
    refuse_elsewhere(project, "mend")
    look = partial(check, project, select=select, ignore=ignore, jobs=jobs, progress=progress)
    found = _Round()
    with exclusive(project.root, lambda: None):
        result = look()
        for _ in range(_ROUNDS if write else 1):
            now = _mend(project, result, write=write)
            _add(found, now)
            if not (now.fixed and write):
                break
            result = look()
    return FixResult(
        fixed=found.fixed,
        files=tuple(sorted(set(found.files))),
        left=tuple(found.left),
        differences=tuple(found.differences),
        written=write,
        check=result,
    )


def _add(found: _Round, now: _Round) -> None:
    found.fixed += now.fixed
    found.files += now.files
    found.differences += now.differences
    found.left = now.left


def _mend(project: Project, result: CheckResult, *, write: bool) -> _Round:
    """Makes the fixes of findings, file by file."""
    by_file: dict[str, list[Fix]] = {}
    for finding in result.diagnostics:
        files = {edit.file for edit in finding.fix}
        if len(files) == 1:  # a fix is made as a whole, which no two files can be
            by_file.setdefault(files.pop(), []).append(finding.fix)
    rewriter = Rewriter(project.root, project.limits.bytes, excerpts(project), write=write)
    done = _Round()
    for file, fixes in sorted(by_file.items()):
        rewritten = rewriter.rewrite(file, fixes)
        done.fixed += rewritten.made
        done.left += rewritten.left
        if rewritten.made:
            done.files.append(file)
        if rewritten.difference:
            done.differences.append(rewritten.difference)
    return done

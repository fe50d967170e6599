"""A release made of what is verified, in git, the working tree and the build's place; or what was left of one, done."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from dataset_builder.check.release_view import ReleaseView
from dataset_builder.errors import DatasetBuilderError, FindingsError, OutputError
from dataset_builder.git import Git, GitError
from dataset_builder.model.project import Project
from dataset_builder.model.release import Interrupted, Refusal, ReleaseResult, Repository
from dataset_builder.model.result import Progress
from dataset_builder.pipeline.candidate import Candidate, Scene, candidate
from dataset_builder.pipeline.destination import Destination, destination_of
from dataset_builder.pipeline.readiness import refuse_unready
from dataset_builder.release.commit import (
    Draft,
    Made,
    announce,
    finish_refs,
    is_signed,
    make_objects,
    move_refs,
    put_files,
    was_made,
)
from dataset_builder.release.journal import parse_journal, render_journal
from dataset_builder.tables.commit import exclusive, replace_file, staging_for

__all__ = ["Plan", "Setting", "complete", "day", "interrupted", "make"]


@dataclass(frozen=True, slots=True)
class Setting:
    """How the work is done."""

    scratch: Path
    jobs: int | None
    report: Progress


@dataclass(frozen=True, slots=True)
class Plan:
    """A release that nothing stands in the way of."""

    repository: Repository
    candidate: Candidate
    moment: str  # as git writes it
    result: ReleaseResult


def day(seconds: int) -> str:
    """The date of a moment, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def make(project: Project, git: Git, plan: Plan, journal: Path, setting: Setting) -> ReleaseResult:
    """The release made, in an order in which each step but one may be the last."""
    repository, result = plan.repository, plan.result
    destination, report = destination_of(project, None), setting.report
    report("commit", 0, None)
    made = _objects(project, git, plan, setting.scratch)
    planned = Interrupted(
        version=result.version,
        tag=result.tag,
        branch=str(repository.branch),
        old=repository.head,
        commit=made.commit,
        tagged=made.tagged,
        files=tuple(repository.prefix + each.path for each in result.files),
    )
    replaced = partial(replace_file, aside=setting.scratch)
    replaced(journal, render_journal(planned))
    try:
        move_refs(git, planned)
    except GitError:
        if not was_made(git, planned):
            journal.unlink()
        raise
    with _released(result.tag):
        put_files(git, Path(repository.top), planned, replaced)
        report("put the build in its place", 0, None)
        _put(destination, plan.candidate, report)
    journal.unlink()
    announce(git, Path(repository.top))
    return replace(result, commit=made.commit, signed=made.signed, output=destination.name)


def _objects(project: Project, git: Git, plan: Plan, scratch: Path) -> Made:
    files = {
        plan.repository.prefix + each.path: each.new.encode("utf-8", "surrogateescape") for each in plan.result.files
    }
    result = plan.result
    draft = Draft(version=result.version, tag=result.tag, message=result.message, moment=plan.moment, files=files)
    try:
        return make_objects(git, plan.repository, draft, scratch)
    except GitError as error:
        refusal = Refusal(by=error.by, said=error.said)
        refuse_unready(ReleaseView(file=project.file, repository=Repository(branch=""), refusal=refusal))
        raise


def _put(destination: Destination, made: Candidate, report: Progress) -> None:
    """The verified build in its place; what is on another file system is copied to the place's first."""

    def told(done: int, total: int) -> None:
        report(f"put into {destination.name}", done, total)

    near = destination.local.parent
    with exclusive(near, lambda: report("wait for another build", 0, None)):
        if near.stat().st_dev == made.build.stat().st_dev:
            destination.put(made.build, made.tables, told)
            return
        with staging_for(destination.local) as staging:
            shutil.copytree(made.build, staging, dirs_exist_ok=True)
            destination.put(staging, made.tables, told)


def interrupted(git: Git, journal: Path) -> Interrupted | None:
    """A release that was made, but not to its end."""
    planned = parse_journal(journal.read_bytes()) if journal.is_file() else None
    return planned if planned is not None and was_made(git, planned) else None


def complete(project: Project, git: Git, left: Interrupted, journal: Path, setting: Setting) -> ReleaseResult:
    """What is left of a release, done."""
    finish_refs(git, left)
    with _released(left.tag):
        replaced = partial(replace_file, aside=setting.scratch)
        put_files(git, Path(git.line("rev-parse", "--show-toplevel")), left, replaced)
    scene = Scene(
        project=project, head=left.commit, scratch=setting.scratch, jobs=setting.jobs, progress=setting.report
    )
    try:
        made, destination = candidate(scene, {}), destination_of(project, None)
    except FindingsError as error:
        message = f"{left.tag} is released, but its build can't be made here any more"
        raise FindingsError(f"{message}: mend what is named, and run this again", error.result) from error
    with _released(left.tag):
        _put(destination, made, setting.report)
    journal.unlink()
    moment = int(_shown(git, left, "%ct"))
    return ReleaseResult(
        version=left.version,
        previous=None,
        bump=None,
        demanded=None,
        tag=left.tag,
        message=_shown(git, left, "%B"),
        date=day(moment),
        commit=left.commit,
        signed=is_signed(git, left.tagged),
        output=destination.name,
        completed=True,
        check=made.check,
    )


def _shown(git: Git, left: Interrupted, what: str) -> str:
    return git.line("show", "--no-patch", "--no-show-signature", f"--format={what}", left.commit)


@contextmanager
def _released(tag: str) -> Iterator[None]:
    """What fails now doesn't undo the release, and the error says so."""
    try:
        yield
    except (DatasetBuilderError, OSError) as error:
        message = (
            f"{tag} is released, but not all that follows is done: {error}; `dataset-builder release` does the rest"
        )
        raise OutputError(message) from error

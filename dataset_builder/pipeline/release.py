"""A release: everything verified first, then a commit and a tag that are there in one step."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from dataset_builder.check.release_view import ReleaseView
from dataset_builder.check.rule import Looks
from dataset_builder.check.runner import run
from dataset_builder.describe.changes import changes, first_contents
from dataset_builder.errors import DatasetBuilderError, FindingsError, OutputError
from dataset_builder.model.diff import Bump, Diff
from dataset_builder.model.location import is_url
from dataset_builder.model.project import Project
from dataset_builder.model.release import Asked, FileChange, Interrupted, ReleaseResult, Repository
from dataset_builder.model.result import CheckResult, Progress, Summary, silent
from dataset_builder.pipeline.cache import cache_folder
from dataset_builder.pipeline.candidate import Candidate, Present, Scene, candidate, difference, present
from dataset_builder.pipeline.destination import Destination, destination_of
from dataset_builder.pipeline.releasing import rewritten
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
from dataset_builder.release.git import Git, RefusedError
from dataset_builder.release.journal import parse_journal, render_journal
from dataset_builder.release.state import look_at
from dataset_builder.release.version import grown, latest, rank, step, tag_of
from dataset_builder.tables.commit import exclusive, replace_file, staging_for

__all__ = ["release"]

_FOLDER, _JOURNAL = "release", "release.json"


def release(
    project: Project,
    *,
    bump: Asked = "auto",
    dry_run: bool = False,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> ReleaseResult:
    """The next version of `project`, committed, tagged and built; with `dry_run`, what that would be.

    Where an earlier run was interrupted behind the point of no return, what is left of it is done, and nothing else.

    Raises:
        FindingsError: something stands in the way. Nothing was released.
        UsageError: git can't be run, or an earlier version can't be read.
        OutputError: something could not be written; the message says whether the version is released.
    """
    report = progress or silent
    git = Git(folder=project.root)
    with _errors_told():
        if dry_run:
            with TemporaryDirectory(prefix="dataset-builder-") as scratch:
                return _plan(project, git, bump, _Setting(Path(scratch), jobs, report)).result
        _refuse(project, look_at(git, ()), only_repository=True)
        cache = cache_folder(project)
        with exclusive(cache, lambda: report("wait for another release", 0, None)):
            left = _interrupted(git, cache / _JOURNAL)
            with _scratch(cache) as scratch:
                setting = _Setting(scratch, jobs, report)
                if left is not None:
                    return _complete(project, git, left, cache / _JOURNAL, setting)
                (cache / _JOURNAL).unlink(missing_ok=True)
                planned = _plan(project, git, bump, setting)
                return _make(project, git, planned, cache / _JOURNAL, setting)


@dataclass(frozen=True, slots=True)
class _Setting:
    """How the work is done."""

    scratch: Path
    jobs: int | None
    report: Progress


@dataclass(frozen=True, slots=True)
class _Plan:
    """A release that nothing stands in the way of."""

    repository: Repository
    candidate: Candidate
    moment: str  # as git writes it
    result: ReleaseResult


@dataclass(frozen=True, slots=True)
class _Next:
    """Which version comes next."""

    previous: str | None
    version: str | None
    bump: Bump | None
    demanded: Bump | None


def _plan(project: Project, git: Git, asked: Asked, setting: _Setting) -> _Plan:
    """What is to be released, built and verified; nothing is written but in the scratch folder."""
    repository = look_at(git, _sources(project))
    _refuse(project, repository)
    scene = Scene(
        project=project,
        head=repository.head,
        scratch=setting.scratch,
        jobs=setting.jobs,
        progress=setting.report,
    )
    found = present(scene)
    previous = latest(repository.merged)
    diff = difference(scene, found, tag_of(previous)) if previous else None
    following = _next(found.build.manifest.version, previous, diff, asked)
    _refuse(project, repository, found=found, following=following)
    version = following.version or found.build.manifest.version
    moment = _moment(git)
    date = _day(int(moment.split()[0]))
    items = changes(diff) if diff else first_contents(found.build.manifest)
    files = rewritten(project, found.root, version, date, items)
    made = candidate(scene, files)
    files[project.paths.card] = made.card
    result = ReleaseResult(
        version=version,
        previous=previous,
        bump=following.bump,
        demanded=following.demanded,
        tag=tag_of(version),
        message=f"Release {project.name} {version}\n",
        date=date,
        files=tuple(_change(found, path, text) for path, text in sorted(files.items())),
        diff=diff,
        check=made.check,
    )
    result = replace(result, files=tuple(each for each in result.files if each.old != each.new))
    return _Plan(repository, made, moment, result)


def _sources(project: Project) -> tuple[str, ...]:
    paths = project.paths
    named = (paths.articles, paths.annotations, paths.links, paths.schema)
    return tuple(dict.fromkeys(path for path in named if not is_url(path)))


def _next(configured: str, previous: str | None, diff: Diff | None, asked: Asked) -> _Next:
    """The version that is asked for, whether it will do or not; none where the configuration is behind."""
    if previous is None or diff is None:
        return _Next(None, configured if asked == "auto" else grown(configured, asked), None, None)
    demanded = diff.bump
    if asked != "auto":
        return _Next(previous, grown(previous, asked), asked, demanded)
    if configured != previous:  # somebody has chosen it
        ahead = step(previous, configured)
        return _Next(previous, configured if ahead else None, ahead, demanded)
    return _Next(previous, grown(previous, demanded) if demanded else None, demanded, demanded)


def _refuse(
    project: Project,
    repository: Repository,
    *,
    found: Present | None = None,
    following: _Next | None = None,
    only_repository: bool = False,
) -> None:
    """Nothing, if nothing that is known by now stands in the way.

    Raises:
        FindingsError: something does.
    """
    if only_repository:
        repository = Repository(problem=repository.problem, branch="")
    view = ReleaseView(file=project.file, repository=repository, stale=found.stale if found else ())
    if following is not None:
        demanded = following.demanded
        view = replace(
            view,
            configured=found.build.manifest.version if found else "",
            previous=following.previous,
            unchanged=following.previous is not None and demanded is None,
            version=following.version,
            tag=tag_of(following.version) if following.version else None,
            bump=following.bump,
            too_small=demanded if rank(following.bump) < rank(demanded) else None,
        )
    _raise_findings(view)


def _raise_findings(view: ReleaseView) -> None:
    found = tuple(sorted(run(Looks.AT_RELEASE, view), key=lambda diagnostic: diagnostic.sort_key))
    if found:
        stand = "1 finding stands" if len(found) == 1 else f"{len(found)} findings stand"
        message = f"{stand} in the way; nothing was released"
        raise FindingsError(message, CheckResult(diagnostics=found, summary=Summary.of(found)))


def _moment(git: Git) -> str:
    """When the commit is made: now, or what the environment says, as of any commit."""
    return " ".join(git.line("var", "GIT_COMMITTER_IDENT").rsplit(" ", 2)[1:])


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _change(found: Present, path: str, text: str) -> FileChange:
    file = found.root / path
    old = file.read_bytes().decode("utf-8", "replace") if file.is_file() else None
    return FileChange(path=path, old=old, new=text)


def _make(project: Project, git: Git, plan: _Plan, journal: Path, setting: _Setting) -> ReleaseResult:
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
    replace_file(journal, render_journal(planned))
    try:
        move_refs(git, planned)
    except RefusedError:
        if not was_made(git, planned):
            journal.unlink()
        raise
    with _released(result.tag):
        put_files(git, Path(repository.top), planned, replace_file)
        report("put the build in its place", 0, None)
        _put(destination, plan.candidate, report)
    journal.unlink()
    announce(git, Path(repository.top))
    return replace(result, commit=made.commit, signed=made.signed, output=destination.name)


def _objects(project: Project, git: Git, plan: _Plan, scratch: Path) -> Made:
    files = {
        plan.repository.prefix + each.path: each.new.encode("utf-8", "surrogateescape") for each in plan.result.files
    }
    result = plan.result
    draft = Draft(version=result.version, tag=result.tag, message=result.message, moment=plan.moment, files=files)
    try:
        return make_objects(git, plan.repository, draft, scratch)
    except RefusedError as error:
        _raise_findings(ReleaseView(file=project.file, repository=Repository(branch=""), refusal=error.refusal))
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


def _interrupted(git: Git, journal: Path) -> Interrupted | None:
    """A release that was made, but not to its end."""
    planned = parse_journal(journal.read_bytes()) if journal.is_file() else None
    return planned if planned is not None and was_made(git, planned) else None


def _complete(project: Project, git: Git, left: Interrupted, journal: Path, setting: _Setting) -> ReleaseResult:
    """What is left of a release, done."""
    finish_refs(git, left)
    with _released(left.tag):
        put_files(git, Path(git.line("rev-parse", "--show-toplevel")), left, replace_file)
    scene = Scene(
        project=project, head=left.commit, scratch=setting.scratch, jobs=setting.jobs, progress=setting.report
    )
    made, destination = candidate(scene, {}), destination_of(project, None)
    with _released(left.tag):
        _put(destination, made, setting.report)
    journal.unlink()
    moment = int(git.line("show", "--no-patch", "--format=%ct", left.commit))
    return ReleaseResult(
        version=left.version,
        previous=None,
        bump=None,
        demanded=None,
        tag=left.tag,
        message=git.line("show", "--no-patch", "--format=%B", left.commit),
        date=_day(moment),
        commit=left.commit,
        signed=is_signed(git, left.tagged),
        output=destination.name,
        completed=True,
        check=made.check,
    )


@contextmanager
def _scratch(cache: Path) -> Iterator[Path]:
    """A folder on the file system of the project; what an interrupted run left goes first."""
    folder = cache / _FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield Path(mkdtemp(dir=folder)).resolve()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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


@contextmanager
def _errors_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{error.filename or 'a file'}: {error.strerror or error}; run `dataset-builder release` again"
        raise OutputError(message) from error

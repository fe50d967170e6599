"""A release: everything verified first, then a commit and a tag that are there in one step."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory, mkdtemp

from dataset_builder.check.release_view import ReleaseView
from dataset_builder.describe.changes import changes, first_contents
from dataset_builder.errors import OutputError
from dataset_builder.git import COMMITTING, Git
from dataset_builder.model.diff import Bump, Diff
from dataset_builder.model.location import is_url
from dataset_builder.model.project import Project
from dataset_builder.model.release import Asked, FileChange, ReleaseResult, Repository
from dataset_builder.model.result import Progress, silent
from dataset_builder.pipeline.cache import cache_folder
from dataset_builder.pipeline.candidate import Present, Scene, candidate, difference, present
from dataset_builder.pipeline.committing import Plan, Setting, complete, day, interrupted, make
from dataset_builder.pipeline.readiness import refuse_unready
from dataset_builder.pipeline.releasing import is_entered, rewritten
from dataset_builder.release.state import look_at
from dataset_builder.release.version import grown, latest, rank, step, tag_of
from dataset_builder.tables.commit import exclusive, staging_name

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
    git = Git(folder=project.root, manner=COMMITTING)
    with _errors_told():
        if dry_run:
            with TemporaryDirectory(prefix="dataset-builder-") as scratch:
                return _plan(project, git, bump, Setting(Path(scratch), jobs, report)).result
        _refuse(project, look_at(git, ()), only_repository=True)
        cache = cache_folder(project)
        with exclusive(cache, lambda: report("wait for another release", 0, None)):
            left = interrupted(git, cache / _JOURNAL)
            with _scratch(cache) as scratch:
                setting = Setting(scratch, jobs, report)
                if left is not None:
                    return complete(project, git, left, cache / _JOURNAL, setting)
                (cache / _JOURNAL).unlink(missing_ok=True)
                planned = _plan(project, git, bump, setting)
                return make(project, git, planned, cache / _JOURNAL, setting)


@dataclass(frozen=True, slots=True)
class _Next:
    """Which version comes next."""

    previous: str | None
    version: str | None
    bump: Bump | None
    demanded: Bump | None


def _plan(project: Project, git: Git, asked: Asked, setting: Setting) -> Plan:
    """What is to be released, built and verified; nothing is written but in the scratch folder."""
    repository = look_at(git, _sources(project), _staged(project))
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
    date = day(int(moment.split()[0]))
    items = changes(diff) if diff else first_contents(found.build.manifest)
    files = rewritten(project, found.root, version, date, items)
    made = candidate(scene, files)
    files |= {project.paths.card: made.card, **made.plots}
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
    return Plan(repository, made, moment, result)


def _sources(project: Project) -> tuple[str, ...]:
    paths = project.paths
    named = (paths.articles, paths.annotations, paths.links, paths.schema)
    return tuple(dict.fromkeys(path for path in named if not is_url(path)))


def _staged(project: Project) -> str | None:
    """What paths begin with below which builds are staged, one that is under way and what a killed one has left."""
    output = PurePosixPath(project.paths.output)
    if is_url(project.paths.output) or output.is_absolute() or ".." in output.parts:
        return None
    return output.with_name(staging_name(output.name)).as_posix()


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
    if following is not None and found is not None:
        demanded = following.demanded
        view = replace(
            view,
            configured=found.build.manifest.version,
            entered=following.version is not None and is_entered(project, found.root, following.version),
            previous=following.previous,
            unchanged=following.previous is not None and demanded is None,
            version=following.version,
            tag=tag_of(following.version) if following.version else None,
            bump=following.bump,
            too_small=demanded if rank(following.bump) < rank(demanded) else None,
        )
    refuse_unready(view)


def _moment(git: Git) -> str:
    """When the commit is made: now, or what the environment says, as of any commit."""
    return " ".join(git.line("var", "GIT_COMMITTER_IDENT").rsplit(" ", 2)[1:])


def _change(found: Present, path: str, text: str) -> FileChange:
    file = found.root / path
    old = file.read_bytes().decode("utf-8", "surrogateescape") if file.is_file() else None
    return FileChange(path=path, old=old, new=text)


@contextmanager
def _scratch(cache: Path) -> Iterator[Path]:
    """A folder on the file system of the project; what an interrupted run left goes first."""
    folder = cache / _FOLDER
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield Path(mkdtemp(dir=folder)).resolve()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _errors_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{error.filename or 'a file'}: {error.strerror or error}; run `dataset-builder release` again"
        raise OutputError(message) from error

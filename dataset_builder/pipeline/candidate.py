"""What a release would consist of: the commit, laid out and built as it is, and as it would be at its new version."""

from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree
from tempfile import mkdtemp

from dataset_builder.describe.manifest import parse_manifest
from dataset_builder.errors import ConfigurationError, FindingsError, InternalError
from dataset_builder.model.diff import Diff
from dataset_builder.model.location import is_url
from dataset_builder.model.manifest import FileEntry
from dataset_builder.model.project import Project
from dataset_builder.model.result import CheckResult, Progress
from dataset_builder.pipeline.comparing import compare_builds
from dataset_builder.pipeline.describe import README, STALE, describe
from dataset_builder.pipeline.opening import open_project
from dataset_builder.pipeline.sides import Opened, Sides
from dataset_builder.pipeline.verify import verify
from dataset_builder.pipeline.work import work_off
from dataset_builder.read.build import read_manifest
from dataset_builder.read.revision import lay_out_revision

__all__ = ["Candidate", "Present", "Scene", "candidate", "difference", "present"]

_LEAKS = "SPL"
_HYDRATED = ".hydrated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where the work is done: nothing of it is in the project."""

    project: Project  # as the user has it
    head: str
    scratch: Path
    jobs: int | None
    progress: Progress

    def folder(self) -> Path:
        """A new folder."""
        return Path(mkdtemp(dir=self.scratch)).resolve()

    def laid_out(self) -> Path:
        """The committed project, in a new folder."""
        self.progress("read the commit", 0, None)
        target = self.folder()
        lay_out_revision(self.project.root, self.head, target)
        return target


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """The project as it is committed, and its build."""

    root: Path
    build: Opened
    check: CheckResult
    stale: tuple[str, ...]  # of the card and the lock files, those that aren't what the data gives


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """The project as it would be committed, and its build, which is verified."""

    root: Path
    build: Path
    tables: tuple[FileEntry, ...]  # files of tables
    card: str
    check: CheckResult


def present(scene: Scene) -> Present:
    """The committed project, checked and built; texts that are hydrated here are there to be checked against.

    Raises:
        FindingsError: there are errors, or articles leak from one split to another.
    """
    root = scene.laid_out()
    _hydrate(scene.project, root)
    project = _opened(root)
    target = scene.folder()
    work = work_off(project, staging=target, jobs=scene.jobs, progress=scene.progress)
    _refuse(work.result)
    described = describe(work, target)
    _refuse(described.result)
    build = Opened(name=scene.head, directory=target, manifest=read_manifest(target, parse_manifest))
    wanted = {
        project.paths.card: described.readme,
        project.splits.lock: work.plan.lock,
        project.annotators.lock: work.plan.pseudonyms,
    }
    stale = tuple(file for file, text in wanted.items() if text is not None and not _reads(root / file, text))
    return Present(root=root, build=build, check=described.result.without(STALE), stale=stale)


def difference(scene: Scene, present: Present, tag: str) -> Diff:
    """What differs from the release `tag`, with every change.

    Raises:
        FindingsError: that can't be built any more.
    """
    sides = Sides(home=scene.project.root, scratch=scene.folder(), jobs=scene.jobs, progress=scene.progress)
    before = replace(sides.open(f"refs/tags/{tag}"), name=tag)
    return compare_builds(before, present.build, None, scene.progress)


def candidate(scene: Scene, files: dict[str, str]) -> Candidate:
    """The committed project with `files` in it, built into a new folder, with a card that is true of it, and verified.

    Raises:
        FindingsError: something is wrong with it.
    """
    root = scene.laid_out()
    for path, text in files.items():
        _write(root / path, text)
    project = _opened(root)
    target = scene.folder()
    work = work_off(project, staging=target, jobs=scene.jobs, progress=scene.progress)
    _refuse(work.result)
    _write(root / project.paths.card, describe(work, target).readme)
    described = describe(work, target)  # with that card in place: what is written once must be true of itself
    if not _reads(root / project.paths.card, described.readme):
        message = f"{project.paths.card} changes each time it is written"
        raise InternalError(message)
    _refuse(described.result)
    scene.progress("verify", 0, None)
    _refuse(verify(target))
    return Candidate(
        root=root, build=target, tables=work.files, card=(target / README).read_text("utf-8"), check=described.result
    )


def _opened(root: Path) -> Project:
    """The project in `root`; its errors as those of any other file."""
    try:
        return open_project(root)
    except ConfigurationError as error:
        raise FindingsError(str(error), error.result) from error


def _hydrate(project: Project, root: Path) -> None:
    if not is_url(project.paths.articles):
        hydrated = project.root / project.paths.articles / _HYDRATED
        if hydrated.is_dir() and not hydrated.is_symlink():
            copytree(hydrated, root / project.paths.articles / _HYDRATED)


def _refuse(result: CheckResult) -> None:
    """Errors stand in the way of a release, and leaks do, whatever their severity."""
    found = [each for each in result.diagnostics if each.severity == "error" or each.code.startswith(_LEAKS)]
    if found:
        stand = "1 finding stands" if len(found) == 1 else f"{len(found)} findings stand"
        message = f"{stand} in the way; nothing was released"
        raise FindingsError(message, result)


def _reads(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode("utf-8", "surrogateescape")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

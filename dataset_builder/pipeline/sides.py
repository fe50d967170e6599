"""What is compared: a build, a project that is built for it, or a revision of either."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from dataset_builder.describe.manifest import parse_manifest
from dataset_builder.errors import ConfigurationError, FindingsError, UsageError
from dataset_builder.model.build import Manifest
from dataset_builder.model.project import Project
from dataset_builder.model.result import CheckResult, Progress, silent
from dataset_builder.pipeline.describe import describe
from dataset_builder.pipeline.opening import open_project
from dataset_builder.pipeline.work import work_off
from dataset_builder.read.build import MANIFEST, read_manifest
from dataset_builder.read.project import find_project
from dataset_builder.read.revision import lay_out_revision

__all__ = ["Named", "Opened", "Sides"]

Named: TypeAlias = Project | Path | str
"""A project, a folder that holds a build or a project, or (as a string that names no folder) a git revision."""

WORKING_TREE = "the working tree"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A build to compare."""

    name: str
    directory: Path  # resolved
    manifest: Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Finds what is to be compared; what has to be built is built below `scratch`."""

    home: Path | None  # where revisions are looked for; the project or build around the current folder unless given
    scratch: Path
    jobs: int | None = None
    progress: Progress | None = None

    def open(self, named: Named | None) -> Opened:
        """The build that is meant; None means the working tree.

        Raises:
            UsageError: there is nothing of that name.
            FindingsError: it can't be built.
        """
        if isinstance(named, Project):
            return self._built(named, str(named.root))
        if named is None:
            return self._open_folder(self._home(), WORKING_TREE)
        folder = Path(named)
        if folder.is_dir():
            return self._open_folder(folder, str(named))
        if isinstance(named, Path):
            message = f"there is no folder {named}; to name a git revision, give a string"
            raise UsageError(message)
        return self._open_revision(named)

    def _home(self) -> Path:
        """The project, or the build, that revisions are of."""
        if self.home is not None:
            return Path(self.home).resolve()
        here = Path.cwd()
        build = next((folder for folder in (here, *here.parents) if (folder / MANIFEST).is_file()), None)
        try:
            project = find_project(here)
        except UsageError:
            if build is None:
                raise
            return build
        return build if build and project in build.parents else project

    def _open_folder(self, folder: Path, name: str) -> Opened:
        """The project in `folder`, built; or the build that it is."""
        try:
            project = open_project(folder)
        except ConfigurationError as error:
            raise _unbuilt(name, error.result) from error
        except UsageError as error:
            if (folder / MANIFEST).is_file():
                return Opened(name=name, directory=folder.resolve(), manifest=read_manifest(folder, parse_manifest))
            message = f"{name} holds neither a project nor a build ({error})"
            raise UsageError(message) from error
        return self._built(project, name)

    def _open_revision(self, name: str) -> Opened:
        target = self._new_folder()
        (self.progress or silent)(f"read {name}", 0, None)
        lay_out_revision(self._home(), name, target)
        return self._open_folder(target, name)

    def _built(self, project: Project, name: str) -> Opened:
        """The project built, with nothing written into it: neither its output nor its splits' lock file."""
        target = self._new_folder()
        work = work_off(project, staging=target, jobs=self.jobs, progress=self.progress)
        if not work.result.ok:
            raise _unbuilt(name, work.result)
        described = describe(work, target)
        if not described.result.ok:
            raise _unbuilt(name, described.result)
        return Opened(name=name, directory=target, manifest=read_manifest(target, parse_manifest))

    def _new_folder(self) -> Path:
        folder = self.scratch / str(sum(1 for _ in self.scratch.iterdir()))
        folder.mkdir()
        return folder.resolve()


def _unbuilt(name: str, result: object) -> FindingsError:
    errors = result.summary.errors if isinstance(result, CheckResult) else 0
    stand = "1 error stands" if errors == 1 else f"{errors} errors stand"
    return FindingsError(f"{name} can't be built: {stand} in the way; nothing was compared", result)

"""A build made again from the project, and compared byte by byte."""

from collections.abc import Iterator
from filecmp import cmp
from pathlib import Path
from tempfile import TemporaryDirectory

from dataset_builder.check.rebuild_view import OtherFile, RebuildView
from dataset_builder.check.rule import Looks
from dataset_builder.check.runner import run
from dataset_builder.describe.manifest import parse_manifest
from dataset_builder.errors import FindingsError, OutputError, UsageError
from dataset_builder.model.build import Manifest
from dataset_builder.model.diagnostic import Diagnostic
from dataset_builder.model.project import Project
from dataset_builder.model.result import CheckResult, Progress, silent
from dataset_builder.pipeline.describe import describe
from dataset_builder.pipeline.work import work_off
from dataset_builder.read.build import read_manifest

__all__ = ["rebuilt"]


def rebuilt(project: Project, build: Path, *, jobs: int | None, progress: Progress | None) -> tuple[Diagnostic, ...]:
    """What the build in `build` has otherwise than a new one of `project`; the new one is thrown away.

    Raises:
        UsageError: the two can't be the same: other versions made it, or it was made of other inputs.
        FindingsError: the project can't be built.
        OutputError: there is no room to build in.
    """
    stated = read_manifest(build, parse_manifest)
    try:
        with TemporaryDirectory(prefix="dataset-builder-") as folder:
            again = Path(folder).resolve()
            work = work_off(project, staging=again, jobs=jobs, progress=progress)
            _refuse_errors(work.result)
            _refuse_errors(describe(work, again).result)
            (progress or silent)("compare", 0, None)
            made = read_manifest(again, parse_manifest)
            _refuse_others(stated, made)
            view = RebuildView(differing=tuple(_differing(build, again, stated, made)))
    except OSError as error:
        message = f"{error.filename or 'a temporary folder'}: {error.strerror or error}"
        raise OutputError(message) from error
    return tuple(run(Looks.AT_REBUILD, view))


def _refuse_errors(result: CheckResult) -> None:
    if not result.ok:
        message = "the project can't be built: errors stand in the way; nothing was compared"
        raise FindingsError(message, result)


def _refuse_others(stated: Manifest, made: Manifest) -> None:
    """Nothing, if both builds say that they were made of the same by the same."""
    pairs = {
        "name": (stated.name, made.name),
        "version": (stated.version, made.version),
        **{f"version of {name}": (stated.versions.get(name), made.versions.get(name)) for name in _names(stated, made)},
    }
    others = [f"its {what} is {old}, and here it is {new}" for what, (old, new) in pairs.items() if old != new]
    ours, theirs = ({**build.inputs.digests, "schemas": _schemas(build)} for build in (stated, made))
    inputs = [kind for kind in sorted({*ours, *theirs}) if ours.get(kind) != theirs.get(kind)]
    if inputs:
        others.append(f"it was made of other {' and '.join(inputs)}")
    if others:
        message = (
            f"the build can't be made again here: {'; '.join(others)}. "
            "Check out the revision that was built, and install the versions that its manifest states"
        )
        raise UsageError(message)


def _names(*builds: Manifest) -> list[str]:
    return sorted({name for build in builds for name in build.versions})


def _schemas(build: Manifest) -> tuple[tuple[str, str], ...]:
    return tuple((file.path, file.sha256) for file in build.files if file.path.startswith("schema/"))


def _differing(build: Path, again: Path, stated: Manifest, made: Manifest) -> Iterator[OtherFile]:
    """What building again gives otherwise. Files too many in the build are named by another rule."""
    rows = {table.name: table.digest for table in stated.tables}
    same = {
        file.path
        for table in made.tables
        if rows.get(table.name) == table.digest
        for split in table.splits.values()
        for file in split.files
    }
    for path in sorted(each.relative_to(again).as_posix() for each in again.rglob("*") if each.is_file()):
        if not (build / path).is_file():
            yield OtherFile(path=path, what="missing")
        elif not cmp(build / path, again / path, shallow=False):
            yield OtherFile(path=path, what="other bytes, same rows" if path in same else "other bytes")

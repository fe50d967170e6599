"""What can be asked of a project, a build or a rule without writing anything."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from dataset_builder.check.build_view import BuildView
from dataset_builder.check.explain import explain
from dataset_builder.check.rule import Looks
from dataset_builder.check.runner import run
from dataset_builder.describe.manifest import parse_manifest
from dataset_builder.describe.stats import Statistics
from dataset_builder.errors import FindingsError
from dataset_builder.model.build import Manifest
from dataset_builder.model.project import Project
from dataset_builder.model.result import CheckResult, Progress, Summary
from dataset_builder.pipeline.describe import statistics
from dataset_builder.pipeline.work import planned, work_off
from dataset_builder.read.build import read_build
from dataset_builder.schema.columns import Table
from dataset_builder.tables.blocks import digest_of_files

__all__ = ["explain", "schema", "stats", "verify"]


def schema(project: Project) -> Mapping[str, Table]:
    """The tables that `project` publishes, by name: columns, Arrow schemas and features.

    Raises:
        FindingsError: the schemas have errors.
    """
    with planned(project) as plan:
        if plan.context is None:
            message = "the schemas have errors"
            raise FindingsError(
                message, CheckResult(diagnostics=tuple(sorted(plan.diagnostics, key=lambda d: d.sort_key)))
            )
        return {table.name: table for table in plan.context.layout.tables}


def stats(project: Project, *, jobs: int | None = None, progress: Progress | None = None) -> Statistics:
    """The figures of `project` as the card gives them.

    Raises:
        FindingsError: there are findings of severity error.
    """
    with TemporaryDirectory(prefix="dataset-builder-") as folder:
        work = work_off(project, staging=Path(folder), jobs=jobs, progress=progress)
    result = work.result
    if not result.ok:
        message = f"{result.summary.errors} errors stand in the way of counting"
        raise FindingsError(message, result)
    return statistics(work)


def verify(directory: Path) -> CheckResult:
    """What is wrong with the build in `directory`: files changed, missing or too many, parts that contradict others.

    Everything is read again, and the content digest of each table computed again.

    Raises:
        UsageError: there is no such directory.
    """
    articles = {path.name: path for path in sorted(directory.glob("data/articles/*.parquet"))}

    def digest(name: str, files: Mapping[str, Sequence[Path]]) -> str:
        cut_by = {split: [path for file, path in articles.items() if file.startswith(f"{split}-")] for split in files}
        own_ids = name in ("articles", "links")
        return digest_of_files(files, "id" if own_ids else "article", files if own_ids else cut_by)

    build = read_build(directory, parse_manifest=parse_manifest, table_digest=digest)
    found = tuple(sorted(run(Looks.AT_BUILD, BuildView(build=build)), key=lambda diagnostic: diagnostic.sort_key))
    counts = build.manifest.counts if isinstance(build.manifest, Manifest) else {}
    return CheckResult(diagnostics=found, summary=Summary.of(found, **counts))

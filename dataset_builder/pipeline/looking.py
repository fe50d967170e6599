"""What can be asked of a project or a rule without writing anything."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from dataset_builder.check.explain import explain
from dataset_builder.describe.stats import Statistics
from dataset_builder.errors import FindingsError
from dataset_builder.model.project import Project
from dataset_builder.model.result import Progress
from dataset_builder.pipeline.describe import statistics
from dataset_builder.pipeline.work import planned, work_off
from dataset_builder.schema.columns import Table

__all__ = ["explain", "schema", "stats"]


def schema(project: Project) -> Mapping[str, Table]:
    """The tables that `project` publishes, by name: columns, Arrow schemas and features.

    Raises:
        FindingsError: the schemas have errors.
    """
    with planned(project) as plan:
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

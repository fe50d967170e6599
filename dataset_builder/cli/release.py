"""`dataset-builder release`: the next version, committed and tagged."""

from typing import Annotated, Literal

import typer

from dataset_builder.cli.options import (
    DebugOption,
    JobsOption,
    OutcomeFormatOption,
    ProjectOption,
    opened,
    settings_of,
)
from dataset_builder.cli.terminal import progress, put, shown_path, view

__all__ = ["release"]


def release(
    context: typer.Context,
    *,
    bump: Annotated[
        Literal["auto", "major", "minor", "patch"],
        typer.Option(help="By how much the version grows; auto is as much as the changes demand."),
    ] = "auto",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", metavar="", help="Verify everything, show what would be done, write nothing.")
    ] = False,
    jobs: JobsOption = None,
    format: OutcomeFormatOption = "text",
    _project: ProjectOption = None,
    _debug: DebugOption = False,
) -> None:
    """Release a version: check, verify, compare, and then commit, tag and build it.

    The version grows by what changed since the last release. Configuration, changelog, card and citation say so. All is
    verified before anything is written. A release that was interrupted is completed by the next run.

    Exits with 1, and releases nothing, if anything stands in the way.

    Example: dataset-builder release --dry-run
    """
    import dataset_builder
    from dataset_builder.report import release as report_release
    from dataset_builder.report import text

    project = opened(context)
    with progress() as report:
        result = dataset_builder.release(project, bump=bump, dry_run=dry_run, jobs=jobs or 0, progress=report)
    if format == "json":
        put(report_release.render_json(result))
        return
    shown = view(settings_of(context).sources)
    put(text.render_findings(result.check, color=shown.color, width=shown.width, sources=shown.sources))
    output = shown_path(result.output) if result.output is not None else ""
    put(report_release.render_text(result, name=project.name, output=output, color=shown.color))

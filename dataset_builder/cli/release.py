"""`dataset-builder release`: the next version, committed and tagged."""

from typing import Literal

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.options import (
    debug_option,
    jobs_option,
    one_of,
    opened,
    outcome_format_option,
    project_option,
    settings_of,
)
from dataset_builder.cli.terminal import progress, put, shown_path, view
from dataset_builder.report.formats import OutcomeFormatName

__all__ = ["release"]

_Bump = Literal["auto", "major", "minor", "patch"]


@command
@click.option(
    "--bump",
    type=one_of(_Bump),
    default="auto",
    help="By how much the version grows; auto is as much as the changes demand.",
)
@click.option("--dry-run", is_flag=True, help="Verify everything, show what would be done, write nothing.")
@jobs_option
@outcome_format_option
@project_option
@debug_option
def release(
    context: click.Context,
    *,
    bump: _Bump,
    dry_run: bool,
    jobs: int | None,
    format: OutcomeFormatName,
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

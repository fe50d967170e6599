"""`dataset-builder diff`: what changed between two builds, versions or git revisions."""

from typing import Literal

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.options import AtLeast, debug_option, jobs_option, one_of, project_option, settings_of
from dataset_builder.cli.terminal import progress, put, remark, view
from dataset_builder.report.formats import render

__all__ = ["diff"]

DIFFERS, USAGE = 1, 2

_FormatName = Literal["text", "json", "markdown"]


@command
@click.argument("old", metavar="A", help="A build's folder, or a git revision.")
@click.argument("new", metavar="[B]", required=False, help="Likewise; the working tree if not given.")
@click.option("--format", type=one_of(_FormatName), default="text", help="For people, programs, or pull requests.")
@click.option(
    "--limit",
    metavar="N",
    type=AtLeast(0),
    default=20,
    help="Changes shown of each section; all are counted.",
)
@click.option("--summary", is_flag=True, help="Only count.")
@jobs_option
@project_option
@debug_option
def diff(
    context: click.Context,
    *,
    old: str,
    new: str | None,
    format: _FormatName,
    limit: int,
    summary: bool,
    jobs: int | None,
) -> int:
    """Show what changed between two builds: schema, splits, articles, annotations, metadata, labels, agreement.

    A and B are folders that hold a build or a project, or git revisions of the project or of a repository of builds.

    Exits with 0 if nothing differs, with 1 if something does, and with 2 if one can't be read or built.

    Example: dataset-builder diff v1.2.0 v1.3.0
    """
    import dataset_builder
    from dataset_builder.report import diff as report_diff

    settings = settings_of(context)
    settings.format = "json" if format == "json" else "text"
    shown = view(lambda _: None)
    try:
        with progress() as report:
            found = dataset_builder.diff(
                old, new, directory=settings.project, limit=0 if summary else limit, jobs=jobs or 0, progress=report
            )
    except dataset_builder.FindingsError as error:
        put(render(error.result, settings.format, shown))  # type: ignore[arg-type]  # the root's names are not typed here
        remark(f"error: {error}")
        return USAGE
    if format == "json":
        put(report_diff.render_json(found))
    elif format == "markdown":
        put(report_diff.render_markdown(found, summary=summary))
    else:
        put(report_diff.render_text(found, color=shown.color, summary=summary))
    return DIFFERS if found.differs else 0

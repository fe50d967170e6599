"""`dataset-builder build`: the dataset, ready to load."""

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.options import (
    EngineName,
    debug_option,
    engine_option,
    jobs_option,
    opened,
    outcome_format_option,
    place,
    project_option,
    scheduler_option,
    settings_of,
)
from dataset_builder.cli.terminal import progress, put, shown_path, view
from dataset_builder.report.formats import OutcomeFormatName

__all__ = ["build"]


@command
@click.option("--output", metavar="DIR", help="Where to, a folder or a URL; otherwise as configured (dist).")
@jobs_option
@engine_option
@scheduler_option
@click.option("--locked", is_flag=True, help="Fail where the splits' lock file would change, as in CI.")
@click.option("--from-scratch", is_flag=True, help="Take nothing over from the build before.")
@outcome_format_option
@project_option
@debug_option
def build(
    context: click.Context,
    *,
    output: str | None,
    jobs: int | None,
    engine: EngineName,
    scheduler: str | None,
    locked: bool,
    from_scratch: bool,
    format: OutcomeFormatName,
) -> None:
    """Check the project, and build its tables, card and manifest.

    A build that was there is replaced as a whole, or stays whole. Where nothing has changed that it was made of, it is
    the result; where little has, the rest of it is taken over.

    Exits with 1, and writes nothing, if there is an error.

    Example: dataset-builder build --output /tmp/try
    """
    import dataset_builder
    from dataset_builder.report import build as report_build
    from dataset_builder.report import text

    project, to = opened(context), place(output) if output is not None else None
    with progress() as report:
        result = dataset_builder.build(
            project,
            output=to,
            jobs=jobs or 0,
            locked=locked,
            incremental=not from_scratch,
            progress=report,
            engine=engine,
            scheduler=scheduler,
        )
    if format == "json":
        put(report_build.render_json(result))
        return
    shown = view(settings_of(context).sources)
    put(text.render_findings(result.check, color=shown.color, width=shown.width, sources=shown.sources))
    put(report_build.render_text(result, name=project.name, output=shown_path(result.output)))

"""`dataset-builder build`: the dataset, ready to load."""

from typing import Annotated

import typer

from dataset_builder.cli.options import (
    DebugOption,
    EngineOption,
    JobsOption,
    OutcomeFormatOption,
    ProjectOption,
    SchedulerOption,
    opened,
    place,
    settings_of,
)
from dataset_builder.cli.terminal import progress, put, shown_path, view

__all__ = ["build"]


def build(
    context: typer.Context,
    *,
    output: Annotated[
        str | None,
        typer.Option(
            metavar="DIR",
            show_default=False,
            help="Where to, a folder or a URL; otherwise as configured (dist).",
        ),
    ] = None,
    jobs: JobsOption = None,
    engine: EngineOption = "local",
    scheduler: SchedulerOption = None,
    locked: Annotated[
        bool, typer.Option("--locked", metavar="", help="Fail where the splits' lock file would change, as in CI.")
    ] = False,
    from_scratch: Annotated[
        bool, typer.Option("--from-scratch", metavar="", help="Take nothing over from the build before.")
    ] = False,
    format: OutcomeFormatOption = "text",
    _project: ProjectOption = None,
    _debug: DebugOption = False,
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

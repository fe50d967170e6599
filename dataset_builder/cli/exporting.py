"""`dataset-builder export`: a project in the formats of other tools."""

from pathlib import Path
from typing import Annotated

import typer

from dataset_builder.cli.importing import NAMED_OPTIONS, pairs
from dataset_builder.cli.options import DebugOption, OutcomeFormatOption, ProjectOption, opened, settings_of
from dataset_builder.cli.terminal import progress, put, shown_path, view

__all__ = ["export"]


def export(
    context: typer.Context,
    *,
    target_format: Annotated[str, typer.Argument(metavar="FORMAT", show_default=False, help="The format.")],
    output: Annotated[Path, typer.Argument(metavar="DST", show_default=False, help="A new or empty folder.")],
    annotator: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", show_default=False, help="Only this one's records; gold for what would be published."
        ),
    ] = None,
    option: Annotated[list[str] | None, NAMED_OPTIONS] = None,
    format: OutcomeFormatOption = "text",
    limit: Annotated[
        int, typer.Option(metavar="N", min=0, help="How many findings text shows; all are counted.")
    ] = 100,
    _project: ProjectOption = None,
    _debug: DebugOption = False,
) -> None:
    """Write the project's texts and annotations in a format of other tools.

    What the format can't hold is listed. Withheld texts are never written. Exits with 1, and writes nothing, if the
    project has an error.

    Example: dataset-builder export brat /tmp/for-brat --annotator gold
    """
    import dataset_builder
    from dataset_builder.report import exchange, text

    project = opened(context)
    with progress() as report:
        result = dataset_builder.export_corpus(
            project, target_format, output, annotator=annotator, options=pairs(option), progress=report
        )
    if format == "json":
        put(exchange.render_export_json(result))
        return
    shown = view(settings_of(context).sources, limit)
    put(text.render_findings(result.check, color=shown.color, width=shown.width, sources=shown.sources, limit=limit))
    put(exchange.render_export(result, output=shown_path(result.output)))

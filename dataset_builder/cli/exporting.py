"""`dataset-builder export`: a project in the formats of other tools."""

from pathlib import Path

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.options import (
    debug_option,
    limit_option,
    named_options,
    opened,
    outcome_format_option,
    pairs,
    project_option,
    settings_of,
)
from dataset_builder.cli.terminal import progress, put, shown_path, view
from dataset_builder.report.formats import OutcomeFormatName

__all__ = ["export"]


@command
@click.argument("target_format", metavar="FORMAT", help="The format.")
@click.argument("output", metavar="DST", type=Path, help="A new or empty folder.")
@click.option("--annotator", metavar="NAME", help="Only this one's records; gold for what would be published.")
@named_options
@outcome_format_option
@limit_option
@project_option
@debug_option
def export(
    context: click.Context,
    *,
    target_format: str,
    output: Path,
    annotator: str | None,
    option: tuple[str, ...],
    format: OutcomeFormatName,
    limit: int,
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

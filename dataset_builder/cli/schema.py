"""`dataset-builder schema`: the tables and their columns, as compiled."""

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.options import debug_option, one_of, opened, project_option
from dataset_builder.cli.terminal import put
from dataset_builder.report.formats import OutcomeFormatName

__all__ = ["schema"]


@command
@click.option(
    "--format",
    type=one_of(OutcomeFormatName),
    default="text",
    help="A tree of columns, or Arrow schema and Features for programs.",
)
@project_option
@debug_option
def schema(context: click.Context, *, format: OutcomeFormatName) -> None:
    """Show the tables that the schemas compile to: their columns, types and labels.

    Example: dataset-builder schema --format json
    """
    import dataset_builder
    from dataset_builder.report import columns

    tables = dataset_builder.schema(opened(context))
    put(columns.render_json(tables) if format == "json" else columns.render_text(tables))

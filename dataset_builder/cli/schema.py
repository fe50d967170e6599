"""`dataset-builder schema`: the tables and their columns, as compiled."""

from typing import Annotated, Literal

import typer

from dataset_builder.cli.options import DebugOption, ProjectOption, opened
from dataset_builder.cli.terminal import put

__all__ = ["schema"]


def schema(
    context: typer.Context,
    *,
    format: Annotated[
        Literal["text", "json"], typer.Option(help="A tree of columns, or Arrow schema and Features for programs.")
    ] = "text",
    _project: ProjectOption = None,
    _debug: DebugOption = False,
) -> None:
    """Show the tables that the schemas compile to: their columns, types and labels.

    Example: dataset-builder schema --format json
    """
    import dataset_builder
    from dataset_builder.report import columns

    tables = dataset_builder.schema(opened(context))
    put(columns.render_json(tables) if format == "json" else columns.render_text(tables))

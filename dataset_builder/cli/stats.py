"""`dataset-builder stats`: the dataset's figures."""

import json
from typing import Annotated, Literal

import typer

from dataset_builder.cli.options import DebugOption, ProjectOption, opened
from dataset_builder.cli.terminal import progress, put

__all__ = ["stats"]


def stats(
    context: typer.Context,
    *,
    format: Annotated[Literal["text", "json"], typer.Option(help="For people, or for programs.")] = "text",
    _project: ProjectOption = None,
    _debug: DebugOption = False,
) -> None:
    """Count what is in the dataset.

    Rows by table and split, lengths of texts, annotators, licences, and how often each label occurs.

    Example: dataset-builder stats --format json
    """
    import dataset_builder
    from dataset_builder.report import statistics

    project = opened(context)
    with progress() as report:
        figures = dataset_builder.stats(project, jobs=0, progress=report).as_json()
    put(json.dumps(figures, indent=2) + "\n" if format == "json" else statistics.render(figures))

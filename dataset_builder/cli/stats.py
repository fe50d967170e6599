"""`dataset-builder stats`: the dataset's figures."""

import json

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.options import debug_option, one_of, opened, project_option
from dataset_builder.cli.terminal import progress, put
from dataset_builder.report.formats import OutcomeFormatName

__all__ = ["stats"]


@command
@click.option("--format", type=one_of(OutcomeFormatName), default="text", help="For people, or for programs.")
@project_option
@debug_option
def stats(context: click.Context, *, format: OutcomeFormatName) -> None:
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

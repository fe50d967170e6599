"""`dataset-builder withhold`: texts taken out of what is published."""

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.options import debug_option, opened, project_option
from dataset_builder.cli.terminal import put, remark
from dataset_builder.report.text import counted
from dataset_builder.report.visible import visible

__all__ = ["withhold"]


@command
@click.argument("ids", metavar="ID...", nargs=-1, required=True, help="Articles, by their ids.")
@project_option
@debug_option
def withhold(context: click.Context, *, ids: tuple[str, ...]) -> None:
    """Take articles' texts out of what is published.

    Their rights say so then, and digests stand in place of quotes. The texts move to where git ignores them.
    What git has of earlier versions stays in its history.

    Example: dataset-builder withhold morning-post-17
    """
    import dataset_builder

    result = dataset_builder.withhold(opened(context), ids)
    put("".join(f"{visible(file)}\n" for file in result.files))
    remark(f"{counted(len(result.withheld), 'text')} withheld, {counted(len(result.files), 'file')} changed.")

"""`dataset-builder withhold`: texts taken out of what is published."""

from typing import Annotated

import typer

from dataset_builder.cli.options import DebugOption, ProjectOption, opened
from dataset_builder.cli.terminal import put, remark
from dataset_builder.report.text import counted
from dataset_builder.report.visible import visible

__all__ = ["withhold"]


def withhold(
    context: typer.Context,
    *,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", show_default=False, help="Articles, by their ids.")],
    _project: ProjectOption = None,
    _debug: DebugOption = False,
) -> None:
    """Take articles' texts out of what is published.

    Their rights say so then, and digests stand in place of quotes. The texts move to where git ignores them.
    What git has of earlier versions stays in its history.

    Example: dataset-builder withhold morning-post-17
    """
    import dataset_builder

    result = dataset_builder.withhold(opened(context), ids)
    put("".join(f"{visible(file)}\n" for file in result.files))
    remark(f"{counted(len(result.withheld), 'text')} withheld, {counted(len(result.files), 'file')} changed.")

"""`dataset-builder init`: a new project."""

from pathlib import Path
from typing import Annotated

import typer

from dataset_builder.cli.options import DebugOption
from dataset_builder.cli.terminal import remark, shown_path

__all__ = ["init"]


def init(
    context: typer.Context,  # noqa: ARG001 - for `guarded`
    *,
    directory: Annotated[Path, typer.Argument(metavar="DIR", show_default=False, help="A new or empty folder.")],
    _debug: DebugOption = False,
) -> None:
    """Make a new project that builds at once.

    It has two articles, their annotations, schemas and a configuration, all there to be replaced by your own.

    Example: dataset-builder init press-quotes
    """
    import dataset_builder

    project = dataset_builder.init(directory)
    path = shown_path(project.root)
    remark(f"{project.name} is ready in {path}. What to do next is in its README.md; to begin:\n")
    remark(f"  {'' if path == '.' else f'cd {path} && '}dataset-builder build")

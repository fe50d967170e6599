"""`dataset-builder verify`: a build, checked again."""

from pathlib import Path
from typing import Annotated

import typer

from dataset_builder.cli.options import DebugOption, FormatOption, place
from dataset_builder.cli.terminal import put, view
from dataset_builder.report.formats import render

__all__ = ["verify"]


def verify(
    context: typer.Context,  # noqa: ARG001 - for `guarded`
    *,
    directory: Annotated[str, typer.Argument(metavar="DIR", show_default=False, help="A build, as in dist, or a URL.")],
    format: FormatOption = "text",
    _debug: DebugOption = False,
) -> int:
    """Check a build again: each file's digest, and that all its parts agree.

    Exits with 1 if anything in it has changed since it was built.

    Example: dataset-builder verify dist
    """
    import dataset_builder

    build = place(directory)
    result = dataset_builder.verify(build)
    root = build if isinstance(build, Path) else None
    put(render(result, format, view(lambda _: None, root=root)))
    return 0 if result.ok else 1

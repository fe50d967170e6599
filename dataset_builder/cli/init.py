"""`dataset-builder init`: a new project."""

from pathlib import Path
from typing import Annotated

import typer

from dataset_builder.cli.importing import NAMED_OPTIONS, bring_in, pairs
from dataset_builder.cli.options import DebugOption
from dataset_builder.cli.terminal import progress, remark, shown_path

__all__ = ["init"]


def init(
    context: typer.Context,  # noqa: ARG001 - for `guarded`
    *,
    directory: Annotated[Path, typer.Argument(metavar="DIR", show_default=False, help="A new or empty folder.")],
    source: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--from", metavar="FORMAT SRC", show_default=False, help="What to make it of; auto finds the format out."
        ),
    ] = None,
    option: Annotated[list[str] | None, NAMED_OPTIONS] = None,
    _debug: DebugOption = False,
) -> int:
    """Make a new project that builds at once.

    It has two articles, their annotations, schemas and a configuration, all there to be replaced by your own; or, with
    --from, what is in files of another format, as `dataset-builder import` brings it in.

    Example: dataset-builder init press-quotes
    """
    import dataset_builder

    if source:
        format_, path = source
        with progress() as report:
            result = dataset_builder.init_from(
                directory, None if format_ == "auto" else format_, path, options=pairs(option), progress=report
            )
        return bring_in(result, Path(path), "text")

    project = dataset_builder.init(directory)
    path = shown_path(project.root)
    remark(f"{project.name} is ready in {path}. What to do next is in its README.md; to begin:\n")
    remark(f"  {'' if path == '.' else f'cd {path} && '}dataset-builder build")
    return 0

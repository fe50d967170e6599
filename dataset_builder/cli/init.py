"""`dataset-builder init`: a new project."""

from pathlib import Path

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.options import debug_option, named_options, pairs
from dataset_builder.cli.terminal import progress, remark, shown_path

__all__ = ["init"]


@command
@click.argument("directory", metavar="DIR", type=Path, help="A new or empty folder.")
@click.option("--from", "source", metavar="FORMAT SRC", nargs=2, help="What to make it of; auto finds the format out.")
@named_options
@debug_option
def init(
    context: click.Context,  # noqa: ARG001 - every command is given it
    *,
    directory: Path,
    source: tuple[str, str] | None,
    option: tuple[str, ...],
) -> int:
    """Make a new project that builds at once.

    It has two articles, their annotations, schemas and a configuration, all there to be replaced by your own; or, with
    --from, what is in files of another format, as `dataset-builder import` brings it in.

    Example: dataset-builder init press-quotes
    """
    import dataset_builder

    if source:
        from dataset_builder.cli.importing import bring_in

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

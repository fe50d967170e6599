"""`dataset-builder hydrate`: withheld texts, put back by who holds them."""

from pathlib import Path

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.options import debug_option, opened, project_option
from dataset_builder.cli.terminal import put, remark, shown_path
from dataset_builder.report.text import counted
from dataset_builder.report.visible import visible

__all__ = ["hydrate"]


@command
@click.option(
    "--from",
    "source",
    metavar="DIR",
    type=Path,
    required=True,
    help="The folder that holds the texts, by any name.",
)
@click.argument(
    "target", metavar="[TARGET]", type=Path, required=False, help="A project or a build; otherwise this project."
)
@project_option
@debug_option
def hydrate(context: click.Context, *, source: Path, target: Path | None) -> int:
    """Put withheld texts back, from a folder that holds them.

    They are found there by their SHA-256 and laid where git ignores them. Exits with 1 if a text is missing there.

    Example: dataset-builder hydrate --from ~/texts
    """
    import dataset_builder

    is_build = target is not None and (target / "manifest.json").is_file()
    result = dataset_builder.hydrate(target if is_build else opened(context, target), source)
    put("".join(f"{visible(id_)}\n" for id_ in result.hydrated))
    remark(f"{counted(len(result.hydrated), 'text')} put back into {shown_path(result.output)}.")
    if result.missing:
        remark(f"{counted(len(result.missing), 'text')} not found in {source}: {', '.join(result.missing)}")
    return 1 if result.missing else 0

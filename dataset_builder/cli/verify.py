"""`dataset-builder verify`: a build, checked again."""

from pathlib import Path
from typing import Any

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.options import debug_option, format_option, jobs_option, opened, place, project_option
from dataset_builder.cli.terminal import progress, put, view
from dataset_builder.report.formats import FormatName, render

__all__ = ["verify"]


@command
@click.argument("directory", metavar="DIR", help="A build, as in dist, or a URL.")
@click.option("--rebuild", is_flag=True, help="Build the project again as well, and compare every file's bytes.")
@click.option(
    "--signers",
    metavar="FILE",
    type=Path,
    help="An allowed_signers file of OpenSSH: one of those in it must have signed the build.",
)
@jobs_option
@format_option
@project_option
@debug_option
def verify(
    context: click.Context,
    *,
    directory: str,
    rebuild: bool,
    signers: Path | None,
    jobs: int | None,
    format: FormatName,
) -> int:
    """Check a build again: each file's digest, and that all its parts agree.

    Exits with 1 if anything in it has changed since it was built; with --rebuild also if building the project again
    gives other bytes, and with 2 if it was made by other versions or of other inputs than are here.

    Example: dataset-builder verify dist --rebuild
    """
    import dataset_builder

    build = place(directory)
    asked: dict[str, Any] = {"signers": signers} if signers else {}
    if rebuild:
        project = opened(context)
        with progress() as report:
            result = dataset_builder.verify(build, rebuild=project, jobs=jobs or 0, progress=report, **asked)
    else:
        result = dataset_builder.verify(build, **asked)
    root = build if isinstance(build, Path) else None
    put(render(result, format, view(lambda _: None, root=root)))
    return 0 if result.ok else 1

"""`dataset-builder verify`: a build, checked again."""

from pathlib import Path
from typing import Annotated, Any

import typer

from dataset_builder.cli.options import DebugOption, FormatOption, JobsOption, ProjectOption, opened, place
from dataset_builder.cli.terminal import progress, put, view
from dataset_builder.report.formats import render

__all__ = ["verify"]


def verify(
    context: typer.Context,
    *,
    directory: Annotated[str, typer.Argument(metavar="DIR", show_default=False, help="A build, as in dist, or a URL.")],
    rebuild: Annotated[
        bool,
        typer.Option("--rebuild", metavar="", help="Build the project again as well, and compare every file's bytes."),
    ] = False,
    signers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="An allowed_signers file of OpenSSH: one of those in it must have signed the build.",
        ),
    ] = None,
    jobs: JobsOption = None,
    format: FormatOption = "text",
    _project: ProjectOption = None,
    _debug: DebugOption = False,
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

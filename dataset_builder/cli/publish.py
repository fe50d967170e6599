"""`dataset-builder publish`: a version, taken to where others get it."""

from pathlib import Path
from typing import Annotated

import typer

from dataset_builder.cli.options import DebugOption, OutcomeFormatOption, ProjectOption, place, settings_of
from dataset_builder.cli.terminal import progress, put

__all__ = ["publish"]


def publish(
    context: typer.Context,
    *,
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            show_default=False,
            help="A folder, git+ssh://…, git+https://…, a path to a .git, hf://datasets/…, or s3://….",
        ),
    ],
    build: Annotated[
        str | None,
        typer.Option(
            metavar="DIR", show_default=False, help="The build, a folder or a URL; otherwise as configured (dist)."
        ),
    ] = None,
    private: Annotated[bool, typer.Option("--private", metavar="", help="Make a new Hub repository private.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", metavar="", help="Write nothing; say what would be.")] = False,
    format: OutcomeFormatOption = "text",
    _project: ProjectOption = None,
    _debug: DebugOption = False,
) -> None:
    """Publish a build at the tag of its version, and read it back from there.

    The build is verified first. A version that is there already stays as it is: with the same bytes there is nothing to
    do, with others it is refused.

    Exits with 1 if the build isn't what its manifest says.

    Example: dataset-builder publish git+ssh://git@example.org/press/river-notes.git
    """
    import dataset_builder
    from dataset_builder.report import publish as report_publish

    settings = settings_of(context)
    if build is not None:
        given = place(build)
    else:
        project = dataset_builder.open_project(settings.project)
        output = place(project.paths.output)
        given = project.root / output if isinstance(output, Path) else output
    settings.root = given if isinstance(given, Path) else None
    with progress() as report:
        result = dataset_builder.publish(given, target, private=private, dry_run=dry_run, progress=report)
    put(report_publish.render_json(result) if format == "json" else report_publish.render_text(result))

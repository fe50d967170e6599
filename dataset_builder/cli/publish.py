"""`dataset-builder publish`: a version, taken to where others get it."""

from pathlib import Path

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.options import debug_option, outcome_format_option, place, project_option, settings_of
from dataset_builder.cli.terminal import progress, put
from dataset_builder.report.formats import OutcomeFormatName

__all__ = ["publish"]


@command
@click.argument(
    "target",
    metavar="TARGET",
    help="A folder, git+ssh://…, git+https://…, a path to a .git, hf://datasets/…, or s3://….",
)
@click.option("--build", metavar="DIR", help="The build, a folder or a URL; otherwise as configured (dist).")
@click.option("--private", is_flag=True, help="Make a new Hub repository private.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be.")
@outcome_format_option
@project_option
@debug_option
def publish(
    context: click.Context,
    *,
    target: str,
    build: str | None,
    private: bool,
    dry_run: bool,
    format: OutcomeFormatName,
) -> None:
    """Publish a build at the tag of its version, and read it back from there.

    The build is verified first. A version that is there already stays as it is: with the same bytes there is nothing to
    do, with others it is refused.

    Exits with 1 if the build isn't what its manifest says.

    Example: dataset-builder publish git+ssh://git@example.org/press/notes.git
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

"""`dataset-builder check`: everything that is wrong, and how to mend it."""

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.options import (
    AtLeast,
    EngineName,
    debug_option,
    engine_option,
    format_option,
    jobs_option,
    opened,
    project_option,
    scheduler_option,
    settings_of,
)
from dataset_builder.cli.terminal import progress, put, view
from dataset_builder.report.formats import FormatName, render

__all__ = ["check"]


@command
@click.option("--select", metavar="CODE", multiple=True, help="Only these codes or families (SPN003, SPN); repeatable.")
@click.option("--ignore", metavar="CODE", multiple=True, help="Not these codes or families; repeatable.")
@click.option("--fix", is_flag=True, help="Mend what can be mended without doubt; report what is left.")
@click.option("--diff", is_flag=True, help="Show what --fix changes; without --fix, nothing is written.")
@format_option
@click.option(
    "--limit",
    metavar="N",
    type=AtLeast(0),
    default=100,
    help="How many findings text shows; all are counted, and other formats have all.",
)
@jobs_option
@engine_option
@scheduler_option
@project_option
@debug_option
def check(
    context: click.Context,
    *,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fix: bool,
    diff: bool,
    format: FormatName,
    limit: int,
    jobs: int | None,
    engine: EngineName,
    scheduler: str | None,
) -> int:
    """Report all that is wrong with the project, and how to mend it.

    Exits with 1 if there is an error; warnings and notes alone exit with 0.

    Example: dataset-builder check --select SPN --select REF
    """
    import dataset_builder

    project = opened(context)
    rules = {"select": _codes(select), "ignore": _codes(ignore)}
    if (fix or diff) and (engine != "local" or scheduler):
        message = "--fix and --diff mend files on this machine: leave --engine and --scheduler out"
        raise dataset_builder.UsageError(message)
    if fix or diff:
        from dataset_builder.cli.mending import mend

        return mend(context, project, format_=format, limit=limit, write=fix, diff=diff, jobs=jobs or 0, **rules)
    with progress() as report:
        result = dataset_builder.check(
            project,
            jobs=jobs or 0,
            progress=report,
            found=report.found if report else None,
            engine=engine,
            scheduler=scheduler,
            **rules,
        )
    put(render(result, format, view(settings_of(context).sources, limit, project.root)))
    return 0 if result.ok else 1


def _codes(given: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of a repeated option; several may also stand in one, with commas between."""
    return tuple(code.strip().upper() for each in given for code in each.split(",") if code.strip())

"""`dataset-builder check`: everything that is wrong, and how to mend it."""

from typing import Annotated

import typer

from dataset_builder.cli.mending import mend
from dataset_builder.cli.options import (
    DebugOption,
    EngineOption,
    FormatOption,
    JobsOption,
    ProjectOption,
    SchedulerOption,
    opened,
    settings_of,
)
from dataset_builder.cli.terminal import progress, put, view
from dataset_builder.report.formats import render

__all__ = ["check"]


def check(
    context: typer.Context,
    *,
    select: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE", show_default=False, help="Only these codes or families (SPN003, SPN); repeatable."
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", show_default=False, help="Not these codes or families; repeatable."),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", metavar="", help="Mend what can be mended without doubt; report what is left.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", metavar="", help="Show what --fix changes; without --fix, nothing is written.")
    ] = False,
    format: FormatOption = "text",
    limit: Annotated[
        int,
        typer.Option(
            metavar="N", min=0, help="How many findings text shows; all are counted, and other formats have all."
        ),
    ] = 100,
    jobs: JobsOption = None,
    engine: EngineOption = "local",
    scheduler: SchedulerOption = None,
    _project: ProjectOption = None,
    _debug: DebugOption = False,
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


def _codes(given: list[str] | None) -> tuple[str, ...]:
    """The codes of a repeated option; several may also stand in one, with commas between."""
    return tuple(code.strip().upper() for each in given or () for code in each.split(",") if code.strip())

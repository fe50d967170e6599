"""`dataset-builder card`: the dataset card, true to the data."""

from collections.abc import Iterator
from difflib import unified_diff
from itertools import islice
from pathlib import Path

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.options import (
    EngineName,
    debug_option,
    engine_option,
    opened,
    project_option,
    scheduler_option,
    settings_of,
)
from dataset_builder.cli.terminal import progress, put, remark, shown_path, view
from dataset_builder.report.visible import visible

__all__ = ["card"]

_DIFF_LINES = 40


@command
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if the card or a plot is stale.")
@engine_option
@scheduler_option
@project_option
@debug_option
def card(context: click.Context, *, check: bool, engine: EngineName, scheduler: str | None) -> int:
    """Write the dataset card with its plots, or check that they are up to date.

    Generated regions and plots are made anew; your own prose around them is kept. Questions that only its authors can
    answer are asked in the card, and listed until they are answered.

    Example: dataset-builder card --check
    """
    import dataset_builder
    from dataset_builder.report import text

    project = opened(context)
    with progress() as report:
        result = dataset_builder.card(
            project, write=not check, jobs=0, progress=report, engine=engine, scheduler=scheduler
        )
    shown = view(settings_of(context).sources)
    put(text.render_findings(result.check, color=shown.color, width=shown.width, sources=shown.sources))
    path = shown_path(result.path)
    if result.fresh:
        remark(f"{path} is up to date.")
    elif check:
        put("".join(_difference(result.path, result.text)))
        remark(f"{path} is stale, or a plot of it: `dataset-builder card` writes them anew.")
        return 1
    else:
        written = ", ".join(map(visible, result.plots))
        remark(f"{path} written{f', and its plots: {written}' if written else ''}.")
    return 0


def _difference(path: Path, text: str) -> Iterator[str]:
    """The first lines of what `card` would change."""
    old = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    lines = unified_diff(
        old.splitlines(), text.splitlines(), str(path.name), f"{path.name}, as it should read", lineterm=""
    )
    for line in islice(lines, _DIFF_LINES):
        yield f"{visible(line)}\n"
    if next(lines, None) is not None:
        yield "…\n"

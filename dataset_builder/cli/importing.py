"""`dataset-builder import`: what other tools made, as a project."""

from pathlib import Path
from typing import Any

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.options import (
    debug_option,
    limit_option,
    named_options,
    outcome_format_option,
    pairs,
    project_option,
    settings_of,
)
from dataset_builder.cli.terminal import Sources, progress, put, shown_path, view
from dataset_builder.report.formats import OutcomeFormatName

__all__ = ["bring_in", "import_"]

_MOST_SHOWN = 1 << 22  # bytes of a file of which lines are shown


@command
@click.argument(
    "source",
    metavar="[FORMAT] SRC",
    nargs=-1,
    required=True,
    help="The format, found out if not named; a folder or a file.",
)
@click.option("--into", metavar="DIR", type=Path, help="The project, made if it isn't there; otherwise the one around.")
@click.option("--name", metavar="NAME", help="Tells this import from others into the project.")
@click.option("--license", metavar="SPDX", help="The texts' licence; otherwise the project's.")
@named_options
@click.option("--force", is_flag=True, help="Overwrite files that a hand has changed since.")
@click.option("--prune", is_flag=True, help="Take files away that the source gives no more.")
@outcome_format_option
@limit_option
@project_option
@debug_option
def import_(
    context: click.Context,
    *,
    source: tuple[str, ...],
    into: Path | None,
    name: str | None,
    license: str | None,
    option: tuple[str, ...],
    force: bool,
    prune: bool,
    format: OutcomeFormatName,
    limit: int,
) -> int:
    """Bring in what other tools made: texts, annotations, and a schema inferred from what is there.

    `check` and `build` accept the result at once. A second import of the same source changes nothing; of a changed
    one, it shows what changed. Exits with 1 if something was refused; the rest comes in all the same.

    Example: dataset-builder import brat annotated/ --into press-quotes
    """
    import dataset_builder

    if len(source) > 2:
        message = f"one source at a time: {' '.join(source[2:])} is too much"
        raise dataset_builder.UsageError(message)
    called, path = (None, source[0]) if len(source) == 1 else (source[0], source[1])
    target = into or settings_of(context).project or dataset_builder.open_project()
    with progress() as report:
        result = dataset_builder.import_corpus(
            path,
            target,
            format=called,
            name=name,
            license=license,
            options=pairs(option),
            force=force,
            prune=prune,
            progress=report,
        )
    return bring_in(result, Path(path), format, limit)


def bring_in(result: Any, source: Path, format_: str, limit: int = 100) -> int:
    """Shows what an import brought; the exit code that stands for it."""
    from dataset_builder.report import exchange, text

    if format_ == "json":
        put(exchange.render_import_json(result))
    else:
        shown = view(_lines_below(source), limit)
        findings = text.render_findings(
            result.check, color=shown.color, width=shown.width, sources=shown.sources, limit=limit
        )
        put(findings + exchange.render_import(result, output=shown_path(result.root)))
    return 0 if result.check.ok else 1


def _lines_below(source: Path) -> Sources:
    """What may be shown of the files of `source`."""
    root = source.resolve()

    def read(file: str) -> str | None:
        path = Path(file).resolve()
        try:
            if path != root and not path.is_relative_to(root):
                return None
            if path.stat().st_size > _MOST_SHOWN:
                return None
            return path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    return read

"""`dataset-builder import`: what other tools made, as a project."""

from pathlib import Path
from typing import Annotated, Any

import typer

from dataset_builder.cli.options import DebugOption, OutcomeFormatOption, ProjectOption, settings_of
from dataset_builder.cli.terminal import Sources, progress, put, shown_path, view

__all__ = ["NAMED_OPTIONS", "bring_in", "import_", "pairs"]

_MOST_SHOWN = 1 << 22  # bytes of a file of which lines are shown

NAMED_OPTIONS = typer.Option(
    "--option",
    metavar="NAME=VALUE",
    show_default=False,
    help="What the format alone asks for, as annotators=suffix for brat; repeatable.",
)


def import_(
    context: typer.Context,
    *,
    source: Annotated[
        list[str],
        typer.Argument(
            metavar="[FORMAT] SRC", show_default=False, help="The format, found out if not named; a folder or a file."
        ),
    ],
    into: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", show_default=False, help="The project, made if it isn't there; otherwise the one around."
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", show_default=False, help="Tells this import from others into the project."),
    ] = None,
    license: Annotated[
        str | None,
        typer.Option(metavar="SPDX", show_default=False, help="The texts' licence; otherwise the project's."),
    ] = None,
    option: Annotated[list[str] | None, NAMED_OPTIONS] = None,
    force: Annotated[
        bool, typer.Option("--force", metavar="", help="Overwrite files that a hand has changed since.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", metavar="", help="Take files away that the source gives no more.")
    ] = False,
    format: OutcomeFormatOption = "text",
    limit: Annotated[
        int, typer.Option(metavar="N", min=0, help="How many findings text shows; all are counted.")
    ] = 100,
    _project: ProjectOption = None,
    _debug: DebugOption = False,
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


def pairs(given: list[str] | None) -> dict[str, str]:
    """Options of the form NAME=VALUE."""
    import dataset_builder

    found = {}
    for each in given or ():
        name, equals, value = each.partition("=")
        if not equals or not name:
            message = f"{each!r} is no option: write NAME=VALUE"
            raise dataset_builder.UsageError(message)
        found[name.strip()] = value
    return found


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

"""Options that several commands share."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from dataset_builder.cli.terminal import Sources
from dataset_builder.report.formats import FormatName, OutcomeFormatName

__all__ = [
    "DebugOption",
    "EngineOption",
    "FormatOption",
    "JobsOption",
    "OutcomeFormatOption",
    "ProjectOption",
    "SchedulerOption",
    "Settings",
    "opened",
    "place",
    "settings_of",
]


@dataclass
class Settings:
    """What was asked for on this command line, before the command's name or behind it, and what is known by now."""

    project: Path | None = None
    debug: bool = False
    format: FormatName = "text"  # in which findings are reported on stdout
    sources: Sources = lambda _: None  # what may be shown of the project's files
    root: Path | None = None  # of the project


def settings_of(context: typer.Context) -> Settings:
    """The settings of this run, made when they are first asked for."""
    return context.find_root().ensure_object(Settings)


def opened(context: typer.Context, directory: Path | None = None) -> Any:
    """The `Project` in `directory`, or the one that is meant if none is given.

    From here on, reports show lines of its files.
    """
    from dataset_builder import excerpts, open_project

    settings = settings_of(context)
    project = open_project(directory or settings.project)
    settings.sources, settings.root = excerpts(project), project.root
    return project


def place(given: str) -> Path | str:
    """The folder that was named, or the URL as it was given."""
    return given if "://" in given else Path(given)


def _remember_project(context: typer.Context, value: Path | None) -> Path | None:
    settings = settings_of(context)
    settings.project = value if value is not None else settings.project
    return value


def _remember_debug(context: typer.Context, value: bool) -> bool:
    settings = settings_of(context)
    settings.debug = value or settings.debug
    return value


def _remember_format(context: typer.Context, value: FormatName) -> FormatName:
    settings_of(context).format = value
    return value


# Both may stand before the command's name or behind it; functions that take them needn't look at them.
ProjectOption = Annotated[
    Path | None,
    typer.Option(
        "--project",
        metavar="DIR",
        show_default=False,
        help="The project's folder; otherwise the current one, or the nearest above it.",
        callback=_remember_project,
    ),
]
DebugOption = Annotated[
    bool,
    typer.Option(
        "--debug", metavar="", help="Show tracebacks of errors.", callback=_remember_debug, show_default=False
    ),
]

FormatOption = Annotated[
    FormatName, typer.Option("--format", help="For people, or for programs.", callback=_remember_format)
]
OutcomeFormatOption = Annotated[
    OutcomeFormatName, typer.Option("--format", help="For people, or for programs.", callback=_remember_format)
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs", metavar="N", min=1, show_default=False, help="Processes at work; one a processor if not given."
    ),
]
EngineOption = Annotated[
    Literal["local", "dask"], typer.Option("--engine", help="Work on this machine, or on a Dask cluster that runs.")
]
SchedulerOption = Annotated[
    str | None,
    typer.Option(
        "--scheduler", metavar="ADDRESS", show_default=False, help="The cluster's scheduler: tcp://HOST:8786."
    ),
]

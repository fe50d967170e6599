"""Options that several commands share."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import click

from dataset_builder.cli.terminal import Sources
from dataset_builder.report.formats import FormatName, OutcomeFormatName

__all__ = [
    "AtLeast",
    "EngineName",
    "Settings",
    "debug_option",
    "engine_option",
    "format_option",
    "jobs_option",
    "limit_option",
    "named_options",
    "one_of",
    "opened",
    "outcome_format_option",
    "pairs",
    "place",
    "project_option",
    "scheduler_option",
    "settings_of",
]

EngineName = Literal["local", "dask"]


@dataclass
class Settings:
    """What was asked for on this command line, before the command's name or behind it, and what is known by now."""

    project: Path | None = None
    debug: bool = False
    format: FormatName = "text"  # in which findings are reported on stdout
    sources: Sources = lambda _: None  # what may be shown of the project's files
    root: Path | None = None  # of the project


def settings_of(context: click.Context) -> Settings:
    """The settings of this run, made when they are first asked for."""
    return context.find_root().ensure_object(Settings)


def opened(context: click.Context, directory: Path | None = None) -> Any:
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


def pairs(given: tuple[str, ...]) -> dict[str, str]:
    """Options of the form NAME=VALUE."""
    import dataset_builder

    found = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name:
            message = f"{each!r} is no option: write NAME=VALUE"
            raise dataset_builder.UsageError(message)
        found[name.strip()] = value
    return found


class AtLeast(click.IntRange):
    """A whole number, `least` or more."""

    name = "integer"  # of what is no number, click would say that it is no valid integer range

    def __init__(self, least: int) -> None:
        super().__init__(min=least)


def one_of(names: Any) -> click.Choice[str]:
    """A value of the `Literal` that `names` is."""
    return click.Choice(get_args(names))


def _remember_project(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    settings = settings_of(context)
    settings.project = value if value is not None else settings.project


def _remember_debug(context: click.Context, _: click.Parameter, value: bool) -> None:
    settings = settings_of(context)
    settings.debug = value or settings.debug


def _remember_format(context: click.Context, _: click.Parameter, value: FormatName) -> FormatName:
    settings_of(context).format = value
    return value


# Both may stand before the command's name or behind it; functions aren't given them, but find them in the settings.
project_option = click.option(
    "--project",
    metavar="DIR",
    type=Path,
    expose_value=False,
    callback=_remember_project,
    help="The project's folder; otherwise the current one, or the nearest above it.",
)
debug_option = click.option(
    "--debug", is_flag=True, expose_value=False, callback=_remember_debug, help="Show tracebacks of errors."
)

format_option = click.option(
    "--format",
    type=one_of(FormatName),
    default="text",
    callback=_remember_format,
    help="For people, or for programs.",
)
outcome_format_option = click.option(
    "--format",
    type=one_of(OutcomeFormatName),
    default="text",
    callback=_remember_format,
    help="For people, or for programs.",
)
limit_option = click.option(
    "--limit",
    metavar="N",
    type=AtLeast(0),
    default=100,
    help="How many findings text shows; all are counted.",
)
jobs_option = click.option(
    "--jobs", metavar="N", type=AtLeast(1), help="Processes at work; one a processor if not given."
)
engine_option = click.option(
    "--engine", type=one_of(EngineName), default="local", help="Work on this machine, or on a Dask cluster that runs."
)
scheduler_option = click.option("--scheduler", metavar="ADDRESS", help="The cluster's scheduler: tcp://HOST:8786.")
named_options = click.option(
    "--option",
    metavar="NAME=VALUE",
    multiple=True,
    help="What the format alone asks for, as annotators=suffix for brat; repeatable.",
)

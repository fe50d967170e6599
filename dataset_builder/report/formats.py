"""The formats in which findings can be had: a name and a function each, imported when it is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from dataset_builder.model.result import CheckResult
from dataset_builder.report.passage import Sources
from dataset_builder.report.rules import Rules

__all__ = ["FORMATS", "FormatName", "OutcomeFormatName", "View", "render"]

FormatName = Literal["text", "json", "github", "sarif", "junit"]
OutcomeFormatName = Literal["text", "json"]  # of what else commands tell


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a format may use beside the result."""

    color: bool = False
    width: int = 100  # cells of a terminal
    sources: Sources = lambda _: None
    limit: int = 100  # findings shown to people; programs are given all
    base: str = ""  # from the folder that programs count paths from to the project's: empty, or ends with `/`
    rules: Callable[[], Rules] = dict  # called where rules are described
    version: Callable[[], str] = lambda: ""  # of this program


def _text(result: CheckResult, view: View) -> str:
    from dataset_builder.report import text

    return text.render(result, color=view.color, width=view.width, sources=view.sources, limit=view.limit)


def _json(result: CheckResult, _: View) -> str:
    from dataset_builder.report import json

    return json.render(result)


def _github(result: CheckResult, view: View) -> str:
    from dataset_builder.report import github

    return github.render(result, base=view.base, sources=view.sources, rules=view.rules())


def _sarif(result: CheckResult, view: View) -> str:
    from dataset_builder.report import sarif

    return sarif.render(result, base=view.base, sources=view.sources, rules=view.rules(), version=view.version())


def _junit(result: CheckResult, view: View) -> str:
    from dataset_builder.report import junit

    return junit.render(result, rules=view.rules())


FORMATS: Mapping[FormatName, Callable[[CheckResult, View], str]] = {
    "text": _text,
    "json": _json,
    "github": _github,
    "sarif": _sarif,
    "junit": _junit,
}
"""Every format, by the name that `--format` takes."""


def render(result: CheckResult, format_: FormatName, view: View) -> str:
    """`result` in `format_`; ends with a line end."""
    return FORMATS[format_](result, view)

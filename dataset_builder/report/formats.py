"""The formats in which findings can be had: a name and a function each, imported when it is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from dataset_builder.model.result import CheckResult

__all__ = ["FORMATS", "FormatName", "View", "render"]

FormatName = Literal["text", "json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a format may use beside the result; those for programs use none of it."""

    color: bool = False
    width: int = 100  # cells of a terminal
    sources: Callable[[str], str | None] = lambda _: None  # see `text.Sources`
    limit: int = 100  # findings shown


def _text(result: CheckResult, view: View) -> str:
    from dataset_builder.report import text

    return text.render(result, color=view.color, width=view.width, sources=view.sources, limit=view.limit)


def _json(result: CheckResult, _: View) -> str:
    from dataset_builder.report import json

    return json.render(result)


FORMATS: Mapping[FormatName, Callable[[CheckResult, View], str]] = {"text": _text, "json": _json}
"""Every format, by the name that `--format` takes."""


def render(result: CheckResult, format_: FormatName, view: View) -> str:
    """`result` in `format_`; ends with a line end."""
    return FORMATS[format_](result, view)

"""`dataset-builder anchor`: offsets from quotes, also after a text was revised."""

import json
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.difference import rendered, say_left
from dataset_builder.cli.options import debug_option, opened, outcome_format_option, project_option, settings_of
from dataset_builder.cli.terminal import progress, put, view
from dataset_builder.report.formats import OutcomeFormatName
from dataset_builder.report.text import counted
from dataset_builder.report.visible import visible

__all__ = ["anchor"]


@command
@click.argument("ids", metavar="[ID...]", nargs=-1, help="Articles; all if none is named.")
@click.option("--was", metavar="DIR", type=Path, help="A folder with the texts as they were; otherwise git is asked.")
@click.option("--accept-changed", is_flag=True, help="Write spans whose own text was revised, too.")
@click.option("--diff", is_flag=True, help="Show what would change, and write nothing.")
@outcome_format_option
@project_option
@debug_option
def anchor(
    context: click.Context,
    *,
    ids: tuple[str, ...],
    was: Path | None,
    accept_changed: bool,
    diff: bool,
    format: OutcomeFormatName,
) -> int:
    """Fill in offsets from quotes, and move spans to where their text went when it was revised.

    Spans whose own text changed are listed, and written with --accept-changed; lost ones are listed and stay as they
    are. Exits with 1 if there are any of these.

    Example: dataset-builder anchor --diff
    """
    import dataset_builder

    project = opened(context)
    with progress() as report:
        result = dataset_builder.anchor(
            project, was=was, articles=ids, accept_changed=accept_changed, write=not diff, progress=report
        )
    shown = view(settings_of(context).sources)
    if format == "json":
        contents = result.as_json() | ({"diff": rendered(result.differences, color=False)} if diff else {})
        put(json.dumps(contents, indent=2) + "\n")
    else:
        put(rendered(result.differences, color=shown.color) if diff else "")
        put("".join(f"{line}\n" for line in _lines(result)))
        say_left(result.left)
    return 0 if result.ok else 1


def _lines(result: Any) -> Iterator[str]:
    """The spans that need somebody to look at them, and the figures."""
    for span in result.spans:
        place = span.place
        where = visible(f"{place.file}:{place.line}:{place.column}")
        if span.outcome == "lost":
            yield f"{where}: lost: {span.reason}"
        elif span.outcome == "changed":
            yield f"{where}: changed: {span.reason}{_quotes(span)}"
    figures = ", ".join(f"{result.counts.get(outcome, 0):,} {outcome}" for outcome in _OUTCOMES)
    verb = "changed" if result.written else "to change"
    unverified = (
        f"; {counted(result.unverified, 'span')} unverified: their texts are not here" if result.unverified else ""
    )
    yield f"{figures}; {counted(len(result.files), 'file')} {verb}{unverified}"


def _quotes(span: Any) -> str:
    if span.old_quote is None or span.new_quote is None:
        return ""
    return "".join(f"\n  {mark} {visible(quote)}" for mark, quote in zip("-+", _cut(span), strict=True))


def _cut(span: Any) -> tuple[str, str]:
    """Both quotes, as far as is needed to see where they begin to differ."""
    pairs = zip(span.old_quote, span.new_quote, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    first = max(shared - _SHOWN // 2, 0) if max(len(span.old_quote), len(span.new_quote)) > _SHOWN else 0
    return _stretch(span.old_quote, first), _stretch(span.new_quote, first)


def _stretch(quote: str, first: int) -> str:
    end = first + _SHOWN
    return f"{'…' * bool(first)}{quote[first:end]}{'…' * (len(quote) > end)}"


_SHOWN = 100  # code points of a quote
_OUTCOMES = ("exact", "moved", "changed", "lost")

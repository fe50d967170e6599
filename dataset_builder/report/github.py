"""Findings as workflow commands, which GitHub Actions shows as annotations on the lines that they are about.

The form and its escapes are those of `@actions/core` (actions/toolkit, packages/core/src/command.ts). GitHub shows the
first ten annotations of each level that a step gives. All are printed, so all stand in the log, and each says its place
there; the summary comes first, so that it is among the ten.
"""

from collections.abc import Iterator, Mapping

from dataset_builder.model.diagnostic import Diagnostic, Place, Severity
from dataset_builder.model.location import is_url
from dataset_builder.model.result import CheckResult
from dataset_builder.report.passage import Files, Sources
from dataset_builder.report.rules import Rules, title
from dataset_builder.report.text import fixable, located, summarize
from dataset_builder.report.visible import visible

__all__ = ["render"]

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(result: CheckResult, *, base: str = "", sources: Sources = lambda _: None, rules: Rules) -> str:
    """A command a finding, in the order of places, behind one that sums up.

    `base` leads from the workflow's folder to the project's: empty, or ending with `/`.
    """
    summary = summarize(result.summary, fixable=fixable(result.diagnostics))
    lines = [_command("notice", {"title": "dataset-builder"}, summary)]
    files = Files(sources)
    for diagnostic in sorted(result.diagnostics, key=lambda found: found.sort_key):
        about = {**_place(diagnostic.place, base, files), "title": title(diagnostic.code, rules)}
        lines.append(_command(_LEVELS[diagnostic.severity], about, "\n".join(_said(diagnostic))))
    return "".join(f"{line}\n" for line in lines)


def _place(place: Place, base: str, files: Files) -> dict[str, str]:
    """Where the annotation goes. GitHub knows an end within one line only."""
    numbers = {"line": place.line, "col": place.column if place.line is not None else None}
    stretches = files.stretches(place) if place.column is not None else ()
    if len(stretches) == 1 and stretches[0].end > stretches[0].start:
        numbers |= {"endLine": place.line, "endColumn": stretches[0].end + 1}
    file = place.file if is_url(place.file) else base + place.file
    return {"file": file} | {name: str(number) for name, number in numbers.items() if number is not None}


def _said(diagnostic: Diagnostic) -> Iterator[str]:
    """What is wrong and how to mend it; then the places, which GitHub's log doesn't show of annotations."""
    yield diagnostic.message
    if diagnostic.help:
        yield f"help: {diagnostic.help}"
    if diagnostic.fixable:
        yield "fixable with --fix"
    for place in diagnostic.related:
        yield f"{place.note or 'see here'}: {located(place)}"
    yield f"at {located(diagnostic.place)}"


def _command(name: str, properties: Mapping[str, str], message: str) -> str:
    about = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {about}::{_data(visible(message, lines=True))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")

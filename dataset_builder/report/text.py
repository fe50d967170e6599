"""Findings as a compiler prints them: place, message, the line with carets, help; then the figures."""

from collections.abc import Callable, Iterable
from functools import cache

from dataset_builder.model.diagnostic import Diagnostic, Place, Severity
from dataset_builder.model.result import CheckResult, Summary
from dataset_builder.model.span import Lines
from dataset_builder.report.frame import frame
from dataset_builder.report.visible import visible

__all__ = ["Sources", "counted", "render", "render_findings", "summarize"]

Sources = Callable[[str], str | None]
"""The text of a file, by its path as diagnostics give it; None where it can't or mustn't be shown."""

_COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;36"}
_BOLD, _GUTTER = "1", "34"


def render(result: CheckResult, *, color: bool, width: int, sources: Sources, limit: int = 100) -> str:
    """All findings in the order of their places, and a summary line; at most `limit` of them, errors first.

    `width` is in cells. Nothing from data steers the terminal: see `visible`.
    """
    findings = render_findings(result, color=color, width=width, sources=sources, limit=limit)
    return findings + _Printer(color=color, width=width, sources=sources).paint(summarize(result.summary), _BOLD) + "\n"


def render_findings(result: CheckResult, *, color: bool, width: int, sources: Sources, limit: int = 100) -> str:
    """The findings alone, as `render` gives them; a blank line behind each."""
    shown = sorted(result.diagnostics, key=lambda diagnostic: diagnostic.severity.rank)[:limit]
    printer = _Printer(color=color, width=width, sources=sources)
    parts = [printer.diagnostic(each) for each in sorted(shown, key=lambda diagnostic: diagnostic.sort_key)]
    hidden = len(result.diagnostics) - len(shown)
    if hidden:
        parts.append(f"{counted(hidden, 'more finding')} not shown here, but in --format json.\n")
    return "".join(f"{part}\n" for part in parts)


def summarize(summary: Summary) -> str:
    """The figures as a line: what was found, in how much, and how much could not be verified."""
    found = [(summary.errors, "error"), (summary.warnings, "warning"), (summary.notes, "note")]
    line = ", ".join(counted(number, noun) for number, noun in found if number) or "no findings"
    if summary.articles or summary.annotations:
        line += f" in {counted(summary.articles, 'article')}, {counted(summary.annotations, 'annotation')}"
    if summary.unverified:
        line += (
            f"; {counted(summary.unverified, 'span')} unverified: their texts are not here "
            "(`dataset-builder hydrate` puts them back)"
        )
    return line


def counted(number: int, noun: str) -> str:
    """`number` with `noun` in its singular or plural."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


class _Printer:
    def __init__(self, *, color: bool, width: int, sources: Sources) -> None:
        self.color = color
        self.width = width
        self.sources = cache(sources)
        self.lines = cache(Lines)

    def paint(self, text: str, style: str) -> str:
        """`text` in the style of these SGR parameters (ECMA-48, 8.3.117)."""
        return f"\x1b[{style}m{text}\x1b[0m" if self.color else text

    def diagnostic(self, diagnostic: Diagnostic) -> str:
        style = _COLORS[diagnostic.severity]
        kind = self.paint(f"{diagnostic.severity}[{diagnostic.code}]", style)
        message = self.paint(visible(diagnostic.message), _BOLD)
        rows = [f"{self._where(diagnostic.place)}: {kind}: {message}", *self._frame(diagnostic.place, style)]
        if diagnostic.help:
            rows += self._hung("help: ", diagnostic.help)
        for place in diagnostic.related:
            kind = self.paint("note", _COLORS[Severity.NOTE])
            rows.append(f"  {self._where(place)}: {kind}: {visible(place.note or 'see here')}")
            rows += self._frame(place, _COLORS[Severity.NOTE])
        return "".join(f"{row}\n" for row in rows)

    def _where(self, place: Place) -> str:
        numbers = (number for number in (place.line, place.column) if number is not None)
        return self.paint(":".join([visible(place.file), *map(str, numbers)]), _BOLD)

    def _hung(self, label: str, text: str) -> list[str]:
        """`text` behind `label`, its further lines under its first."""
        first, *further = visible(text, lines=True).splitlines()
        label_shown = self.paint(f"  {label}", _COLORS[Severity.NOTE])
        return [label_shown + first, *(" " * (len(label) + 2) + line for line in further)]

    def _frame(self, place: Place, style: str) -> Iterable[str]:
        """The line at `place` with carets; its pointer instead where the line isn't to be had."""
        text = self.sources(place.file) if place.line is not None else None
        lines = self.lines(text) if text is not None else None
        if place.line is None or lines is None or place.line > len(lines.starts):
            return [f"  at {visible(place.pointer)}"] if place.pointer else []
        number, line = str(place.line), lines.line(place.line)
        blank = self.paint(f" {' ' * len(number)} |", _GUTTER)
        length = place.end - place.start if place.start is not None and place.end is not None else None
        shown = frame(line, place.column or 1, length, max(self.width - len(number) - 4, 20))
        rows = [blank, f"{self.paint(f' {number} |', _GUTTER)} {shown.line}"]
        if place.column is not None:
            rows.append(f"{blank} {' ' * shown.indent}{self.paint('^' * shown.carets, style)}")
        return rows

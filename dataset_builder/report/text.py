"""Findings as a compiler prints them: place, message, the line with carets, help; then the figures."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from dataset_builder.model.diagnostic import Diagnostic, Place, Severity
from dataset_builder.model.result import CheckResult, Summary
from dataset_builder.report.frame import Frame, frame
from dataset_builder.report.passage import Files, Sources, Stretch
from dataset_builder.report.visible import visible

__all__ = ["Sources", "counted", "fixable", "located", "render", "render_findings", "summarize"]

_COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;36"}
_BOLD, _GUTTER = "1", "34"
_LINES = 4  # of a passage, shown whole; of a longer one, its first two and its last
_NARROWEST = 20  # cells left for a line, however narrow the terminal


def render(result: CheckResult, *, color: bool, width: int, sources: Sources, limit: int = 100) -> str:
    """All findings in the order of their places, and a summary line; at most `limit` of them, errors first.

    `width` is in cells. Nothing from data steers the terminal: see `visible`.
    """
    findings = render_findings(result, color=color, width=width, sources=sources, limit=limit)
    summary = summarize(result.summary, fixable=fixable(result.diagnostics))
    return findings + _paint(summary, _BOLD, color=color) + "\n"


def render_findings(result: CheckResult, *, color: bool, width: int, sources: Sources, limit: int = 100) -> str:
    """The findings alone, as `render` gives them; a blank line behind each.

    Where several files have findings, and one of them has several, headings count all that each has, shown or not.
    """
    by_rank = sorted(result.diagnostics, key=lambda diagnostic: (diagnostic.severity.rank, diagnostic.sort_key))
    shown = sorted(by_rank[:limit], key=lambda diagnostic: diagnostic.sort_key)
    printer = _Printer(color=color, width=width, sources=sources)
    headings = _headings(result.diagnostics)
    headed = 1 < len(headings) < len(result.diagnostics)
    parts = []
    for file, group in groupby(shown, key=lambda diagnostic: diagnostic.place.file):
        if headed:
            parts.append(_paint(f"== {headings[file]}", _BOLD, color=color) + "\n")
        parts += map(printer.diagnostic, group)
    hidden = len(result.diagnostics) - len(shown)
    if hidden:
        parts.append(f"{counted(hidden, 'more finding')} not shown here, but in --format json.\n")
    return "".join(f"{part}\n" for part in parts)


def summarize(summary: Summary, *, fixable: int = 0) -> str:
    """The figures as a line: what was found, in how much, and how much could not be verified."""
    line = _tally({severity: getattr(summary, f"{severity}s") for severity in Severity}, fixable) or "no findings"
    if summary.articles or summary.annotations:
        line += f" in {counted(summary.articles, 'article')}, {counted(summary.annotations, 'annotation')}"
    if summary.ignored:
        line += f"; {summary.ignored:,} ignored by configuration"
    if summary.unverified:
        line += (
            f"; {counted(summary.unverified, 'span')} unverified: their texts are not here "
            "(`dataset-builder hydrate` puts them back)"
        )
    return line


def counted(number: int, noun: str) -> str:
    """`number` with `noun` in its singular or plural."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def fixable(found: Iterable[Diagnostic]) -> int:
    """How many findings `--fix` mends."""
    return sum(diagnostic.fixable for diagnostic in found)


def located(place: Place) -> str:
    """`FILE:LINE:COLUMN`, as far as these are known; safe to show."""
    numbers = [place.line] if place.column is None or place.line is None else [place.line, place.column]
    return ":".join([visible(place.file), *(str(number) for number in numbers if number is not None)])


def _headings(found: Iterable[Diagnostic]) -> dict[str, str]:
    """What is said above the findings in each file."""
    severities: dict[str, Counter[Severity]] = {}
    fixes: Counter[str] = Counter()
    for diagnostic in found:
        severities.setdefault(diagnostic.place.file, Counter())[diagnostic.severity] += 1
        fixes[diagnostic.place.file] += diagnostic.fixable
    return {file: f"{visible(file)}: {_tally(counts, fixes[file])}" for file, counts in severities.items()}


def _tally(numbers: dict[Severity, int] | Counter[Severity], fixable: int) -> str:
    """Numbers of findings by severity, as in `2 errors, 1 note (1 fixable with --fix)`; empty where there are none."""
    line = ", ".join(counted(numbers[severity], str(severity)) for severity in Severity if numbers[severity])
    return f"{line} ({fixable:,} fixable with --fix)" if line and fixable else line


def _paint(text: str, style: str, *, color: bool) -> str:
    """`text` in the style of these SGR parameters (ECMA-48, 8.3.117)."""
    return f"\x1b[{style}m{text}\x1b[0m" if color and text else text


class _Printer:
    def __init__(self, *, color: bool, width: int, sources: Sources) -> None:
        self.color = color
        self.width = width
        self.files = Files(sources)

    def paint(self, text: str, style: str) -> str:
        return _paint(text, style, color=self.color)

    def diagnostic(self, diagnostic: Diagnostic) -> str:
        style = _COLORS[diagnostic.severity]
        kind = self.paint(f"{diagnostic.severity}[{visible(diagnostic.code)}]", style)
        message = self.paint(visible(diagnostic.message), _BOLD)
        rows = [f"{self._where(diagnostic.place)}: {kind}: {message}", *self._excerpt(diagnostic.place, style)]
        if diagnostic.help:
            rows += self._hung("help: ", diagnostic.help)
        if diagnostic.fixable:
            rows.append(self.paint("  fixable with --fix", _COLORS[Severity.NOTE]))
        for place in diagnostic.related:
            kind = self.paint("note", _COLORS[Severity.NOTE])
            rows.append(f"  {self._where(place)}: {kind}: {visible(place.note or 'see here')}")
            rows += self._excerpt(place, _COLORS[Severity.NOTE])
        return "".join(f"{row}\n" for row in rows)

    def _where(self, place: Place) -> str:
        return self.paint(located(place), _BOLD)

    def _hung(self, label: str, text: str) -> list[str]:
        """`text` behind `label`, its further lines under its first."""
        first, *further = visible(text, lines=True).split("\n")
        label_shown = self.paint(f"  {label}", _COLORS[Severity.NOTE])
        return [label_shown + first, *(" " * (len(label) + 2) + line for line in further)]

    def _excerpt(self, place: Place, style: str) -> Iterator[str]:
        """The lines of `place` with carets; its pointer instead where they aren't to be had."""
        stretches = self.files.stretches(place)
        if not stretches:
            if place.pointer:
                yield f"  at {visible(place.pointer)}"
            return
        digits = len(str(stretches[-1].number))
        yield self._gutter("", digits)
        for stretch in stretches if len(stretches) <= _LINES else stretches[:2]:
            yield from self._framed(stretch, digits, style, carets=place.column is not None)
        if len(stretches) > _LINES:
            yield self._gutter("…", digits)
            yield from self._framed(stretches[-1], digits, style, carets=True)

    def _gutter(self, label: str, digits: int) -> str:
        return self.paint(f" {label:>{digits}} |", _GUTTER)

    def _framed(self, stretch: Stretch, digits: int, style: str, *, carets: bool) -> Iterator[str]:
        """A line, and the carets under what is meant of it."""
        shown = frame(stretch.line, stretch.start, stretch.end, max(self.width - digits - 4, _NARROWEST))
        meant = self.paint(shown.meant, style) if carets else shown.meant
        yield f"{self._gutter(str(stretch.number), digits)} {shown.before}{meant}{shown.behind}".rstrip(" ")
        if carets:
            under = self.paint("^" * shown.carets + _repeated(shown, self.width - digits - 4), style)
            yield f"{self._gutter('', digits)} {' ' * shown.indent}{under}"


def _repeated(shown: Frame, width: int) -> str:
    """What is meant, once more, where the terminal may have put it elsewhere than over its carets."""
    room = width - shown.indent - shown.carets
    return f" {shown.meant}" if shown.reordered and shown.meant and shown.carets < room else ""

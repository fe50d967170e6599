"""Findings as JUnit XML, which CI servers show as test results: a suite a file, a case a finding.

The shape is what Jenkins' JUnit plugin and Maven Surefire agree on. An error fails its case. A warning or a note fails
no check, and so no case: its case passes, and says it as its output.
"""

from collections.abc import Iterable
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from dataset_builder.model.diagnostic import Diagnostic, Severity
from dataset_builder.model.result import CheckResult
from dataset_builder.report.rules import Rules, title
from dataset_builder.report.text import located, summarize
from dataset_builder.report.visible import visible

__all__ = ["render"]

_NAME = "dataset-builder"
_UNSHOWABLE = {code: f"<U+{code:04X}>" for code in (0xFFFE, 0xFFFF)}  # no XML 1.0, beside what `visible` spells out


def render(result: CheckResult, *, rules: Rules) -> str:
    """A test suite for each file with findings, in the order of places; if there are none, one case that passes."""
    found = sorted(result.diagnostics, key=lambda diagnostic: diagnostic.sort_key)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites name={_value(_NAME)} {_counts(found, cases=not found)}>",
    ]
    for file, group in groupby(found, key=lambda diagnostic: diagnostic.place.file):
        lines += _suite(list(group), file, rules)
    if not found:
        lines += _clean(summarize(result.summary))
    return "\n".join([*lines, "</testsuites>", ""])


def _suite(found: list[Diagnostic], file: str, rules: Rules) -> Iterable[str]:
    yield f'  <testsuite name={_value(file)} {_counts(found)} skipped="0">'
    for diagnostic in found:
        yield from _case(diagnostic, rules)
    yield "  </testsuite>"


def _case(diagnostic: Diagnostic, rules: Rules) -> Iterable[str]:
    place = diagnostic.place
    numbers = [str(number) for number in (place.line, place.column) if number is not None]
    name = title(diagnostic.code, rules) + (f" at {':'.join(numbers)}" if numbers else "")
    yield f'    <testcase name={_value(name)} classname={_value(place.file)} time="0">'
    details = _text("\n".join(_said(diagnostic)))
    if diagnostic.severity is Severity.ERROR:
        about = f"type={_value(diagnostic.code)} message={_value(diagnostic.message)}"
        yield f"      <failure {about}>{details}</failure>"
    else:
        yield f"      <system-out>{details}</system-out>"
    yield "    </testcase>"


def _said(diagnostic: Diagnostic) -> Iterable[str]:
    yield f"{located(diagnostic.place)}: {diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}"
    if diagnostic.help:
        yield f"help: {diagnostic.help}"
    if diagnostic.fixable:
        yield "fixable with --fix"
    for place in diagnostic.related:
        yield f"{located(place)}: {place.note or 'see here'}"


def _clean(summary: str) -> Iterable[str]:
    yield f'  <testsuite name={_value(_NAME)} {_counts((), cases=1)} skipped="0">'
    yield f'    <testcase name="check" classname={_value(_NAME)} time="0">'
    yield f"      <system-out>{_text(summary)}</system-out>"
    yield "    </testcase>"
    yield "  </testsuite>"


def _counts(found: Iterable[Diagnostic], cases: int = 0) -> str:
    severities = [diagnostic.severity for diagnostic in found]
    failures = severities.count(Severity.ERROR)
    return f'tests="{len(severities) + cases}" failures="{failures}" errors="0" time="0"'


def _text(text: str) -> str:
    return escape(visible(text, lines=True).translate(_UNSHOWABLE))


def _value(text: str) -> str:
    return quoteattr(visible(text).translate(_UNSHOWABLE))

"""What a rule is: one small function with its code, what it looks at, and cases that show it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dataset_builder.model.diagnostic import Diagnostic, Edit, Place, Severity

__all__ = ["JUDGED", "Aspect", "Case", "Finding", "Looks", "Rule", "rule"]


class Looks(StrEnum):
    """What a rule looks at: the type of its function's argument."""

    AT_FLAW = "flaw"  # view.FlawView: something that a reader could not accept
    AT_SCHEMA = "schema"  # view.SchemaView: a schema file and what it compiles to
    AT_ARTICLE = "article"  # view.ArticleView
    AT_RECORD = "record"  # view.RecordView: an annotation with its article
    AT_GROUP = "group"  # view.GroupView: an article's records and the gold one that comes of them
    AT_LINK = "link"  # view.LinkView: a link with the gold records at its ends
    AT_CORPUS = "corpus"  # corpus_view.CorpusView: what only shows in all records together
    AT_BUILD = "build"  # build_view.BuildView: a build, as its manifest states it and as it is
    AT_REBUILD = "rebuild"  # rebuild_view.RebuildView: a build beside a second one of the same inputs
    AT_RELEASE = "release"  # release_view.ReleaseView: a release that is to be made
    AT_LABELS = "labels"  # label_view.LabelsView: label sets, with how often each label is used
    AT_CONFIGURATION = "configuration"  # selection_view.ConfigurationView: the findings that it selects and ignores
    AT_FINDINGS = "findings"  # selection_view.FindingsView: what the other rules found, beside what is asked for


class Aspect(StrEnum):
    """What the fast path may have proven of a record, though it couldn't prove it clean."""

    VALID = "valid"  # the schema accepts it
    EXACT = "exact"  # properties are declared and given once, numbers are written as what they are
    PLAIN = "plain"  # of a text: its characters are harmless
    RANGED = "ranged"  # every span lies within its text and covers something
    QUOTED = "quoted"  # every span covers what its quote and its digest say
    WHOLE = "whole"  # no span begins or ends at white space, within a word or within a character
    KEYED = "keyed"  # keys are unique
    REFERRED = "referred"  # references lead to what is meant, and not in a circle
    APART = "apart"  # spans overlap only as they may
    SINGLE = "single"  # no span is there twice


JUDGED = (Looks.AT_ARTICLE, Looks.AT_RECORD, Looks.AT_LINK)
"""What a schema judges: views that have a `judgement`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule says of one place. Rules name no severity and no code: those are the rule's."""

    message: str
    place: Place
    help: str | None = None
    related: tuple[Place, ...] = ()
    fix: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What makes a tiny project show something, laid over the base project in `tests/rules/base`.

    Files are given whole (None takes one away), or by a stretch that occurs once in the base's file and what takes
    its place. `at` is where the finding is expected: file, line, column; None in a clean case.
    """

    edits: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    files: Mapping[str, str | bytes | None] = field(default_factory=dict)
    symlinks: Mapping[str, str] = field(default_factory=dict)  # file to what it points to
    at: tuple[str, int | None, int | None] | None = None
    by: str = "check"  # the function of the package root that finds it


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule. Its documentation is its function's docstring: what is wrong, why it matters, how to fix it."""

    code: str
    name: str
    severity: Severity
    looks: frozenset[Looks]
    function: Callable[[Any], Iterator[Finding]]
    kinds: frozenset[str] = frozenset()  # for AT_FLAW: the kinds of flaw it reports
    aspect: Aspect | None = None  # where this is proven, the rule has nothing to report
    broken: Case
    clean: Case = field(default_factory=Case)
    fixed: Mapping[str, str] = field(default_factory=dict)  # file to a stretch of it, once the broken case is mended

    def __call__(self, view: Any) -> Iterator[Diagnostic]:
        """Every finding on `view`, as diagnostics."""
        for found in self.function(view):
            yield Diagnostic(
                code=self.code,
                severity=self.severity,
                message=found.message,
                place=found.place,
                help=found.help,
                related=found.related,
                fix=found.fix,
            )

    @property
    def family(self) -> str:
        """The code's prefix."""
        return self.code[:3]

    @property
    def documentation(self) -> str:
        """The rule's page, Markdown."""
        return self.function.__doc__ or ""


def rule(  # noqa: PLR0913 - it is read as a table of a rule's properties
    code: str,
    name: str,
    *,
    looks: Looks | tuple[Looks, ...],
    broken: Case,
    clean: Case | None = None,
    fixed: Mapping[str, str] | None = None,
    severity: Severity = Severity.ERROR,
    kinds: tuple[str, ...] = (),
    aspect: Aspect | None = None,
) -> Callable[[Callable[[Any], Iterator[Finding]]], Rule]:
    """Makes a rule of the function that it decorates.

    With `fixed`, its findings can be mended: the broken case then is clean, and has these stretches in these files.
    """

    def make(function: Callable[[Any], Iterator[Finding]]) -> Rule:
        return Rule(
            code=code,
            name=name,
            severity=severity,
            looks=frozenset((looks,) if isinstance(looks, Looks) else looks),
            function=function,
            kinds=frozenset(kinds),
            aspect=aspect,
            broken=broken,
            clean=clean or Case(),
            fixed=fixed or {},
        )

    return make

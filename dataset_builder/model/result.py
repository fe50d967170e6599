"""What the functions of the package root give back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from dataset_builder.model.diagnostic import Diagnostic, Severity

__all__ = [
    "BuildResult",
    "CardResult",
    "CheckResult",
    "EngineName",
    "Found",
    "HydrateResult",
    "Progress",
    "PublishResult",
    "Summary",
    "WithholdResult",
    "silent",
]

Progress = Callable[[str, int, int | None], None]
"""Called as `progress(stage, done, total)`, now and then; `total` is None where it isn't known yet."""


Found = Callable[[Sequence[Diagnostic]], None]
"""Called with findings as soon as they are known, in the order of the work and not of their places."""


EngineName = Literal["local", "dask"]
"""Where work runs: on this machine, or on a Dask cluster that is there already."""


def silent(stage: str, done: int, total: int | None) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The figures that every report ends with."""

    articles: int = 0
    annotations: int = 0
    errors: int = 0
    warnings: int = 0
    notes: int = 0
    unverified: int = 0  # spans whose article's text is absent
    ignored: int = 0  # findings that the configuration doesn't ask for; not among the others

    @classmethod
    def of(cls, found: Iterable[Diagnostic], **figures: int) -> "Summary":
        """The figures of findings, and others beside them."""
        severities = [diagnostic.severity for diagnostic in found]
        return cls(**{f"{severity}s": severities.count(severity) for severity in Severity}, **figures)

    def as_json(self) -> dict[str, int]:
        """The shape that `--format json` prints."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """All findings that are asked for, sorted by place, and the figures."""

    diagnostics: tuple[Diagnostic, ...] = ()
    ignored: tuple[Diagnostic, ...] = ()  # those that the configuration doesn't ask for, sorted likewise
    summary: Summary = field(default_factory=Summary)

    def without(self, code: str) -> "CheckResult":
        """The result less the findings of the rule `code`."""
        return self.keeping(lambda found: found.code != code)

    def keeping(self, wanted: Callable[[Diagnostic], bool]) -> "CheckResult":
        """The result with the findings that are `wanted` only."""
        kept, ignored = (tuple(filter(wanted, found)) for found in (self.diagnostics, self.ignored))
        figures = {name: getattr(self.summary, name) for name in ("articles", "annotations", "unverified")}
        summary = Summary.of(kept, ignored=len(ignored), **figures)
        return CheckResult(diagnostics=kept, ignored=ignored, summary=summary)

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not any(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """What was built."""

    output: Path | str  # a folder, or the URL of a place in a store
    version: str
    tables: Mapping[str, Mapping[str, int]]  # rows by table and split
    written: int  # shard files
    reused: int  # shard files whose bytes the build before it had already
    check: CheckResult


@dataclass(frozen=True, slots=True, kw_only=True)
class CardResult:
    """The card as it should read, and whether the project's card and plots are as they should be."""

    path: Path
    text: str
    fresh: bool  # the file had just this text before the call, and the plots were what they should be
    check: CheckResult
    plots: tuple[str, ...] = ()  # those that weren't, relative to the project


@dataclass(frozen=True, slots=True, kw_only=True)
class HydrateResult:
    """Which withheld texts were put back."""

    output: Path
    hydrated: tuple[str, ...]  # ids
    missing: tuple[str, ...]  # ids of withheld articles for which no file with the right digest was found


@dataclass(frozen=True, slots=True, kw_only=True)
class WithholdResult:
    """Which texts were taken out, and the files that changed or moved."""

    withheld: tuple[str, ...]  # ids
    files: tuple[str, ...]  # relative to the project


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishResult:
    """A version as it lies where it was published to; as it would, of a dry run."""

    target: str
    version: str
    tag: str
    revision: str | None  # the commit that the tag leads to; None where there are none
    written: int  # files that had to travel
    kept: int  # files that were there already
    new: bool  # the version wasn't there before
    dry_run: bool

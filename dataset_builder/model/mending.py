"""What mending and anchoring give back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dataset_builder.model.diagnostic import Place
from dataset_builder.model.result import CheckResult

__all__ = ["AnchorResult", "AnchoredSpan", "Difference", "FixResult", "Left", "Outcome"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Changes to a file that were not made, and why."""

    file: str  # relative to the project, with `/`
    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed, or would change, in a file: the lines of a unified diff; none where they may not be shown."""

    file: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FixResult:
    """What was mended, or would be, and all findings afterwards."""

    fixed: int  # findings
    files: tuple[str, ...]  # that were changed, or would be
    left: tuple[Left, ...]
    differences: tuple[Difference, ...]
    written: bool
    check: CheckResult

    def as_json(self) -> dict[str, object]:
        """The shape that `check --fix --format json` adds."""
        return {
            "fixed": self.fixed,
            "written": self.written,
            "files": list(self.files),
            "left": [{"file": left.file, "reason": left.reason, "count": left.count} for left in self.left],
        }


class Outcome(StrEnum):
    """What became of a span."""

    EXACT = "exact"  # it lies where it says
    MOVED = "moved"  # its text stands elsewhere, or its offsets were filled in
    CHANGED = "changed"  # its text was revised too
    LOST = "lost"  # nobody can tell where it went


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchoredSpan:
    """A span that did not lie where it should, and what became of it."""

    outcome: Outcome
    place: Place
    reason: str | None = None  # why it is lost or changed
    before: tuple[int, int] | None = None  # offsets as they were; None where there were none
    after: tuple[int, int] | None = None  # None of a lost one
    old_quote: str | None = None  # of a changed one; None where the text may not be shown
    new_quote: str | None = None

    def as_json(self) -> dict[str, object]:
        """The shape that `anchor --format json` prints."""
        return {
            "outcome": str(self.outcome),
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "pointer": self.place.pointer,
            "reason": self.reason,
            "before": self.before,
            "after": self.after,
            "old_quote": self.old_quote,
            "new_quote": self.new_quote,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorResult:
    """What became of all spans."""

    spans: tuple[AnchoredSpan, ...] = ()  # those that are not exact, by place
    counts: Mapping[Outcome, int] = field(default_factory=dict)
    unverified: int = 0  # spans whose article's text is absent
    files: tuple[str, ...] = ()  # that were changed, or would be
    left: tuple[Left, ...] = ()
    differences: tuple[Difference, ...] = ()
    written: bool = True
    accepted: bool = False  # whether changed spans were written too

    @property
    def ok(self) -> bool:
        """Whether every span is anchored: none is lost, none changed without that being accepted, no file was left."""
        changed = self.counts.get(Outcome.CHANGED, 0)
        return not self.counts.get(Outcome.LOST, 0) and (self.accepted or not changed) and not self.left

    def as_json(self) -> dict[str, object]:
        """The shape that `anchor --format json` prints."""
        return {
            "spans": [span.as_json() for span in self.spans],
            "left": [{"file": left.file, "reason": left.reason, "count": left.count} for left in self.left],
            "summary": {
                **{str(outcome): self.counts.get(outcome, 0) for outcome in Outcome},
                "unverified": self.unverified,
                "files": list(self.files),
                "written": self.written,
            },
        }

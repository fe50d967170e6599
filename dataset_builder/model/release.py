"""A release: what git has to say of the project before, what it consists of, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from dataset_builder.model.diff import Bump, Diff
from dataset_builder.model.result import CheckResult

__all__ = ["Asked", "Entry", "FileChange", "Interrupted", "Refusal", "ReleaseResult", "Repository"]

Asked = Literal["auto", "major", "minor", "patch"]
"""By how much the version is to grow: as the differences demand, or by this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a changelog says of one release."""

    version: str
    date: str | None  # as it stands there
    changes: Mapping[str, int]  # how many items stand under each heading, in the order of the text

    @property
    def total(self) -> int:
        """How many items there are."""
        return sum(self.changes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why git won't do something: which command or hook, and what it said."""

    by: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """What git says of the folder that the project is in."""

    problem: str | None = None  # why there is none to commit to; nothing else is known then
    top: str = ""  # the working tree's folder, absolute
    prefix: str = ""  # from there to the project, with "/" at its end
    head: str = ""  # the commit that is checked out
    branch: str | None = None  # the full name of its ref; None where none is checked out
    changed: tuple[str, ...] = ()  # changed, staged and untracked files, relative to the top
    ignored: tuple[str, ...] = ()  # sources that git ignores, relative to the project
    operation: str | None = None  # what is under way: a merge, a rebase
    identity: Refusal | None = None  # why nobody can be named as the committer
    shallow: bool = False  # the history is here only in part
    tags: tuple[str, ...] = ()  # all tags
    merged: tuple[str, ...] = ()  # the tags of commits that the one checked out builds on


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A file that a release changes. Paths are relative to the project."""

    path: str
    old: str | None  # None where there was no such file
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """What a release was about to do, kept until all of it is done."""

    version: str
    tag: str
    branch: str
    old: str  # the commit that the branch was at
    commit: str
    tagged: str  # the object that the tag is
    files: tuple[str, ...]  # relative to the top


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseResult:
    """What was released, or would be."""

    version: str
    previous: str | None  # the version before; None for the first
    bump: Bump | None  # None for the first, and where an interrupted release was completed
    demanded: Bump | None  # what the differences demand; None for the first
    tag: str
    message: str  # of the commit and of the tag
    date: str  # of both, in UTC
    files: tuple[FileChange, ...] = ()
    commit: str | None = None  # None where nothing was written
    signed: bool = False  # the tag is
    output: Path | str | None = None  # a folder or a URL, where the build is; None where nothing was written
    completed: bool = False  # an earlier run had been interrupted, and this one did the rest
    diff: Diff | None = None  # to the release before
    check: CheckResult = field(default_factory=CheckResult)

    @property
    def dry_run(self) -> bool:
        """Whether nothing was written."""
        return self.commit is None

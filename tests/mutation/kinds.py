"""The table of kinds of corruption, and what each leads one to expect."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from tests.mutation.clean import NAMES
from tests.mutation.project import Project

__all__ = ["KINDS", "MADE", "NOTES", "Expectation", "Kind", "kind"]

NOTES = ("base", "files", "packed", "gz")
"""Projects with the base project's schemas."""

MADE = ("files", "packed", "gz")

WITH_FILES = ("base", "files", "own")


@dataclass(frozen=True)
class Expectation:
    """A finding that must be there, where the project's mark stands, and what may be there because of it."""

    code: str
    also: frozenset[str] = frozenset()
    says: str | None = None  # a part of its message or help
    at: tuple[str, int | None, int | None] | None = None  # file, line, column, where no mark can stand


@dataclass(frozen=True)
class Kind:
    name: str
    mutate: Callable[[Project, Random], Expectation]
    on: tuple[str, ...]  # names of clean projects
    alone: bool  # whether it hides others, or is hidden by them: never one of two
    also: frozenset[str]
    fixable: str | None  # "same": fixing gives the bytes of before; "clean": it gives other bytes without findings
    by: str  # the command that finds it
    broken: str | None = field(default=None)  # why it fails today


KINDS: dict[str, Kind] = {}


def kind(
    *,
    on: tuple[str, ...] = NAMES,
    alone: bool = False,
    also: Iterable[str] = (),
    fixable: str | None = None,
    by: str = "check",
    broken: str | None = None,
) -> Callable[[Callable[[Project, Random], Expectation]], Callable[[Project, Random], Expectation]]:
    """Puts a function into the table, under its own name."""

    def add(mutate: Callable[[Project, Random], Expectation]) -> Callable[[Project, Random], Expectation]:
        name = mutate.__name__.strip("_")
        assert name not in KINDS, name
        KINDS[name] = Kind(name, mutate, on, alone, frozenset(also), fixable, by, broken)
        return mutate

    return add

"""Versions as Semantic Versioning writes them: major.minor.patch, without more."""

import re
from collections.abc import Iterable

from dataset_builder.model.diff import Bump

__all__ = ["grown", "latest", "rank", "step", "tag_of"]

_VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")
_BUMPS: tuple[Bump, ...] = ("patch", "minor", "major")

Numbers = tuple[int, int, int]


def tag_of(version: str) -> str:
    """The tag of a release."""
    return f"v{version}"


def latest(tags: Iterable[str]) -> str | None:
    """The highest version that one of `tags` is of; tags of other forms don't count."""
    found = [tag.removeprefix("v") for tag in tags if tag.startswith("v") and _VERSION.fullmatch(tag[1:])]
    return max(found, key=_numbers, default=None)


def grown(version: str, bump: Bump) -> str:
    """The next version after `version`. Below 1.0.0 the same holds as above."""
    major, minor, patch = _numbers(version)
    parts = {"major": (major + 1, 0, 0), "minor": (major, minor + 1, 0), "patch": (major, minor, patch + 1)}[bump]
    return ".".join(map(str, parts))


def step(old: str, new: str) -> Bump | None:
    """By how much `new` is above `old`; None where it isn't."""
    before, after = _numbers(old), _numbers(new)
    if after <= before:
        return None
    return "major" if after[0] > before[0] else "minor" if after[1] > before[1] else "patch"


def rank(bump: Bump | None) -> int:
    """How much `bump` is, to compare by."""
    return _BUMPS.index(bump) + 1 if bump else 0


def _numbers(version: str) -> Numbers:
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch

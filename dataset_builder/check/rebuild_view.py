"""What rules look at in a build that was made a second time."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["OtherFile", "RebuildView"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherFile:
    """A file that two builds don't have alike."""

    path: str  # relative to the build
    what: Literal["missing", "other bytes", "other bytes, same rows"]  # in the build that is verified


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildView:
    """A build beside a second one of the same inputs and versions."""

    differing: tuple[OtherFile, ...]

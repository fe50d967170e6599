"""What rules look at before a release."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # every command looks at rules, and few of them at releases
    from dataset_builder.model.diff import Bump
    from dataset_builder.model.release import Refusal, Repository

__all__ = ["ReleaseView"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseView:
    """A release that is to be made, as far as it is known."""

    file: str  # the configuration's
    repository: "Repository"
    stale: tuple[str, ...] = ()  # files that are not what the data gives, relative to the project
    configured: str = ""  # the version that the configuration states
    previous: str | None = None  # the version released last; None where none is, or it isn't known yet
    unchanged: bool = False  # nothing differs from the release before
    entered: bool = False  # the changelog has an entry for the version that is to be
    version: str | None = None  # the version that is to be; None as long as it isn't known
    tag: str | None = None
    bump: "Bump | None" = None  # how far it is above the last one
    too_small: "Bump | None" = None  # what the differences demand, where `bump` is less than that
    refusal: "Refusal | None" = None  # of a hook, or of what signs

"""What a store refuses for the moment, asked for again, more and more slowly."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from dataset_builder.errors import DatasetBuilderError

__all__ = ["FAULTS", "Patience", "is_final", "status_of"]

T = TypeVar("T")

# Names, as these classes belong to packages that needn't be there.
_FINAL_NAMES = frozenset(
    {"Conflict", "NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "TokenRetrievalError"}
)

FAULTS = (AssertionError, AttributeError, NameError, TypeError)
"""What only a mistake in a program raises."""

_FINAL = (
    *FAULTS,
    FileExistsError,
    FileNotFoundError,
    ImportError,
    IsADirectoryError,
    LookupError,
    NotADirectoryError,
    PermissionError,
    ValueError,
)
_WORTH_ANOTHER_TRY = frozenset({408, 409, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often, and after which pauses, something is tried. Seconds.

    Each pause is drawn between nothing and a bound that doubles (AWS calls it full jitter): many that were turned away
    together don't come back together.
    """

    attempts: int = 8
    first: float = 0.2  # the bound of the first pause
    longest: float = 15.0
    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[float, float], float] = random.uniform

    def keep_trying(self, do: Callable[[], T]) -> T:
        """What `do` gives back, once it doesn't fail; its last failure is raised."""
        for attempt in range(1, self.attempts):
            try:
                return do()
            except Exception as error:  # each backend has exceptions of its own
                if is_final(error):
                    raise
            self.sleep(self.draw(0, min(self.longest, self.first * 2 ** (attempt - 1))))
        return do()


def is_final(error: Exception) -> bool:
    """Whether the same would fail again: it was refused, and not only for the moment."""
    if isinstance(error, (*_FINAL, DatasetBuilderError)) or type(error).__name__ in _FINAL_NAMES:
        return True
    status = status_of(error)
    return status is not None and 400 <= status < 500 and status not in _WORTH_ANOTHER_TRY


def status_of(error: BaseException | None) -> int | None:
    """The HTTP status that a store answered with; None where it isn't known."""
    while error is not None:
        response = getattr(error, "response", None)
        status = getattr(response, "status_code", None)  # as of requests and httpx
        if isinstance(response, dict):  # of botocore
            status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        elif type(error).__module__.startswith("gcsfs"):
            status = getattr(error, "code", None)
        if isinstance(status, int):
            return status
        error = error.__cause__
    return None

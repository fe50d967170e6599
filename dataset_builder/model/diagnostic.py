"""A coded finding: what is wrong, where, why, and how to mend it."""

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Diagnostic", "Edit", "Place", "Pointer", "Severity", "json_pointer"]

Pointer = tuple[str | int, ...]
"""The way from the root of a JSON document to a value: property names and array indices."""


class Severity(StrEnum):
    """How much a finding matters: an error stops a build; a warning and a note don't."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for an error, 1 for a warning, 2 for a note."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands. Files are relative to the project, with `/`."""

    file: str
    line: int | None = None  # 1-based
    column: int | None = None  # 1-based, code points
    pointer: str | None = None  # RFC 6901; None outside JSON
    start: int | None = None  # of the article's passage meant: half-open, code points of the stored text
    end: int | None = None
    note: str | None = None  # what this place has to do with the finding, for related places


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A stretch of a file, and what takes its place.

    Lines and columns are 1-based, columns in code points of the file's text; the end is exclusive. A byte order mark
    counts as the first column of the first line. Files are relative to the project, with `/`.
    """

    file: str
    start: tuple[int, int]
    end: tuple[int, int]
    text: str
    was: str | None = None  # what stands there now; where something else does, the mend isn't made


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """A finding of the rule `code` at `place`.

    Diagnostics sort by file, line, column, code and message: the same findings print in the same order
    whatever found them first.
    """

    code: str
    severity: Severity
    message: str
    place: Place
    help: str | None = None
    related: tuple[Place, ...] = field(default=())
    fix: tuple[Edit, ...] = ()  # a mend that cannot be wrong, all of it or none; empty where none is known

    @property
    def fixable(self) -> bool:
        """Whether a mend is known that cannot be wrong."""
        return bool(self.fix)

    @property
    def sort_key(self) -> tuple[str, int, int, str, str, str]:
        """Orders findings for people: by place first."""
        place = self.place
        return (place.file, place.line or 0, place.column or 0, self.code, place.pointer or "", self.message)

    def as_json(self) -> dict[str, object]:
        """The shape that `check --format json` prints."""
        place = self.place
        return {
            "code": self.code,
            "severity": str(self.severity),
            "message": self.message,
            "file": place.file,
            "line": place.line,
            "column": place.column,
            "pointer": place.pointer,
            "help": self.help,
            "fixable": self.fixable,
        }


def json_pointer(pointer: Pointer) -> str:
    """`pointer` as RFC 6901 writes it; the root is the empty string."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer)

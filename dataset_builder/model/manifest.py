"""What a build consists of: the facts that its manifest and its card state."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["AgreementFacts", "FileEntry", "Inputs", "SplitFacts", "TableFacts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One file of a build. `rows` is None for what is no table."""

    path: str  # relative to the build, with "/"
    bytes: int
    sha256: str
    rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitFacts:
    """One split of a table."""

    rows: int
    bytes: int  # of the rows as Arrow holds them, uncompressed
    files: tuple[FileEntry, ...]  # in order


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFacts:
    """One table of a build. Splits come in the order of the configuration's shares."""

    name: str
    digest: str  # of the content, see docs/digests.md
    splits: Mapping[str, SplitFacts]

    @property
    def rows(self) -> int:
        """Rows of all splits."""
        return sum(split.rows for split in self.splits.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """SHA-256 digests of what a build was made of, each over the sorted lines `<sha256>  <file or id>` of its kind."""

    digests: Mapping[str, str] = field(default_factory=dict)  # articles, annotations, links, schema, configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFacts:
    """How far annotators agree at a path, as `merge.agreement.AgreementFigure` has it."""

    path: str
    measure: str
    annotators: tuple[str, ...]
    n: int
    values: Mapping[str, float | None]  # by name of the figure; None where it isn't defined

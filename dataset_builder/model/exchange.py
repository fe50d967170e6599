"""What importing and exporting give back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dataset_builder.model.result import CheckResult

__all__ = ["ExportResult", "ImportResult", "LayerCount"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerCount:
    """What came in, in one layer."""

    items: int = 0
    labels: int = 0  # distinct
    attributes: int = 0  # values of attributes
    notes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import brought, and what it did to the project."""

    root: Path
    name: str  # of the import, in the project's record of imports
    format: str
    unit: str  # what offsets of the format count
    files: int  # of the source, read or passed over
    articles: int
    annotators: Mapping[str, int] = field(default_factory=dict)  # records of each
    layers: Mapping[str, LayerCount] = field(default_factory=dict)
    repaired: int = 0  # findings of severity warning
    refused: int = 0  # findings of severity error
    new: tuple[str, ...] = ()  # files of the project
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()  # that the source gives no more; they stay unless they are pruned
    pruned: bool = False
    kept: tuple[str, ...] = ()  # edited by hand, and left so
    written: bool = True
    check: CheckResult = field(default_factory=CheckResult)

    @property
    def unchanged(self) -> bool:
        """Whether the project is what it was."""
        return not (self.new or self.changed or (self.gone and self.pruned))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportResult:
    """What an export wrote, and what its format could not hold."""

    output: Path
    format: str
    articles: int
    files: int
    check: CheckResult = field(default_factory=CheckResult)

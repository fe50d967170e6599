"""A build as it lies on a disk: what its manifest states, and what its files turn out to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dataset_builder.model.manifest import AgreementFacts, FileEntry, Inputs, TableFacts
from dataset_builder.model.project import Fields

__all__ = ["BuildFiles", "Manifest", "ParquetFile", "Unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a build's manifest states."""

    name: str
    version: str
    license: str
    tables: tuple[TableFacts, ...]
    files: tuple[FileEntry, ...]  # all files but the manifest itself, by path
    inputs: Inputs = field(default_factory=Inputs)
    versions: Mapping[str, str] = field(default_factory=dict)  # of what made the build, by name
    counts: Mapping[str, int] = field(default_factory=dict)  # articles, annotations
    agreement: tuple[AgreementFacts, ...] | None = None  # None where the manifest doesn't say
    fields: Fields = field(default_factory=Fields)  # the properties in which records hold what the compiler needs

    @property
    def by_path(self) -> dict[str, FileEntry]:
        """The files by their paths."""
        return {file.path: file for file in self.files}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why a file could not be read."""

    message: str
    line: int | None = None  # 1-based
    column: int | None = None  # 1-based, code points


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetFile:
    """What a Parquet file says of itself. Features are as `datasets.Features.to_dict` writes them."""

    rows: int
    features: Mapping[str, Any] | None  # those of the `huggingface` metadata; None where it has none
    unfit: tuple[str, ...] = ()  # columns that the features give another Arrow type, or that are in one alone


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildFiles:
    """The files of a build as they are. A part that is None is missing."""

    files: Mapping[str, FileEntry]  # by path: every file but the manifest; rows unknown
    manifest: Manifest | Unreadable | None
    card: Mapping[str, Any] | Unreadable | None  # the YAML of README.md
    croissant: Mapping[str, Any] | Unreadable | None
    parquet: Mapping[str, ParquetFile | Unreadable]  # by path
    digests: Mapping[str, str] = field(default_factory=dict)  # content digests of tables, recomputed, by name
    manifest_sha256: str | None = None  # None where there is no manifest
    package: Mapping[str, Any] | Unreadable | None = None  # datapackage.json
    datacite: Mapping[str, Any] | Unreadable | None = None
    citation: Mapping[str, Any] | Unreadable | None = None  # CITATION.cff
    statement: Mapping[str, Any] | Unreadable | None = None
    origins: tuple[tuple[str, str], ...] = ()  # files that don't tell the origin of their rows, and how that shows

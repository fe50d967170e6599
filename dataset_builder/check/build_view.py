"""What rules look at in a build."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from dataset_builder.model.build import BuildFiles, Manifest, ParquetFile
from dataset_builder.model.diagnostic import Place
from dataset_builder.model.manifest import FileEntry, TableFacts
from dataset_builder.schema.registry import SchemaSet

__all__ = ["BuildView"]

MANIFEST, CARD, CROISSANT = "manifest.json", "README.md", "croissant.json"
PACKAGE, DATACITE, CITATION, STATEMENT = "datapackage.json", "datacite.json", "CITATION.cff", "statement.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildView:
    """A build: what its manifest states beside what is there. What can't be read counts as empty; a rule says so."""

    build: BuildFiles
    schemas: SchemaSet | None = None  # those of the build; None where they can't be compiled, or weren't asked for
    signed: bool | None = None  # whether one of the signers that were named signed it; None where none were

    @property
    def manifest(self) -> Manifest | None:
        """The manifest, as far as it can be read."""
        return self.build.manifest if isinstance(self.build.manifest, Manifest) else None

    @property
    def tables(self) -> tuple[TableFacts, ...]:
        """The tables that the manifest states."""
        return self.manifest.tables if self.manifest else ()

    @property
    def stated_files(self) -> dict[str, FileEntry]:
        """The files that the manifest states, by path."""
        return self.manifest.by_path if self.manifest else {}

    def parquet(self, table: TableFacts) -> Iterator[tuple[str, ParquetFile]]:
        """The readable Parquet files of `table` with their paths, in the manifest's order."""
        for split in table.splits.values():
            for file in split.files:
                found = self.build.parquet.get(file.path)
                if isinstance(found, ParquetFile):
                    yield file.path, found

    def card_entries(self, key: str) -> dict[str, dict[str, Any]]:
        """The entries of the card's list `key` by their `config_name`."""
        card = self.build.card if isinstance(self.build.card, dict) else {}
        entries = card.get(key)
        found = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
        return {str(entry.get("config_name", "default")): entry for entry in found}

    def matching(self, pattern: str) -> list[str]:
        """The files of the build that a card's glob matches; its `*` stands for anything but `/`."""
        depth = pattern.count("/")
        return sorted(path for path in self.build.files if path.count("/") == depth and fnmatchcase(path, pattern))

    @staticmethod
    def place(file: str, line: int | None = None, column: int | None = None) -> Place:
        """A place in a file of the build."""
        return Place(file=file, line=line, column=column)

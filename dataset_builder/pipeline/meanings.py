"""What the columns of a build mean, by the schemas that it holds."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dataset_builder.compare.layers import Meaning, meanings_of_columns, meanings_of_features
from dataset_builder.model.project import Project
from dataset_builder.read.schemas import read_schemas

__all__ = ["Meanings"]


class Meanings:
    """The meanings of the columns of records and links; by their names alone where the schemas have flaws."""

    def __init__(self, directory: Path) -> None:
        # A build keeps its schemas in one folder, whatever that was called in the project.
        stand_in = Project(root=directory, file="", name="", title="", version="", license="")
        schemas, documents = read_schemas(stand_in)
        flawed = any(document.flaws for document in documents.values())
        self._schemas = None if flawed else schemas

    def of_annotations(self, features: Mapping[str, Any]) -> Mapping[str, Meaning]:
        """Those of an annotator's record, and of the gold layers."""
        known = self._schemas.annotations.columns if self._schemas and self._schemas.annotation else None
        return meanings_of_features(features) if known is None else meanings_of_columns(known)

    def of_links(self, features: Mapping[str, Any]) -> Mapping[str, Meaning]:
        """Those of a link."""
        known = self._schemas.links.columns if self._schemas and self._schemas.link else None
        return meanings_of_features(features) if known is None else meanings_of_columns(known)

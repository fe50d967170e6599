"""A build with a version, on its way to where others get it, and the places that it can go to."""

from dataclasses import dataclass
from pathlib import Path

from dataset_builder.model.manifest import FileEntry

__all__ = ["Published", "Release"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A verified build."""

    folder: Path
    name: str
    version: str
    manifest: str  # the path of the manifest, relative to the folder
    files: tuple[FileEntry, ...]  # all files, the manifest among them, by path

    @property
    def tag(self) -> str:
        """How git, the Hub and folders call the version."""
        return f"v{self.version}"

    @property
    def by_path(self) -> dict[str, FileEntry]:
        """The files by their paths."""
        return {file.path: file for file in self.files}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What it took to publish a release. Nothing was written where `written` is 0 and it isn't `new`."""

    written: int  # files that had to travel
    kept: int  # files that were there already
    new: bool  # the version wasn't there before
    revision: str | None = None  # the commit that the tag leads to; None where there are none

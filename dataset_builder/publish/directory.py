"""A release in a folder: copied file by file, and compared."""

import hashlib
import os
from pathlib import Path

from dataset_builder.errors import OutputError
from dataset_builder.model.publication import Release

__all__ = ["copy_release", "difference"]

_PIECE = 1 << 20


def copy_release(release: Release, folder: Path) -> None:
    """`folder`, which was empty, holding the files of `release`, on the disk for good.

    Raises:
        OutputError: the build changed since it was verified.
    """
    for file in release.files:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        if _copy(release.folder / file.path, target) != file.sha256:
            message = f"{release.folder / file.path} changed while it was copied: publish again"
            raise OutputError(message)


def _copy(source: Path, target: Path) -> str:
    """The SHA-256 of what was copied."""
    digest = hashlib.sha256()
    with source.open("rb") as incoming, target.open("wb") as outgoing:
        while piece := incoming.read(_PIECE):
            digest.update(piece)
            outgoing.write(piece)
        outgoing.flush()
        os.fsync(outgoing.fileno())
    return digest.hexdigest()


def difference(release: Release, folder: Path) -> str | None:
    """The first file by whose bytes, absence or presence `folder` is not `release`; None if it is. All is read."""
    found = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()
    }
    wanted = release.by_path
    for path in sorted(found | wanted.keys()):
        if path not in found or path not in wanted or not (folder / path).is_file():
            return path
        if _sha256(folder / path) != wanted[path].sha256:
            return path
    return None


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

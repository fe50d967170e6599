"""The folder of what may be deleted at any time."""

from contextlib import suppress
from pathlib import Path

from dataset_builder.errors import OutputError, UsageError
from dataset_builder.model.project import Project

__all__ = ["CACHE", "cache_folder"]

CACHE = ".dataset-builder"
"""Its name; git ignores what is in it."""


def cache_folder(project: Project) -> Path:
    """The cache of `project`, made if it isn't there.

    Raises:
        OutputError: it can't be made.
        UsageError: something else has its name.
    """
    cache = project.root / CACHE
    if cache.is_symlink() or (cache.exists() and not cache.is_dir()):
        message = f"{cache} is no folder: take it away, a cache is kept there"
        raise UsageError(message)
    try:
        cache.mkdir(exist_ok=True)
        with suppress(FileExistsError), (cache / ".gitignore").open("x", encoding="utf-8") as ignore:
            ignore.write("*\n")
    except OSError as error:
        message = f"nothing can be written to {cache}: {error.strerror}"
        raise OutputError(message) from error
    return cache

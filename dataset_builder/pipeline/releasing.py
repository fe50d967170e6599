"""The files that a release changes: configuration, changelog, citation."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from dataset_builder.describe.plots.plot import FOLDER
from dataset_builder.errors import InternalError, UsageError
from dataset_builder.model.project import Project
from dataset_builder.model.source import Source
from dataset_builder.pipeline.card import beside
from dataset_builder.read.files import lies_within
from dataset_builder.read.project import OWN, TABLE
from dataset_builder.read.toml import read_toml
from dataset_builder.release import changelog, citation

__all__ = ["is_entered", "rewritten"]


def rewritten(
    project: Project, root: Path, version: str, date: str, items: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Each file of the project in `root` that says another thing at `version`, as it then reads.

    Raises:
        UsageError: one of them is a symbolic link.
    """
    plots = beside(project, FOLDER)
    for path in (project.file, project.paths.changelog, project.paths.card, plots, citation.CITATION):
        _refuse_links(root, path)
    texts = {
        project.file: _with_version(_text(root / project.file), project.file, version),
        project.paths.changelog: changelog.with_release(_text(root / project.paths.changelog), version, date, items),
    }
    if (root / citation.CITATION).is_file():
        texts[citation.CITATION] = citation.with_release(_text(root / citation.CITATION), version, date)
    return {path: text for path, text in texts.items() if _text(root / path) != text}


def is_entered(project: Project, root: Path, version: str) -> bool:
    """Whether the changelog of the project in `root` has an entry for `version`."""
    return changelog.has_release(_text(root / project.paths.changelog), version)


def _refuse_links(root: Path, path: str) -> None:
    if (root / path).is_symlink() or not lies_within(root, path):
        message = f"{path} is a symbolic link, and a release would write past it: put the file itself in its place"
        raise UsageError(message)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape") if path.is_file() else ""


def _with_version(text: str, file: str, version: str) -> str:
    """The configuration with another version: that value and nothing else, in the quotes that it stood in."""
    document = read_toml(text.encode(), Source(file=file))
    pointer = (*(() if file == OWN else TABLE), "version")
    if pointer not in document.values:
        message = f"{file} states no version, though it was read"
        raise InternalError(message)
    start, end = document.values[pointer]
    quotes = re.match(r"\"\"\"|'''|\"|'", text[start:end])
    quote = quotes[0] if quotes else '"'
    return f"{text[:start]}{quote}{version}{quote}{text[end:]}"

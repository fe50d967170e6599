"""A project's configuration: found, read, checked, and given as a typed `Project`. Nothing else reads it.

It is the whole of `dataset.toml`, or the table `[tool.dataset-builder]` of `pyproject.toml`.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dataset_builder.errors import UsageError
from dataset_builder.model.diagnostic import Pointer
from dataset_builder.model.document import Document
from dataset_builder.model.location import is_url
from dataset_builder.model.project import (
    Annotators,
    CardOptions,
    CheckOptions,
    Choice,
    Fields,
    Gold,
    Limits,
    Paths,
    Project,
    ShardSizes,
    Splits,
)
from dataset_builder.model.source import Source
from dataset_builder.read.files import lies_within
from dataset_builder.read.project_flaws import find_flaws
from dataset_builder.read.project_paths import PATH_KEYS, normal_path
from dataset_builder.read.toml import read_toml

__all__ = ["find_project", "read_project"]

OWN, SHARED = "dataset.toml", "pyproject.toml"
TABLE: Pointer = ("tool", "dataset-builder")

_TABLE_HEADER = re.compile(r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*[\"']?dataset-builder\b", re.MULTILINE)
_SECTIONS: dict[str, Callable[..., object]] = {
    "paths": Paths,
    "fields": Fields,
    "gold": Gold,
    "annotators": Annotators,
    "splits": Splits,
    "shards": ShardSizes,
    "limits": Limits,
    "card": CardOptions,
}


def find_project(start: Path) -> Path:
    """The nearest directory, at or above `start`, that holds a project; resolved.

    Raises:
        UsageError: there is none, or a file that may be its configuration can't be read.
    """
    start = start.resolve()
    for directory in (start, *start.parents):
        if _configurations(directory):
            return directory
    raise UsageError(
        f"there is no dataset project in {start} or above it: go into one, name one with --project DIR, "
        "or make one with `dataset-builder init DIR`"
    )


def read_project(directory: Path) -> tuple[Project | None, Document]:
    """The project in `directory`, with the document that configures it; None where that has flaws.

    The flaws are of the kinds `config-syntax`, `config-unknown-key`, `config-value`, `config-missing-key` and
    `config-path`, in the order of the file.

    Raises:
        UsageError: `directory` holds no project, or its configuration can't be read.
    """
    root = directory.resolve()
    found = _configurations(root)
    if not found:
        raise UsageError(
            f"there is no dataset project in {root}: neither {OWN} nor [tool.dataset-builder] in {SHARED} is there; "
            "make one with `dataset-builder init DIR`"
        )
    document = found[0]
    table: Pointer = () if document.source.file == OWN else TABLE
    document.flaws += find_flaws(document, table, root, twice=len(found) > 1)
    if document.flaws:
        return None, document
    return _project(document, table, root), document


def _configurations(directory: Path) -> list[Document]:
    """The files in `directory` that configure a project; the one that counts first."""
    documents = [_read(directory / name) for name in (OWN, SHARED) if (directory / name).is_file()]
    return [document for document in documents if document.source.file == OWN or _has_table(document)]


def _read(path: Path) -> Document:
    if not lies_within(path.parent, path.name):
        raise UsageError(f"{path} is a symbolic link that leads out of the project: put the file itself in its place")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} can't be read ({error.strerror}): see to its permissions") from error
    return read_toml(data, Source(file=path.name))


def _has_table(document: Document) -> bool:
    if not document.readable:
        return bool(_TABLE_HEADER.search(document.text))
    return _inner(document.value, TABLE) is not None


def _inner(value: Any, pointer: Pointer) -> Any:
    for step in pointer:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _project(document: Document, pointer: Pointer, root: Path) -> Project:
    """The typed project of the table at `pointer`, which has no flaws."""
    table: dict[str, Any] = _inner(document.value, pointer)
    plain = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    sections = {name: dict(table.get(name, {})) for name in _SECTIONS}
    for section, key in PATH_KEYS:
        if key in sections[section]:
            sections[section][key] = normal_path(sections[section][key])
    _follow(sections["paths"])
    if "shares" in sections["splits"]:
        sections["splits"]["shares"] = {name: float(share) for name, share in sections["splits"]["shares"].items()}
    typed = {name: _SECTIONS[name](**values) for name, values in sections.items()}
    checked = CheckOptions(**{name: _choices(document, (*pointer, "check", name)) for name in plain.get("check", ())})
    told = {name: tuple(said) if isinstance(said, list) else said for name, said in table.get("rai", {}).items()}
    values: dict[str, Any] = plain | typed | {"check": checked, "rai": told}
    return Project(root=root, file=document.source.file, **values)


def _follow(paths: dict[str, str]) -> None:
    """Links lie among the annotations unless they are said to lie elsewhere, wherever those are."""
    annotations = paths.get("annotations", "")
    if is_url(annotations):
        paths.setdefault("links", f"{annotations}/links")


def _choices(document: Document, pointer: Pointer) -> tuple[Choice, ...]:
    """The choices at `pointer`, one for each code that they name."""
    return tuple(
        Choice(
            code=code,
            reason=choice["reason"],
            place=document.place((*pointer, index, "codes", position)),
            paths=tuple(choice.get("paths", ())),
        )
        for index, choice in enumerate(_inner(document.value, pointer))
        for position, code in enumerate(choice["codes"])
    )

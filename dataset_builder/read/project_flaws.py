"""What is wrong with a project's configuration, in plain words."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from dataset_builder.model.diagnostic import Pointer
from dataset_builder.model.document import Document, Flaw
from dataset_builder.model.project import Gold
from dataset_builder.read.project_paths import path_problems
from dataset_builder.schema.registry import project_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataset_builder.read.project_violations import Found

__all__ = ["find_flaws"]


def find_flaws(document: Document, table: Pointer, root: Path, *, twice: bool) -> tuple[Flaw, ...]:
    """All that is wrong with the configuration at `table` of `document`, in the order of the file.

    `twice` says that another file configures the same project. Reads no file, but follows symbolic links below `root`.
    """
    if not document.readable:
        return ()
    value = document.value
    for step in table:
        value = value[step]
    found = list(_violations(value))
    if isinstance(value, dict):
        found += [("config-path", key, message) for key, message in path_problems(value, root)]
        found += _gold_flaws(value)
    if twice:
        message = "the project is configured twice, here and in pyproject.toml under [tool.dataset-builder]: keep one"
        found.append(("config-value", (), message))
    flaws = [_flaw(document, table, *each) for each in found]
    return tuple(sorted(flaws, key=lambda flaw: (flaw.offset, flaw.pointer)))


def _flaw(document: Document, table: Pointer, kind: str, pointer: Pointer, message: str) -> Flaw:
    """The flaw at `pointer` of the configuration; where nothing stands there, at the nearest table around it."""
    at = pointer = (*table, *pointer)
    while at not in document.values:
        at = at[:-1]
    named = kind == "config-unknown-key" and at in document.keys
    offset = document.keys[at] if named else document.values[at][0]
    return Flaw(kind=kind, message=message, offset=offset, pointer=pointer)


def _violations(table: object) -> "Iterator[Found]":
    if _is_in_order(table):
        return
    from dataset_builder.read.project_violations import violations  # by a library that takes long to import

    yield from violations(table)


def _is_in_order(table: object) -> bool:
    """Whether the project schema accepts `table` beyond doubt."""
    try:
        return _verdict()(table) and not _has_odd_float(table)
    except (TypeError, ValueError):  # as for a date, which JSON doesn't have
        return False


@cache
def _verdict() -> Any:
    return jsonschema_rs.Draft202012Validator(project_schema()).is_valid


def _has_odd_float(value: object) -> bool:
    """Whether there is a float within `value` that is whole, which is no integer in TOML, or not finite."""
    if isinstance(value, dict | list):
        return any(map(_has_odd_float, value.values() if isinstance(value, dict) else value))
    return isinstance(value, float) and not value % 1 > 0


def _gold_flaws(table: dict[str, Any]) -> "Iterator[Found]":
    gold = table.get("gold")
    if isinstance(gold, dict) and "annotator" in gold and gold.get("policy", Gold().policy) != "adjudicated":
        message = '`gold.annotator` counts only with `policy = "adjudicated"`: add that, or take this out'
        yield "config-value", ("gold", "annotator"), message

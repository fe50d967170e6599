"""JSONL: a JSON object a line, with a text among its members."""

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from dataset_builder.formats.source import Source
from dataset_builder.formats.table import Row, Table
from dataset_builder.formats.table_detection import JSONL
from dataset_builder.formats.tokenized import chosen_files, decoded, encoding_named
from dataset_builder.model.foreign import Trouble

__all__ = ["importer"]

_KEYS = re.compile(r'"\s*:')
_DEEPEST = 200  # objects within objects


def importer(source: Source, encoding: str | None = None, **options: str) -> Table:
    """What reads the files of objects in `source`.

    Raises:
        UsageError: an option has a value that means nothing, or no member is a text.
    """
    called = encoding_named(encoding)

    def rows(file: str, troubles: list[Trouble]) -> Iterator[Row]:
        for number, line in enumerate(decoded(source, file, called).split("\n"), start=1):
            if not line.strip():
                continue
            value = _parsed(line)
            if isinstance(value, str):
                troubles.append(Trouble("import-syntax", value, file, number))
            else:
                yield Row(number, value)

    return Table(source, chosen_files(source, JSONL), rows, "jsonl", options)


def _parsed(line: str) -> dict[str, Any] | str:
    """The object in `line`, or what is wrong with it. A name that is there twice is: which of the two was meant?"""
    try:
        value: Any = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return f"the line is no JSON: {error.msg} at character {error.pos + 1:,}"
    if not isinstance(value, dict):
        return "the line is no JSON object"
    names = _count(value, 0)
    if names is None:
        return f"the line has objects within objects, {_DEEPEST} deep"
    if len(_KEYS.findall(line)) != names and (name := _repeated(line)) is not None:
        return f'the name "{name}" is there twice in one object'
    return value


def _count(value: Any, depth: int) -> int | None:
    """How many members `value` has, with those of what is in it; None where it is too deep."""
    if depth > _DEEPEST:
        return None
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    total = len(value) if isinstance(value, dict) else 0
    for each in inner:
        if isinstance(each, dict | list):
            count = _count(each, depth + 1)
            if count is None:
                return None
            total += count
    return total


def _repeated(line: str) -> str | None:
    found: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            seen: set[str] = set()
            found.extend(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        return members

    json.loads(line, object_pairs_hook=look)
    return found[0] if found else None

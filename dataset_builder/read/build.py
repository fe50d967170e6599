"""A build on a disk: its files with their digests, and what manifest, card, Croissant and Parquet files say."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from dataset_builder.errors import UsageError
from dataset_builder.model.build import BuildFiles, Manifest, ParquetFile, Unreadable
from dataset_builder.model.manifest import FileEntry
from dataset_builder.read.origins import untold_origins
from dataset_builder.schema.features import arrow_types

__all__ = [
    "BESIDE",
    "CARD",
    "CROISSANT",
    "MANIFEST",
    "SIGNATURE",
    "features_of",
    "read_build",
    "read_card",
    "read_manifest",
    "unfit",
]

MANIFEST, CARD, CROISSANT = "manifest.json", "README.md", "croissant.json"
PACKAGE, DATACITE, CITATION = "datapackage.json", "datacite.json", "CITATION.cff"
STATEMENT = "statement.json"
SIGNATURE = f"{STATEMENT}.sig"
BESIDE = (STATEMENT, SIGNATURE)
"""What lies beside the manifest, which can't name it."""

T = TypeVar("T")

_PASSED_OVER = frozenset({".git", ".cache"})  # what git and huggingface_hub keep beside the files that they bring

TableDigest = Callable[[str, Mapping[str, Sequence[Path]]], str]
"""Computes a table's content digest from its name and its files by split, both in the manifest's order."""


def read_build(
    directory: Path,
    *,
    parse_manifest: Callable[[bytes], Manifest],
    table_digest: TableDigest | None = None,
) -> BuildFiles:
    """The build in `directory`. Every file is read once, and a second time where content digests are asked for.

    Raises:
        UsageError: there is no such directory.
    """
    if not directory.is_dir():
        message = f"{directory} is no directory; name one that a build was written to"
        raise UsageError(message)
    files = {entry.path: entry for entry in _entries(directory)}
    manifest = _parsed(directory / MANIFEST, parse_manifest)
    parquet = {path: _parquet(directory / path) for path in files if path.endswith(".parquet")}
    digests = _digests(directory, manifest, parquet, table_digest) if table_digest else {}
    return BuildFiles(
        files={path: entry for path, entry in files.items() if path not in (MANIFEST, *BESIDE)},
        manifest=manifest,
        manifest_sha256=files[MANIFEST].sha256 if MANIFEST in files else None,
        card=_parsed(directory / CARD, _front_matter),
        croissant=_parsed(directory / CROISSANT, _json_object),
        package=_parsed(directory / PACKAGE, _json_object),
        datacite=_parsed(directory / DATACITE, _json_object),
        citation=_parsed(directory / CITATION, _yaml_object),
        statement=_parsed(directory / STATEMENT, _json_object),
        origins=tuple(untold_origins(directory, parquet)) if table_digest else (),
        parquet=parquet,
        digests=digests,
    )


def read_manifest(directory: Path, parse: Callable[[bytes], Manifest]) -> Manifest:
    """What the manifest of the build in `directory` states; it isn't compared with the files.

    Raises:
        UsageError: there is none, or it can't be read.
    """
    path = directory / MANIFEST
    try:
        found = _parsed(path, parse)
    except OSError as error:
        message = f"{path} can't be read: {error.strerror}"
        raise UsageError(message) from error
    if isinstance(found, Manifest):
        return found
    reason = f"{MANIFEST} can't be read: {found.message}" if found else f"it has no {MANIFEST}"
    message = f"{directory} is no build: {reason}; name a folder that `dataset-builder build` wrote"
    raise UsageError(message)


def read_card(directory: Path) -> str:
    """The card of the build in `directory`; empty where it has none."""
    path = directory / CARD
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""


def _entries(directory: Path) -> Iterator[FileEntry]:
    """Every file below `directory` with its size and digest, by path."""
    for folder, folders, names in os.walk(directory):
        folders[:] = sorted(set(folders) - _PASSED_OVER)
        for name in sorted(names):
            path = Path(folder, name)
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                size = stream.tell()
            yield FileEntry(path=path.relative_to(directory).as_posix(), bytes=size, sha256=digest)


def _parsed(path: Path, parse: Callable[[bytes], T]) -> T | Unreadable | None:
    """What the file says; None where it is missing."""
    if not path.is_file():
        return None
    try:
        return parse(path.read_bytes())
    except json.JSONDecodeError as error:
        return Unreadable(message=f"it is no JSON: {error.msg}", line=error.lineno, column=error.colno)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 2, mark.column + 1) if mark else (None, None)  # the first line is ---
        return Unreadable(message=f"its YAML can't be read: {error.problem or error}", line=line, column=column)
    except UnicodeDecodeError:
        return Unreadable(message="it is not UTF-8")
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        return Unreadable(message="it is nested too deeply" if isinstance(error, RecursionError) else str(error))


def _json_object(data: bytes) -> Mapping[str, Any]:
    value = json.loads(data)
    if not isinstance(value, dict):
        message = "it is no JSON object"
        raise ValueError(message)  # noqa: TRY004 - a fault of the data, like those that json reports
    return value


def _yaml_object(data: bytes) -> Mapping[str, Any]:
    value = yaml.load(data.decode("utf-8"), Loader=_UniqueKeys)  # noqa: S506 - a safe loader
    if not isinstance(value, dict):
        message = "it is no YAML mapping"
        raise ValueError(message)  # noqa: TRY004 - a fault of the data
    return value


class _UniqueKeys(yaml.SafeLoader):
    """Refuses a key that occurs twice, as `datasets` does."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) < len(node.value):
            message = "a key occurs twice"
            raise yaml.constructor.ConstructorError(None, None, message, node.start_mark)
        return mapping


def _front_matter(data: bytes) -> Mapping[str, Any]:
    """The YAML at the head of a card, found as `datasets` finds it."""
    lines = data.decode("utf-8").splitlines()
    if not lines or lines[0] != "---" or "---" not in lines[1:]:
        message = "it has no YAML between lines of --- at its head"
        raise ValueError(message)
    text = "\n".join(lines[1 : lines.index("---", 1)])
    value = yaml.load(text, Loader=_UniqueKeys)  # noqa: S506 - a safe loader
    if not isinstance(value, dict):
        message = "its YAML is no mapping"
        raise ValueError(message)  # noqa: TRY004 - a fault of the data
    return value


def _parquet(path: Path) -> ParquetFile | Unreadable:
    try:
        with pq.ParquetFile(path) as file:
            rows, schema = file.metadata.num_rows, file.schema_arrow
    except (pa.ArrowException, OSError) as error:
        return Unreadable(message=str(error).splitlines()[0])
    features = features_of(schema)
    sound = all(map(_is_feature, (features or {}).values()))
    return ParquetFile(rows=rows, features=features if sound else None, unfit=tuple(unfit(schema, features or {})))


def unfit(schema: pa.Schema, features: Mapping[str, Any]) -> Iterator[str]:
    """The columns whose features are not those of their Arrow type. Parquet names the items of lists otherwise."""
    for name in {**dict.fromkeys(schema.names), **dict.fromkeys(features)} if features else ():
        try:
            expected = pa.field(name, arrow_types({name: features[name]})[name])
            fits = schema.field(name).equals(expected)
        except (KeyError, ValueError, TypeError, AttributeError):
            fits = False
        if not fits:
            yield name


def features_of(schema: pa.Schema) -> Mapping[str, Any] | None:
    """The features in the schema's `huggingface` metadata."""
    try:
        found = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, TypeError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _is_feature(value: Any) -> bool:
    """Whether `value` is of the shape that `datasets.Features.to_dict` gives a feature."""
    if not isinstance(value, dict):
        return False
    kind = value.get("_type")
    if not isinstance(kind, str):
        return all(map(_is_feature, value.values()))
    if kind in ("List", "LargeList"):
        return _is_feature(value.get("feature"))
    return kind != "ClassLabel" or isinstance(value.get("names"), list)


def _digests(
    directory: Path,
    manifest: Manifest | Unreadable | None,
    parquet: Mapping[str, ParquetFile | Unreadable],
    table_digest: TableDigest,
) -> dict[str, str]:
    """The content digests of those tables whose files are all there and whole."""
    found = {}
    for table in manifest.tables if isinstance(manifest, Manifest) else ():
        paths = [file.path for split in table.splits.values() for file in split.files]
        if all(isinstance(parquet.get(path), ParquetFile) for path in paths):
            by_split = {name: [directory / file.path for file in split.files] for name, split in table.splits.items()}
            try:
                found[table.name] = table_digest(table.name, by_split)
            except (pa.ArrowException, OSError):  # a damaged page, which only shows when it is read
                found[table.name] = ""
    return found

"""The manifest of a build: what it consists of, file by file, and what it was made of. It knows no time or place."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from dataset_builder.model.build import Manifest
from dataset_builder.model.manifest import AgreementFacts, FileEntry, Inputs, SplitFacts, TableFacts
from dataset_builder.model.project import Fields, Project
from dataset_builder.model.result import Summary

__all__ = ["FORMAT", "parse_manifest", "render_manifest"]

FORMAT = 1
"""Grows when what an older reader relies on changes."""


def render_manifest(  # noqa: PLR0913 - it reads as the list of what a manifest states
    *,
    project: Project,
    tables: Sequence[TableFacts],
    inputs: Inputs,
    files: Sequence[FileEntry],
    versions: Mapping[str, str],
    summary: Summary,
    agreement: Sequence[AgreementFacts] = (),
) -> str:
    """The manifest of a build of `files`, as JSON. Tables and splits keep their order, which is the project's."""
    document = {
        "format": FORMAT,
        "name": project.name,
        "version": project.version,
        "license": project.license,
        "counts": {
            "articles": summary.articles,
            "annotations": summary.annotations,
        },
        "made_by": dict(sorted(versions.items())),
        "inputs": dict(sorted(inputs.digests.items())),
        **_fields(project.fields),
        "agreement": [_agreement(figure) for figure in agreement],
        "tables": {table.name: _table(table) for table in tables},
        "files": {file.path: _file(file) for file in sorted(files, key=lambda file: file.path)},
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _fields(fields: Fields) -> dict[str, Any]:
    """The properties that are not called what they are called unless configured; needed to read the schemas."""
    named = asdict(fields)
    others = {name: own for name, own in named.items() if own != getattr(Fields(), name)}
    return {"fields": others} if others else {}


def _agreement(figure: AgreementFacts) -> dict[str, Any]:
    return {
        "path": figure.path,
        "measure": figure.measure,
        "annotators": list(figure.annotators),
        "n": figure.n,
        "values": dict(figure.values),
    }


def _table(table: TableFacts) -> dict[str, Any]:
    splits = {
        name: {"rows": split.rows, "bytes": split.bytes, "files": [file.path for file in split.files]}
        for name, split in table.splits.items()
    }
    return {"rows": table.rows, "digest": table.digest, "splits": splits}


def _file(file: FileEntry) -> dict[str, Any]:
    rows = {} if file.rows is None else {"rows": file.rows}
    return {"bytes": file.bytes, "sha256": file.sha256, **rows}


def parse_manifest(text: str | bytes) -> Manifest:
    """What the manifest `text` states.

    Raises:
        ValueError: it is no JSON (`json.JSONDecodeError`), or not a manifest of this format; the message says why.
    """
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        found = document.get("format") if isinstance(document, dict) else None
        message = f"the manifest must be of format {FORMAT}, and this one's is {json.dumps(found)}"
        raise ValueError(message)
    try:
        return _manifest(document)
    except KeyError as error:
        message = f"the manifest lacks {json.dumps(error.args[0])}"
        raise ValueError(message) from error
    except (AttributeError, TypeError) as error:
        message = "the manifest is not of the shape that a build writes"
        raise ValueError(message) from error


def _manifest(document: Mapping[str, Any]) -> Manifest:
    files = {path: _file_entry(path, entry) for path, entry in document["files"].items()}
    return Manifest(
        name=_text(document["name"]),
        version=_text(document["version"]),
        license=_text(document["license"]),
        tables=tuple(_table_facts(name, table, files) for name, table in document["tables"].items()),
        files=tuple(files[path] for path in sorted(files)),
        inputs=Inputs(digests={name: _text(digest) for name, digest in document["inputs"].items()}),
        versions={name: _text(version) for name, version in document["made_by"].items()},
        counts={name: _number(number) for name, number in document["counts"].items()},
        fields=Fields(**{name: _text(own) for name, own in document.get("fields", {}).items()}),
        agreement=tuple(map(_agreement_facts, document["agreement"])) if "agreement" in document else None,
    )


def _agreement_facts(figure: Mapping[str, Any]) -> AgreementFacts:
    values = {name: None if value is None else _real(value) for name, value in figure["values"].items()}
    annotators = tuple(map(_text, figure["annotators"]))
    path, measure = _text(figure["path"]), _text(figure["measure"])
    return AgreementFacts(path=path, measure=measure, annotators=annotators, n=_number(figure["n"]), values=values)


def _file_entry(path: str, entry: Mapping[str, Any]) -> FileEntry:
    rows = entry.get("rows")
    return FileEntry(
        path=path,
        bytes=_number(entry["bytes"]),
        sha256=_text(entry["sha256"]),
        rows=None if rows is None else _number(rows),
    )


def _table_facts(name: str, table: Mapping[str, Any], files: Mapping[str, FileEntry]) -> TableFacts:
    splits = {
        split: SplitFacts(
            rows=_number(facts["rows"]),
            bytes=_number(facts["bytes"]),
            files=tuple(files[path] for path in facts["files"]),
        )
        for split, facts in table["splits"].items()
    }
    return TableFacts(name=name, digest=_text(table["digest"]), splits=splits)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: object) -> int:
    if type(value) is not int:
        raise TypeError
    return value


def _real(value: object) -> float:
    if type(value) not in (int, float):
        raise TypeError
    return float(value)  # type: ignore[arg-type]

"""What a build is and what it was made of, as an in-toto statement that whoever made it can sign.

https://in-toto.io/Statement/v1 with the predicate https://slsa.dev/provenance/v1. It lies beside the manifest and names
that too, so neither can stand in the other; whoever trusts it, trusts every file. It knows no time, place or person.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dataset_builder.model.manifest import FileEntry, Inputs
from dataset_builder.model.project import Project

__all__ = ["BUILD_TYPE", "STATEMENT", "render_statement", "stated_subjects"]

STATEMENT = "statement.json"

BUILD_TYPE = "urn:dataset-builder:build:1"
"""Grows when what follows from the inputs is told otherwise."""

_TYPE, _PREDICATE = "https://in-toto.io/Statement/v1", "https://slsa.dev/provenance/v1"
_TOOL = "dataset-builder"


def render_statement(
    *,
    project: Project,
    manifest: FileEntry,
    files: Sequence[FileEntry],
    inputs: Inputs,
    versions: Mapping[str, str],
) -> str:
    """The statement on a build of `files` and its `manifest`, as JSON."""
    subjects = (manifest, *sorted(files, key=lambda file: file.path))
    schemas = [file for file in subjects if file.path.startswith("schema/")]
    document = {
        "_type": _TYPE,
        "subject": [{"name": file.path, "digest": {"sha256": file.sha256}} for file in subjects],
        "predicateType": _PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {"name": project.name, "version": project.version},
                "resolvedDependencies": [*map(_input, sorted(inputs.digests.items())), *map(_schema, schemas)],
            },
            "runDetails": {"builder": {"id": f"urn:{_TOOL}", "version": dict(sorted(versions.items()))}},
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _input(found: tuple[str, str]) -> dict[str, Any]:
    """All sources of a kind: their digest is no file's, so it has a name of its own."""
    kind, digest = found
    return {"name": kind, "digest": {"dataset-builder-inputs": digest}}


def _schema(file: FileEntry) -> dict[str, Any]:
    return {"name": file.path, "digest": {"sha256": file.sha256}}


def stated_subjects(statement: Mapping[str, Any]) -> dict[str, Any]:
    """The SHA-256 that a statement has of each file, by path; empty where it isn't of the shape of one."""
    listed = statement.get("subject")
    subjects = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    digests = {str(each.get("name")): each.get("digest") for each in subjects}
    return {name: digest.get("sha256") if isinstance(digest, dict) else None for name, digest in digests.items()}

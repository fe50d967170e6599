"""Whether a source is of one of the formats in JSON; apart from what reads them, since it is asked of every source."""

import json
from collections.abc import Iterator
from typing import Any

from dataset_builder.formats.source import Source, Unreadable

__all__ = [
    "detect_doccano",
    "detect_label_studio",
    "detect_prodigy",
    "detect_standoff",
    "detect_web_annotation",
    "first_object",
]

_ENDINGS = (".json", ".jsonl", ".ndjson", ".jsonld")
_MOST_FILES = 5  # that are looked into
_CONTEXT = "www.w3.org/ns/anno.jsonld"


def _first(source: Source) -> Iterator[dict[str, Any]]:
    """The first object of some files of `source`."""
    files = [file for file in source.files if file.lower().endswith(_ENDINGS)]
    yield from filter(None, (first_object(source, file) for file in files[:_MOST_FILES]))


def first_object(source: Source, file: str) -> dict[str, Any] | None:
    """The first object of `file`; None if the file begins otherwise, or the object is very long."""
    try:
        text = source.head(file).decode("utf-8-sig", "ignore").lstrip()
        value, _ = json.JSONDecoder().raw_decode(text.removeprefix("[").lstrip())
    except (Unreadable, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _most(source: Source, sure: Any) -> int:
    return max((sure(value) for value in _first(source)), default=0)


def detect_standoff(source: Source) -> int:
    """How sure it is that `source` was written by an export to `standoff`."""
    return _most(source, lambda value: 95 if value.get("format") == "dataset-builder/standoff" else 0)


def detect_label_studio(source: Source) -> int:
    """How sure it is that `source` is an export of Label Studio, JSON or JSON-MIN."""
    return _most(source, _label_studio)


def _label_studio(value: dict[str, Any]) -> int:
    if isinstance(value.get("data"), dict):
        known = ("annotations", "completions", "predictions")
        return 90 if any(isinstance(value.get(name), list) for name in known) else 60
    if isinstance(value.get("task"), dict) and isinstance(value.get("result"), list):
        return 90
    return 90 if "annotation_id" in value and "annotator" in value else 0


def detect_doccano(source: Source) -> int:
    """How sure it is that `source` is an export of doccano."""
    return _most(source, _doccano)


def _doccano(value: dict[str, Any]) -> int:
    if not isinstance(value.get("text", value.get("data")), str) or "_input_hash" in value or "format" in value:
        return 0
    if "annotation_approver" in value or "Comments" in value:
        return 90
    if isinstance(value.get("entities"), list) and isinstance(value.get("relations"), list):
        return 80
    said = value.get("annotations")
    if isinstance(said, list) and any(isinstance(each, dict) and "user" in each for each in said):
        return 80
    labels = next((value[name] for name in ("label", "labels") if isinstance(value.get(name), list)), None)
    return 50 if labels is not None else 0


def detect_prodigy(source: Source) -> int:
    """How sure it is that `source` is an export of Prodigy."""
    return _most(source, _prodigy)


def _prodigy(value: dict[str, Any]) -> int:
    if "_input_hash" in value or "_task_hash" in value:
        return 90
    if not isinstance(value.get("text"), str):
        return 0
    if value.get("answer") in ("accept", "reject", "ignore"):
        return 85
    return 60 if isinstance(value.get("spans"), list) else 0


def detect_web_annotation(source: Source) -> int:
    """How sure it is that `source` holds Web Annotations."""
    return _most(source, _web_annotation)


def _web_annotation(value: dict[str, Any]) -> int:
    context = value.get("@context")
    if any(_CONTEXT in each for each in (context if isinstance(context, list) else [context]) if isinstance(each, str)):
        return 95
    types = value.get("type")
    known = ("Annotation", "AnnotationPage", "AnnotationCollection")
    return 70 if any(each in known for each in (types if isinstance(types, list) else [types])) else 0

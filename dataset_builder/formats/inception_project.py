"""`exportedproject.json`: what INCEpTION says of a project's documents, layers and tag sets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from dataset_builder.formats.cas import Cas, short
from dataset_builder.formats.cas_items import Reading
from dataset_builder.formats.cas_parts import base_of
from dataset_builder.formats.cas_values import LABELS, USUAL_LABELS
from dataset_builder.formats.format import Declared
from dataset_builder.model.foreign import Trouble

__all__ = ["Feature", "ProjectLayer", "ProjectSays", "read_project"]

_KINDS = {
    "uima.cas.Boolean": "boolean",
    "uima.cas.Integer": "integer",
    "uima.cas.Long": "integer",
    "uima.cas.Float": "number",
    "uima.cas.Double": "number",
}
_BOOLEANS = {"true": True, "false": False}
_LONGEST_TITLE = 100


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of a layer."""

    name: str
    kind: str | None  # of values that are no texts
    tags: Mapping[str, str | None] = field(default_factory=dict)  # with what they mean


@dataclass(frozen=True, slots=True)
class ProjectLayer:
    """A layer of the project."""

    type: str
    kind: str  # "span", "relation", "chain"
    features: tuple[Feature, ...]


@dataclass(slots=True)
class ProjectSays:
    """What the description says; what it doesn't say well is in `troubles`."""

    documents: dict[str, str] = field(default_factory=dict)  # name to format
    states: dict[tuple[str, str], str] = field(default_factory=dict)  # document and user to how far that is
    layers: list[ProjectLayer] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    def declare(self, into: Declared, reading: Reading) -> dict[str, tuple[str, ...]]:
        """Adds the tags of tag sets to `into`; the tags of each layer's label, by layer."""
        closed: dict[str, tuple[str, ...]] = {}
        for layer in self.layers:
            if not any(feature.tags for feature in layer.features):
                continue
            type_ = f"{layer.type}Link" if layer.kind == "chain" else layer.type
            name = reading.layer_of(type_, placed=layer.kind != "relation")
            label = _label(type_, layer.features)
            for feature in layer.features:
                if feature.tags and feature is label:
                    into.labels.setdefault(name, {}).update(feature.tags)
                    closed[name] = tuple(feature.tags)
                elif feature.tags:
                    into.values.setdefault(name, {})[feature.name] = list(feature.tags)
        return closed

    def give_kinds(self, cas: Cas) -> None:
        """Makes texts in `cas` the numbers that features hold, for files that don't say what is one."""
        kinds = {(layer.type, each.name): each.kind for layer in self.layers for each in layer.features if each.kind}
        for structure in cas.structures.values() if kinds else ():
            for name, value in tuple(structure.features.items()):
                kind = kinds.get((structure.type, name))
                if kind is None or not isinstance(value, str):
                    continue
                try:
                    structure.features[name] = _typed(value, kind)
                except (ValueError, KeyError):
                    del structure.features[name]
                    structure.loose[name] = value
                    message = f'"{name}" should be {kind}, and is {value[:60]!r}: it is kept under extra'
                    cas.tell("import-kept", message, structure.line)


def _typed(value: str, kind: str) -> bool | int | float:
    if kind == "boolean":
        return _BOOLEANS[value]
    return int(value) if kind == "integer" else float(value)


def _label(type_: str, features: tuple[Feature, ...]) -> Feature | None:
    called = short(base_of(type_))
    names = (LABELS[called],) if called in LABELS else USUAL_LABELS
    return next((each for name in names for each in features if each.name == name), None)


def read_project(data: bytes, file: str) -> ProjectSays:
    """What the description in `data` says; what is strange in it is passed over with a word."""
    found = ProjectSays()
    try:
        value = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        found.troubles.append(Trouble("import-configuration", f"it is no JSON: {error.msg}", file, error.lineno))
        return found
    if not isinstance(value, dict):
        found.troubles.append(Trouble("import-configuration", "it is no object", file))
        return found
    for document in _dicts(value.get("source_documents")):
        name = document.get("name")
        if isinstance(name, str) and name:
            found.documents[name] = str(document.get("format", ""))
    for document in _dicts(value.get("annotation_documents")):
        name, user, state = (document.get(each) for each in ("name", "user", "state"))
        if isinstance(name, str) and isinstance(user, str) and isinstance(state, str):
            found.states[name, user] = state
    sets = {str(each.get("name")): _tags(each) for each in _dicts(value.get("tag_sets"))}
    for layer in _dicts(value.get("layers")):
        name = layer.get("name")
        if not isinstance(name, str) or not name:
            found.troubles.append(Trouble("import-configuration", "a layer has no name", file))
        elif layer.get("enabled", True) is not False:
            features = tuple(_features(layer, sets))
            found.layers.append(ProjectLayer(name, str(layer.get("type", "span")), features))
    return found


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    yield from (each for each in (value if isinstance(value, list) else ()) if isinstance(each, dict))


def _features(layer: dict[str, Any], sets: Mapping[str, Mapping[str, str | None]]) -> Iterator[Feature]:
    for feature in _dicts(layer.get("features")):
        name, tagset = feature.get("name"), feature.get("tag_set")
        if isinstance(name, str) and name:
            tags = _tags(tagset) if isinstance(tagset, dict) else {}
            if not tags:
                called = tagset.get("name") if isinstance(tagset, dict) else tagset
                tags = dict(sets.get(str(called), {}))
            yield Feature(name, _KINDS.get(str(feature.get("type"))), tags)


def _tags(tagset: dict[str, Any]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for tag in _dicts(tagset.get("tags")):
        name, meaning = tag.get("tag_name", tag.get("name")), tag.get("tag_description", tag.get("description"))
        if isinstance(name, str) and name:
            title = " ".join(meaning.split()) if isinstance(meaning, str) else ""
            found[name] = title if title and title != name and len(title) <= _LONGEST_TITLE else None
    return found

"""The schemas of a project: loaded, checked against the metaschema, references resolved offline."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

import jsonschema_rs
from referencing import Registry
from referencing.jsonschema import SchemaRegistry

from dataset_builder.model.diagnostic import Pointer
from dataset_builder.schema.columns import Column, columns_of
from dataset_builder.schema.compile import compile_shape
from dataset_builder.schema.dialect import DRAFT_7, LATEST, Dialect, dialect_of, resource_of
from dataset_builder.schema.plan import Plan, compile_plan
from dataset_builder.schema.shape import Shape
from dataset_builder.schema.unfolding import why_too_large

__all__ = [
    "PROJECT_URI",
    "Schema",
    "SchemaSet",
    "absolute_uri",
    "draft_7_metaschema",
    "file_of",
    "is_uri_reference",
    "project_schema",
    "reference_targets",
    "standoff_metaschema",
    "subschemas",
    "uri_of",
]

PROJECT_URI = "https://project.invalid/"
"""What every schema file's URI begins with; its path follows. The host can't exist (RFC 6761)."""

_VOCABULARY = "urn:dataset-builder:vocabulary:standoff"
_NOWHERE = "about:invalid"
_URI_REFERENCE = re.compile(r"([A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")
_IN_PATHS = "/!$&'()*+,;=:@~"  # what stands in the path of a URI as it is (RFC 3986, section 3.3)

_INSTANCES = frozenset({"const", "enum", "default", "examples"})
_BY_NAME = frozenset({"properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"})


def uri_of(file: str) -> str:
    """The URI of a schema file, which is relative to the project."""
    return PROJECT_URI + quote(file, safe=_IN_PATHS)


def file_of(uri: str) -> str:
    """The schema file that a URI names."""
    return unquote(uri.removeprefix(PROJECT_URI))


def is_uri_reference(text: str) -> bool:
    """Whether `text` may stand where a URI, or a part of one, is asked for."""
    return _URI_REFERENCE.fullmatch(text) is not None and absolute_uri(PROJECT_URI, text) != _NOWHERE


def absolute_uri(base: str, reference: str) -> str:
    """What `reference` means in a schema at `base`; what is no URI at all leads nowhere."""
    if reference.startswith("#"):  # to urljoin, a URN is nothing that a fragment could be of
        return urldefrag(base).url + (reference if len(reference) > 1 else "")
    try:
        urlsplit(reference)
        return urljoin(base, reference)
    except ValueError:  # as of http://[
        return _NOWHERE


@cache
def standoff_metaschema() -> dict[str, Any]:
    """The metaschema of JSON Schema 2020-12 with the standoff vocabulary."""
    return _shipped("standoff.schema.json")


@cache
def draft_7_metaschema() -> dict[str, Any]:
    """The metaschema of JSON Schema draft 7 with the standoff vocabulary.

    That of draft 7 refers to itself as `#` wherever a schema may stand, so what is added to it holds at any depth.
    Where a schema or an array may stand, it is told which of them was meant.
    """
    from jsonschema import Draft7Validator

    own, plain = standoff_metaschema(), Draft7Validator.META_SCHEMA
    items, names = ({"$ref": f"#/definitions/{name}Array"} for name in ("schema", "string"))
    either = {"if": {"type": "array"}, "else": {"$ref": "#"}}
    spelt = {
        "items": {**either, "then": items},
        "dependencies": {"type": "object", "additionalProperties": {**either, "then": names}},
    }
    return {
        **plain,
        "$id": f"{own['$id']}:draft-07",
        "propertyNames": own["propertyNames"],
        "properties": {**plain["properties"], **own["properties"], **spelt},
        "$defs": own["$defs"],
    }


@cache
def project_schema() -> dict[str, Any]:
    """The schema of a project's configuration."""
    return _shipped("project.schema.json")


def _shipped(name: str) -> dict[str, Any]:
    contents: dict[str, Any] = json.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return contents


@dataclass(frozen=True)
class SchemaSet:
    """All schema files that a project's records depend on, by URI. Pickles; validators are built where they run."""

    contents: Mapping[str, Any]  # URI to schema, every file once
    article: str | None  # URIs
    annotation: str | None
    link: str | None

    @cached_property
    def articles(self) -> "Schema":
        """The schema of an article's metadata; one that admits anything where there is none."""
        return Schema(self, self.article)

    @cached_property
    def annotations(self) -> "Schema":
        """The schema of an annotation."""
        return Schema(self, self.annotation)

    @cached_property
    def links(self) -> "Schema":
        """The schema of a link."""
        return Schema(self, self.link)

    @cached_property
    def registry(self) -> SchemaRegistry:
        """Resolves references within the set, by file or by `$id`; nothing is fetched."""
        resources = ((uri, resource_of(contents)) for uri, contents in self.canonical.items())
        registry: SchemaRegistry = Registry().with_resources(resources)
        return registry

    @cached_property
    def canonical(self) -> Mapping[str, Any]:
        """The schemas, with references to what has an `$id` by that alone.

        Validators and resolvers start a file's own references from the name that led to it, not from its `$id`.
        """
        names = {uri: own for uri, contents in self.contents.items() if (own := resource_of(contents).id())}
        names = {uri: urldefrag(absolute_uri(uri, own)).url for uri, own in names.items()}
        return {uri: _renamed(contents, uri, names) for uri, contents in self.contents.items()}

    def __getstate__(self) -> dict[str, Any]:
        return {name: self.__dict__[name] for name in ("contents", "article", "annotation", "link")}


class Schema:
    """One schema of a project, with all that is derived from it, each made when it is first asked for."""

    def __init__(self, schemas: SchemaSet, uri: str | None) -> None:
        self.schemas = schemas
        self.uri = uri

    @property
    def file(self) -> str:
        """The schema's file, relative to the project; empty where there is none."""
        return file_of(self.uri or "")

    @property
    def contents(self) -> Any:
        """The schema itself; `true` where the project has none."""
        return self.schemas.contents[self.uri] if self.uri else True

    @cached_property
    def shape(self) -> Shape:
        """What the schema says of a record, references resolved."""
        return compile_shape(*self._resolvable, self.file)

    @property
    def obstacle(self) -> str | None:
        """Why the schema, valid as it may be, can't be compiled; None if it can. Nothing else may be asked for then."""
        return why_too_large(*self._resolvable)

    @property
    def _resolvable(self) -> tuple[Any, Any]:
        """The schema, and what resolves references in it."""
        resource = self.schemas.registry.get(self.uri or "") or resource_of(self.contents)
        base = urldefrag(absolute_uri(self.uri or "", resource.id() or "")).url
        return resource.contents, self.schemas.registry.resolver(base_uri=base)

    @cached_property
    def plan(self) -> Plan:
        """What to check and publish of a record."""
        return compile_plan(self.shape)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of a record."""
        return columns_of(self.shape)

    @cached_property
    def validator(self) -> Any:
        """The compiled validator: `is_valid(value)` for a verdict, `iter_errors(value)` for all violations.

        Formats are asserted; patterns run in a linear-time engine.
        """
        contents, metaschema = self.schemas.canonical.get(self.uri or "", True), standoff_metaschema()
        resources = [*self.schemas.canonical.items(), (metaschema["$id"], metaschema)]
        return (dialect_of(contents) or LATEST).validator(
            contents,
            registry=jsonschema_rs.Registry(resources),
            base_uri=self.uri or PROJECT_URI,
            vocabularies=[_VOCABULARY],
            validate_formats=True,
            offline=True,
            pattern_options=jsonschema_rs.RegexOptions(),
        )


def reference_targets(contents: Any, base: str) -> Iterator[tuple[Pointer, str]]:
    """Every reference within `contents`: its place, and the absolute URI it means, fragment kept."""
    dialect = dialect_of(contents) or LATEST
    bases: dict[Pointer, str] = {}
    for pointer, schema in subschemas(contents):
        outer = next(
            (bases[pointer[:size]] for size in range(len(pointer) - 1, -1, -1) if pointer[:size] in bases), base
        )
        bases[pointer] = absolute_uri(outer, _own_base(schema, dialect))
        for keyword in ("$ref", "$dynamicRef"):
            if isinstance(schema.get(keyword), str) and keyword not in dialect.unknown:
                yield (*pointer, keyword), absolute_uri(bases[pointer], schema[keyword])


def _renamed(contents: Any, base: str, names: Mapping[str, str]) -> Any:
    """`contents` with every reference to one of `names` leading to the name that it has there."""
    renamed = {}
    for pointer, target in reference_targets(contents, base):
        address, fragment = urldefrag(target)
        if names.get(address, address) != address:
            renamed[pointer] = f"{names[address]}#{fragment}"
    return _replaced(contents, renamed) if renamed else contents


def _replaced(value: Any, new: Mapping[Pointer, str], pointer: Pointer = ()) -> Any:
    if isinstance(value, Mapping):
        return {name: _replaced(inner, new, (*pointer, name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, new, (*pointer, index)) for index, inner in enumerate(value)]
    return new.get(pointer, value)


def _own_base(schema: Mapping[str, Any], dialect: Dialect) -> str:
    """What `schema` has references in it start from, relative to what is around it; empty where it leaves that."""
    own = schema.get("$id")
    anchors = dialect is DRAFT_7 and ("$ref" in schema or str(own).startswith("#"))
    return own if isinstance(own, str) and not anchors else ""


def subschemas(contents: Any, pointer: Pointer = ()) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    """Every object within `contents` that may be a schema, with its place; instances aren't entered."""
    if isinstance(contents, Mapping):
        yield pointer, contents
        for keyword, value in contents.items():
            if keyword in _BY_NAME and isinstance(value, Mapping):
                for name, inner in value.items():  # a name is no keyword: a property may be called "default"
                    yield from subschemas(inner, (*pointer, keyword, name))
            elif keyword not in _INSTANCES:
                yield from subschemas(value, (*pointer, keyword))
    elif isinstance(contents, list):
        for index, item in enumerate(contents):
            yield from subschemas(item, (*pointer, index))

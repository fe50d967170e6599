"""The project's schema files and all that they refer to, checked so that what compiles them can trust them."""

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urldefrag

import jsonschema_rs
from jsonschema import Draft202012Validator
from referencing.exceptions import Unresolvable

from dataset_builder.model.diagnostic import Pointer
from dataset_builder.model.document import Document, Flaw
from dataset_builder.model.project import Project
from dataset_builder.model.source import Source
from dataset_builder.read.files import Reader, lies_within
from dataset_builder.read.json import JsonLimits, read_document
from dataset_builder.schema.registry import (
    DIALECT,
    PROJECT_URI,
    SchemaSet,
    reference_targets,
    standoff_metaschema,
    subschemas,
)

__all__ = ["read_schemas"]

ROLES = ("article", "annotation", "link")


def read_schemas(project: Project) -> tuple[SchemaSet, dict[str, Document]]:
    """The schemas of `project`, and the document of each schema file; flaws are in the documents.

    Only where no document has a flaw may the set be compiled.
    """
    reader = _SchemaReader(project)
    roles = {role: reader.add_role(role) for role in ROLES}
    reader.follow_references()
    contents = {uri: document.value for uri, document in reader.documents.items() if document.readable}
    schemas = SchemaSet(contents, *(roles[role] if roles[role] in contents else None for role in ROLES))
    for uri, document in reader.documents.items():
        if not document.flaws:
            document.flaws = tuple(_flaws(uri, document, schemas, reader.refused))
    return schemas, {document.source.file: document for document in reader.documents.values()}


class _SchemaReader:
    """Reads schema files until every reference that may be followed has been."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.documents: dict[str, Document] = {}
        self.refused: dict[str, str] = {}  # reference to the reason for which it isn't followed

    def add_role(self, role: str) -> str | None:
        file = f"{self.project.paths.schema}/{role}.schema.json"
        return self.add(file) if (self.project.root / file).is_file() else None

    def add(self, file: str) -> str:
        uri = PROJECT_URI + file
        if uri not in self.documents:
            with Reader(self.project.root) as reader:
                data = reader.read(Source(file))
            limits = JsonLimits(depth=self.project.limits.depth, size=self.project.limits.bytes)
            self.documents[uri] = read_document(data, Source(file), limits)
        return uri

    def follow_references(self) -> None:
        pending = list(self.documents)
        while pending:
            uri = pending.pop()
            document = self.documents[uri]
            for _, target in reference_targets(document.value, uri) if document.readable else ():
                address = urldefrag(target).url
                if address in self.documents or address in self.refused or self._known(address):
                    continue
                file = self._file_of(address)
                if file:
                    pending.append(self.add(file))

    def _known(self, address: str) -> bool:
        own = (document.value.get("$id") for document in self.documents.values() if isinstance(document.value, dict))
        return address in set(own) or address in (DIALECT, standoff_metaschema()["$id"])

    def _file_of(self, address: str) -> str | None:
        """The project's file that `address` names; None if there is none that may be read, which is remembered."""
        if not address.startswith(PROJECT_URI):
            self.refused[address] = "outside"
            return None
        file = unquote(address.removeprefix(PROJECT_URI))
        if ".." in PurePosixPath(file).parts or not lies_within(self.project.root, file):
            self.refused[address] = "outside"
        elif not (self.project.root / file).is_file():
            self.refused[address] = "missing"
        else:
            return file
        return None


def _flaws(uri: str, document: Document, schemas: SchemaSet, refused: Mapping[str, str]) -> Iterator[Flaw]:
    dialect = document.value.get("$schema", DIALECT) if isinstance(document.value, dict) else DIALECT
    if dialect not in (DIALECT, standoff_metaschema()["$id"]):
        yield _flaw(
            document, "schema-dialect", f"the schema is written for {dialect!r}; expected {DIALECT!r}", ("$schema",)
        )
        return
    invalid = False
    for error in Draft202012Validator(standoff_metaschema(), registry=schemas.registry).iter_errors(document.value):
        invalid = True
        yield _flaw(document, "schema-invalid", error.message, tuple(error.absolute_path))
    if invalid:
        return
    yield from _reference_flaws(uri, document, schemas, refused)
    for pointer, schema in subschemas(document.value):
        for name, pattern in _patterns(schema):
            reason = _unrunnable(pattern)
            if reason:
                yield _flaw(
                    document, "schema-pattern", f"the pattern {pattern!r} can't be run: {reason}", (*pointer, *name)
                )


def _reference_flaws(uri: str, document: Document, schemas: SchemaSet, refused: Mapping[str, str]) -> Iterator[Flaw]:
    resolver = schemas.registry.resolver()
    for pointer, target in reference_targets(document.value, uri):
        reason = refused.get(urldefrag(target).url)
        if reason == "outside" or _climbs(document, pointer):
            message = "the reference leaves the project; nothing outside it is read, and nothing is fetched"
            yield _flaw(document, "schema-reference-outside", message, pointer)
            continue
        try:
            resolver.lookup(target)
        except Unresolvable:
            yield _flaw(document, "schema-reference", "the reference leads to nothing", pointer)


def _climbs(document: Document, pointer: Pointer) -> bool:
    """Whether the reference at `pointer` climbs above the project; URLs stop there, file systems don't."""
    reference = document.value
    for step in pointer:
        reference = reference[step]
    path = urldefrag(str(reference)).url
    return posixpath.normpath(posixpath.join(posixpath.dirname(document.source.file), path)).startswith("..")


def _patterns(schema: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    if isinstance(schema.get("pattern"), str):
        yield ("pattern",), schema["pattern"]
    for pattern in schema.get("patternProperties", ()):
        yield ("patternProperties", pattern), pattern


def _unrunnable(pattern: str) -> str | None:
    """Why the linear-time engine can't run `pattern`; None if it can."""
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions())
    except (jsonschema_rs.ValidationError, ValueError):
        return "it needs look-around or a back-reference, or is no ECMA-262 pattern; those are not run in linear time"
    return None


def _flaw(document: Document, kind: str, message: str, pointer: Pointer) -> Flaw:
    known = pointer
    while known and known not in document.values:
        known = known[:-1]
    offset = document.keys.get(known, document.values.get(known, (0, 0))[0])
    return Flaw(kind=kind, message=message, offset=offset, pointer=pointer)

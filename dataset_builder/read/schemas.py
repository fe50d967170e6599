"""The project's schema files and all that they refer to, checked so that what compiles them can trust them."""

import os
import posixpath
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urldefrag

import jsonschema_rs
from referencing.exceptions import Unresolvable

from dataset_builder.model.diagnostic import Pointer
from dataset_builder.model.document import Document, Flaw
from dataset_builder.model.project import Project
from dataset_builder.model.source import Source
from dataset_builder.read.files import Reader, flawed_file, lies_within, list_files
from dataset_builder.read.json import JsonLimits, read_document
from dataset_builder.schema.dialect import DRAFT_7, LATEST, Dialect, dialect_of
from dataset_builder.schema.registry import (
    PROJECT_URI,
    SchemaSet,
    absolute_uri,
    draft_7_metaschema,
    file_of,
    is_uri_reference,
    reference_targets,
    standoff_metaschema,
    subschemas,
    uri_of,
)

__all__ = ["read_schemas"]

ROLES = ("article", "annotation", "link")

_DEEPEST = 64  # objects and arrays in one another; what judges schemas calls itself for each
_SHOWN = 60  # characters of a pattern or a keyword that a message repeats at most
_UNKNOWN_KEYWORD = ("propertyNames", "then", "enum")  # how the metaschema's path ends where it refuses one of ours


def read_schemas(project: Project) -> tuple[SchemaSet, dict[str, Document]]:
    """The schemas of `project`, and the document of each schema file; flaws are in the documents.

    Only where no document has a flaw may the set be compiled.
    """
    reader = _SchemaReader(project)
    roles = {role: reader.add_role(role) for role in ROLES}
    reader.follow_references()
    for document in reader.documents.values():
        document.flaws = document.flaws or tuple(_own_flaws(document))
    sound = {uri: document for uri, document in reader.documents.items() if not document.flaws}
    contents = {uri: document.value for uri, document in sound.items()}
    schemas = SchemaSet(contents, *(roles[role] if roles[role] in contents else None for role in ROLES))
    for uri, document in sound.items():
        document.flaws = tuple(_reference_flaws(uri, document, schemas, reader))
    for schema in (schemas.articles, schemas.annotations, schemas.links):
        if schema.uri and (obstacle := schema.obstacle):
            document = reader.documents[schema.uri]
            document.flaws += (_flaw(document, "schema-invalid", f"the schema is too large: {obstacle}", ()),)
    return schemas, {document.source.file: document for document in reader.documents.values()}


class _SchemaReader:
    """Reads schema files until every reference that may be followed has been."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.documents: dict[str, Document] = {}
        self.refused: dict[str, str] = {}  # reference to the reason for which it isn't followed

    def add_role(self, role: str) -> str | None:
        file = f"{self.project.paths.schema}/{role}.schema.json"
        return self.add(file) if os.path.lexists(self.project.root / file) else None

    def add(self, file: str) -> str:
        uri = uri_of(file)
        if uri not in self.documents:
            self.documents[uri] = self._read(file)
        return uri

    def _read(self, file: str) -> Document:
        if not lies_within(self.project.root, file):
            return flawed_file(file, "outside", "a symbolic link leads out of the project")
        if not (self.project.root / file).is_file():
            return flawed_file(file, "unreadable", "it is no file, or a symbolic link that leads nowhere")
        try:
            with Reader(self.project.root) as reader:
                data = reader.read(Source(file))
        except OSError as error:
            return flawed_file(file, "unreadable", f"the file can't be read: {error.strerror}")
        limits = JsonLimits(depth=min(self.project.limits.depth, _DEEPEST), size=self.project.limits.bytes)
        return read_document(data, Source(file), limits)

    def follow_references(self) -> None:
        pending = list(self.documents)
        while pending:
            uri = pending.pop()
            document = self.documents[uri]
            for _, target in reference_targets(document.value, uri) if document.readable else ():
                address = urldefrag(target).url
                if address in self.documents or address in self.refused:
                    continue
                file = self._file_of(address)
                if file and uri_of(file) not in self.documents:
                    pending.append(self.add(file))

    @cached_property
    def _ids(self) -> Mapping[str, str]:
        """Files of the schema folder by the URIs that they give themselves."""
        found: dict[str, str] = {}
        for file in list_files(self.project.root, self.project.paths.schema, []):
            if file.endswith(".json"):
                value = (self.documents.get(uri_of(file)) or self._read(file)).value
                own = value.get("$id") if isinstance(value, dict) else None
                if isinstance(own, str):
                    found.setdefault(urldefrag(absolute_uri(uri_of(file), own)).url, file)
        return found

    def is_flawed(self, address: str) -> bool:
        """Whether it is the file at `address` that must be mended first."""
        file = self._ids.get(address)
        document = self.documents.get(uri_of(file) if file else address)
        return document is not None and bool(document.flaws)

    def _file_of(self, address: str) -> str | None:
        """The project's file that `address` names; None if there is none that may be read, which is remembered."""
        reason = self._reason_against(address)
        if reason is None:
            return file_of(address)
        if address in self._ids:
            return self._ids[address]
        self.refused[address] = reason
        return None

    def _reason_against(self, address: str) -> str | None:
        """Why no file is read by the name that `address` gives it."""
        file = file_of(address)
        try:
            if not address.startswith(PROJECT_URI) or ".." in PurePosixPath(file).parts:
                return "outside"
            if not lies_within(self.project.root, file):
                return "outside"
            if not (self.project.root / file).is_file():
                return "missing"
        except (OSError, ValueError):  # no file has such a name: it is too long, or has a NUL in it
            return "missing"
        return None if address == uri_of(file) else "misspelt"


def _own_flaws(document: Document) -> Iterator[Flaw]:
    """What is wrong with a schema wherever its references lead."""
    dialect = dialect_of(document.value)
    if dialect is None:
        yield _flaw(document, "schema-dialect", _other_dialect(document.value["$schema"]), ("$schema",))
        return
    violations = () if _verdict(dialect)(document.value) else tuple(_violations(document, dialect))
    yield from violations
    if violations:
        return
    for pointer, schema in subschemas(document.value):
        yield from _own_flaws_of(document, pointer, schema, dialect)


@cache
def _verdict(dialect: Dialect) -> Any:
    metaschema = draft_7_metaschema() if dialect is DRAFT_7 else standoff_metaschema()
    return dialect.validator(metaschema, offline=True).is_valid


def _violations(document: Document, dialect: Dialect) -> Iterator[Flaw]:
    """Where a schema breaks its metaschema, by a library that takes its time and has the better messages."""
    from jsonschema import Draft7Validator, Draft202012Validator
    from jsonschema.exceptions import best_match

    judge: Any = Draft202012Validator(standoff_metaschema())
    if dialect is DRAFT_7:
        judge = Draft7Validator(draft_7_metaschema())
    for error in judge.iter_errors(document.value):
        meant = best_match([error])
        message, pointer = meant.message, tuple(meant.absolute_path)
        if tuple(meant.absolute_schema_path)[-3:] == _UNKNOWN_KEYWORD:
            message, pointer = _no_keyword(meant.instance, meant.validator_value), (*pointer, meant.instance)
        yield _flaw(document, "schema-invalid", message, pointer)


def _no_keyword(name: str, known: list[str]) -> str:
    near = get_close_matches(name.casefold(), known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known[:-1])} and {known[-1]}"
    return f"{_cut(name)!r} is no keyword of the vocabulary; {hint}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _other_dialect(stated: object) -> str:
    return f"the schema is written for {stated!r}; expected {LATEST.uri!r} or {DRAFT_7.uri!r}"


def _own_flaws_of(document: Document, pointer: Pointer, schema: Mapping[str, Any], dialect: Dialect) -> Iterator[Flaw]:
    """What the metaschema can't say of one schema within a document."""
    for keyword in ("$id", "$schema"):
        own = schema.get(keyword)
        if isinstance(own, str) and not is_uri_reference(own):
            yield _flaw(document, "schema-invalid", f"{own!r} is no URI reference", (*pointer, keyword))
        elif keyword == "$schema" and pointer and own is not None and dialect_of(schema) is not dialect:
            message = f"a schema within one for {dialect.name} is written for {own!r}: a file is for one version"
            yield _flaw(document, "schema-dialect", message, (*pointer, keyword))
    for keyword, reason in _unheeded(schema, dialect):
        yield _flaw(document, "schema-invalid", f"{keyword!r} {reason}", (*pointer, keyword))
    for name, pattern in _patterns(schema):
        if obstacle := _unrunnable(pattern):
            message = f"the pattern {_cut(pattern)!r} can't be run: {obstacle}"
            yield _flaw(document, "schema-pattern", message, (*pointer, *name))


def _unheeded(schema: Mapping[str, Any], dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Keywords that mean something, but not here: whoever wrote them believes in a check that is never made."""
    for keyword in schema:
        if keyword in dialect.unknown:
            yield keyword, f"means nothing in {dialect.name}, which the schema is written for"
        elif dialect is DRAFT_7 and "$ref" in schema and keyword.startswith("x-"):
            yield keyword, "stands beside $ref, where draft 7 ignores it: put the $ref into an allOf"


def _reference_flaws(uri: str, document: Document, schemas: SchemaSet, reader: _SchemaReader) -> Iterator[Flaw]:
    resolver = schemas.registry.resolver()
    for pointer, target in reference_targets(document.value, uri):
        address = urldefrag(target).url
        reason = reader.refused.get(address)
        written = _value_at(document, pointer)
        if target.startswith(PROJECT_URI) and _climbs(document, written):
            reason = "outside"
        elif (_leads_somewhere(resolver, target) and is_uri_reference(written)) or reader.is_flawed(address):
            continue
        if reason == "outside":
            message = "the reference leaves the project; nothing outside it is read, and nothing is fetched"
            yield _flaw(document, "schema-reference-outside", message, pointer)
        elif reason == "misspelt":
            name = uri_of(file_of(address)).removeprefix(PROJECT_URI)
            message = f"the reference is not written as a URI: in one, the file is {name!r}"
            yield _flaw(document, "schema-reference", message, pointer)
        else:
            yield _flaw(document, "schema-reference", "the reference leads to nothing", pointer)


def _leads_somewhere(resolver: Any, target: str) -> bool:
    try:
        resolver.lookup(target)
    except (Unresolvable, AttributeError, TypeError, ValueError):  # as of #/anyOf/first, where numbers count
        return False
    return True


def _value_at(document: Document, pointer: Pointer) -> str:
    value = document.value
    for step in pointer:
        value = value[step]
    return str(value)


def _climbs(document: Document, reference: str) -> bool:
    """Whether `reference` climbs above the project; URLs stop there, file systems don't."""
    path = urldefrag(reference).url
    return posixpath.normpath(posixpath.join(posixpath.dirname(document.source.file), path)).startswith("..")


def _patterns(schema: Mapping[str, Any]) -> Iterator[tuple[Pointer, str]]:
    if isinstance(schema.get("pattern"), str):
        yield ("pattern",), schema["pattern"]
    for pattern in schema.get("patternProperties", ()):
        yield ("patternProperties", pattern), pattern


def _unrunnable(pattern: str) -> str | None:
    """Why the linear-time engine can't run `pattern`; None if it can."""
    if _compiles(pattern, jsonschema_rs.RegexOptions()):
        return None
    if _compiles(pattern, jsonschema_rs.FancyRegexOptions()):
        return "it needs look-around or a back-reference, which are not run in linear time"
    return "it is no ECMA-262 pattern, or one of too many repeats within repeats"


def _compiles(pattern: str, options: Any) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=options)
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True


def _flaw(document: Document, kind: str, message: str, pointer: Pointer) -> Flaw:
    known = pointer
    while known and known not in document.values:
        known = known[:-1]
    offset = document.keys.get(known, document.values.get(known, (0, 0))[0])
    return Flaw(kind=kind, message=message, offset=offset, pointer=pointer)

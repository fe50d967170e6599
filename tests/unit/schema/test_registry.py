import copy
import pickle
import socket

import pytest

from dataset_builder.schema.registry import (
    PROJECT_URI,
    SchemaSet,
    absolute_uri,
    file_of,
    is_uri_reference,
    project_schema,
    standoff_metaschema,
    uri_of,
)
from dataset_builder.schema.shape import Shape
from tests.unit.schemas import MAIN, TEXT, WHOLE, array, outline, record, schema_of

FILES = {
    "schema/article.schema.json": record({"title": {"$ref": "common.json#/$defs/title"}}),
    "schema/annotation.schema.json": record({"entities": array(record({"id": TEXT}), **{"x-key": "id"})}),
    "schema/link.schema.json": record({"one": {**TEXT, "x-ref": "@article"}}),
    "schema/common.json": {"$defs": {"title": {"type": ["string", "null"], "minLength": 1}}},
}


def schema_set():
    contents = {PROJECT_URI + file: schema for file, schema in copy.deepcopy(FILES).items()}
    return SchemaSet(
        contents, *(f"{PROJECT_URI}schema/{role}.schema.json" for role in ("article", "annotation", "link"))
    )


def test_a_set_has_a_schema_for_each_kind_of_record():
    schemas = schema_set()
    assert [schema.file for schema in (schemas.articles, schemas.annotations, schemas.links)] == list(FILES)[:3]
    assert outline(schemas.articles.shape) == "object {title: string?}"
    assert outline(schemas.annotations.shape) == "object {entities: array [object {id: string}]}"
    assert schemas.annotations.plan.key_of("entities") == "id"
    assert schemas.links.plan.article_references == (("one",),)
    assert schemas.articles.contents is schemas.contents[schemas.article]


def test_what_is_derived_is_derived_once():
    schema = schema_set().articles
    assert schema.shape is schema.shape
    assert schema.plan is schema.plan
    assert schema.validator is schema.validator


def test_a_set_pickles_whatever_was_made_of_it():
    schemas = schema_set()
    plain = pickle.dumps(schemas)
    assert schemas.articles.validator.is_valid({"title": "a"})
    assert schemas.registry
    assert pickle.dumps(schemas) == plain, "validators don't pickle, and would be large"
    back = pickle.loads(pickle.dumps(schemas))
    assert back == schemas
    assert back.articles.shape == schemas.articles.shape
    assert not back.articles.validator.is_valid({"title": ""})


def test_a_record_without_a_schema_may_be_anything():
    schema = SchemaSet({}, None, None, None).articles
    assert (schema.uri, schema.file, schema.contents) == (None, "", True)
    assert schema.shape == Shape()
    assert schema.validator.is_valid([1])


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*arguments, **more):
        pytest.fail("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize(
    "reference", ["https://example.org/a.json", "http://127.0.0.1:1/a", "file:///etc/hostname", "b.json"]
)
def test_nothing_is_fetched(no_network, reference):
    schema = schema_of(record({"a": {"$ref": reference}}))
    assert outline(schema.shape) == "object {a: any?}"
    with pytest.raises(ValueError, match=r"(?i)resource|retriev|reference"):
        _ = schema.validator


def test_the_metaschemas_need_no_network(no_network):
    schema = schema_of(record({"a": {"$ref": "https://json-schema.org/draft/2020-12/schema"}}))
    assert schema.validator.is_valid({"a": {"type": "string"}})
    assert not schema.validator.is_valid({"a": {"type": "text"}})


@pytest.mark.parametrize(
    ("contents", "valid", "invalid"),
    [
        ({"type": "string", "format": "date"}, "2025-03-01", "1 March"),
        ({"type": "string", "format": "date-time"}, "2025-03-01T00:00:00Z", "2025-03-01"),
        ({"pattern": "^a$"}, "a", "a\n"),
        ({"pattern": r"^\d$"}, "1", "١"),
        ({"pattern": "^.$"}, "🌊", "ab"),
        ({"maxLength": 1}, "🌊", "ab"),
        (WHOLE, 1.0, 1.5),
        ({"uniqueItems": True}, [1, True], [1, 1.0]),
    ],
)
def test_what_a_validator_takes_as_valid(contents, valid, invalid):
    validator = schema_of(contents).validator
    assert validator.is_valid(valid)
    assert not validator.is_valid(invalid)


def test_a_pattern_takes_linear_time():
    assert not schema_of({"pattern": "^(a+)+$"}).validator.is_valid("a" * 5000 + "b")


@pytest.mark.parametrize("file", [MAIN, "schéma/ä b.json", "a#b?c%20.json", "a/b+c=d;e.json"])
def test_files_and_their_uris(file):
    uri = uri_of(file)
    assert uri.isascii()
    assert uri.startswith(PROJECT_URI)
    assert file_of(uri) == file
    assert is_uri_reference(uri)
    assert absolute_uri(uri, "#") == uri


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a.json#/$defs/b", True), ("", True), ("a b", False), ("%2", False), ("http://[", False), ("ä", False)],
)
def test_what_is_a_uri_reference(text, expected):
    assert is_uri_reference(text) is expected


def test_what_is_shipped_is_read_once():
    assert standoff_metaschema() is standoff_metaschema()
    assert project_schema()["title"] == "Project configuration"

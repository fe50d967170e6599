"""The vocabulary's own schema, and the one of the configuration."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from dataset_builder.schema import registry
from dataset_builder.schema.dialect import LATEST
from dataset_builder.schema.registry import project_schema, standoff_metaschema
from tests.unit.schemas import TEXT, array, record

ROOT = Path(__file__).resolve().parents[3]
PROJECT_SCHEMA = "project.schema.json"


def errors(schema):
    return [error.message for error in Draft202012Validator(standoff_metaschema()).iter_errors(schema)]


@pytest.mark.parametrize("schema", [standoff_metaschema(), project_schema()], ids=["standoff", "project"])
def test_what_is_shipped_is_valid(schema):
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == LATEST.uri
    assert errors(schema) == []
    assert jsonschema_rs.meta.is_valid(schema)


def test_the_schema_of_the_configuration_is_there_to_be_found():
    copy = ROOT / "schema" / PROJECT_SCHEMA
    original = Path(registry.__file__).with_name(PROJECT_SCHEMA)
    remedy = f"cp dataset_builder/schema/{PROJECT_SCHEMA} schema/{PROJECT_SCHEMA}"
    assert copy.is_file(), remedy
    assert copy.read_bytes() == original.read_bytes(), remedy
    assert json.loads(copy.read_bytes()) == project_schema()


VALID = {
    "x-span": [{"start": "a", "end": "b"}, {"start": "a", "end": "b", "quote": "c", "digest": "d"}],
    "x-key": ["id"],
    "x-ref": ["entities", "@article", ["entities", "quotes"]],
    "x-overlap": ["allow", "nest", "forbid", "ordered"],
    "x-table": ["entities", "a_1"],
    "x-column": [False, {"type": "int8"}, {"type": "json", "name": "A_1"}, {"name": "_x"}],
    "x-agreement": ["nominal", "ordinal", "interval", "span"],
    "x-private": [True, False],
}
INVALID = {
    "x-span": [
        None,
        "span",
        {},
        {"start": "a"},
        {"start": "a", "end": 1},
        {"start": "", "end": "b"},
        {"start": "a", "end": "b", "text": "c"},
    ],
    "x-key": [None, "", 1, ["id"]],
    "x-ref": [None, "", 1, [], ["a", "a"], ["a", 1]],
    "x-overlap": [None, True, "none"],
    "x-table": [None, "", "Entities", "1a", "a-b", "a\n", "articles", "annotations", "links", "default"],
    "x-column": [
        True,
        None,
        "int8",
        {},
        {"type": "int128"},
        {"type": "uint64"},
        {"name": ""},
        {"name": "a-b"},
        {"name": "a\n"},
        {"drop": True},
    ],
    "x-agreement": [None, "kappa"],
    "x-private": [None, "yes", 1],
}
PLACES = [
    lambda inner: inner,
    lambda inner: record({"a": inner}),
    array,
    lambda inner: {"$defs": {"a": inner}},
    lambda inner: {"anyOf": [TEXT, inner]},
    lambda inner: {"if": inner},
]


def test_every_keyword_is_tried():
    keywords = {name for name in standoff_metaschema()["properties"] if name.startswith("x-")}
    assert keywords == set(VALID) == set(INVALID) == set(standoff_metaschema()["propertyNames"]["then"]["enum"])


@pytest.mark.parametrize(("keyword", "value"), [(keyword, value) for keyword in VALID for value in VALID[keyword]])
def test_a_keyword_as_it_should_be(keyword, value):
    assert [errors(place({keyword: value})) for place in PLACES] == [[]] * len(PLACES)


@pytest.mark.parametrize(("keyword", "value"), [(keyword, value) for keyword in INVALID for value in INVALID[keyword]])
def test_a_keyword_with_a_value_that_it_can_not_have(keyword, value):
    assert all(errors(place({keyword: value})) for place in PLACES)


@pytest.mark.parametrize("keyword", ["x-spans", "x-", "x-Key"])
def test_an_unknown_keyword(keyword):
    assert all(errors(place({keyword: True})) for place in PLACES)


@pytest.mark.parametrize(
    "schema",
    [{"type": "text"}, {"properties": []}, {"items": [TEXT]}, {"pattern": 1}, record({"a": {"type": 1}}), 1, None, []],
)
def test_what_is_no_json_schema(schema):
    assert errors(schema)


@pytest.mark.parametrize(
    "schema",
    [True, False, {}, {"example": 1}, record({"x-spam": TEXT}), {"enum": [{"x-spam": 1}]}, {"title": "x-spam"}],
)
def test_what_is_none_of_the_vocabulary_s_business(schema):
    assert errors(schema) == []

"""Draft 7: it says what 2020-12 says in other words, and both may stand in one project."""

from dataclasses import replace

import pytest
from jsonschema import Draft7Validator

from dataset_builder.check.judgement import Judgement
from dataset_builder.schema.columns import columns_of, table
from dataset_builder.schema.dialect import DRAFT_7, LATEST, dialect_of
from dataset_builder.schema.registry import PROJECT_URI, draft_7_metaschema, reference_targets
from dataset_builder.schema.shape import walk
from tests.unit.check.conftest import document_of
from tests.unit.schemas import MAIN, TEXT, WHOLE, array, outline, record, schema_of


def old(contents):
    return {"$schema": DRAFT_7.uri, **contents}


SPAN = record(
    {"id": TEXT, "start": WHOLE, "end": WHOLE, "quote": TEXT},
    required=["id", "start", "end"],
    **{"x-span": {"start": "start", "end": "end", "quote": "quote"}},
)


@pytest.mark.parametrize(
    ("seventh", "latest", "valid", "invalid"),
    [
        pytest.param(
            record({"a": {"$ref": "#/definitions/text"}}, definitions={"text": TEXT}),
            record({"a": {"$ref": "#/$defs/text"}}, **{"$defs": {"text": TEXT}}),
            {"a": "x"},
            {"a": 1},
            id="definitions",
        ),
        pytest.param(
            record({"a": array([WHOLE, {"type": "number"}], additionalItems=False)}),
            record({"a": array(False, prefixItems=[WHOLE, {"type": "number"}])}),
            {"a": [1, 2.5]},
            {"a": [1, 2.5, 3]},
            id="items in a row and no more",
        ),
        pytest.param(
            record({"a": array([WHOLE], additionalItems={"type": "number"})}),
            record({"a": array({"type": "number"}, prefixItems=[WHOLE])}),
            {"a": [1, 2.5]},
            {"a": [1.5]},
            id="items in a row and more",
        ),
        pytest.param(
            record({"a": array(TEXT, additionalItems=WHOLE)}),
            record({"a": array(TEXT)}),
            {"a": ["x", "y"]},
            {"a": ["x", 1]},
            id="additional items without a row",
        ),
        pytest.param(
            record({"a": TEXT}, dependencies={"a": record({"b": WHOLE}), "b": ["a"]}),
            record({"a": TEXT}, dependentSchemas={"a": record({"b": WHOLE})}, dependentRequired={"b": ["a"]}),
            {"a": "x", "b": 1},
            {"b": 1},
            id="dependencies",
        ),
        pytest.param(
            record({"a": {"$ref": "#/definitions/n", **TEXT, "minimum": 5}}, definitions={"n": WHOLE}),
            record({"a": {"$ref": "#/$defs/n"}}, **{"$defs": {"n": WHOLE}}),
            {"a": 1},
            {"a": "x"},
            id="what stands beside a reference",
        ),
        pytest.param(
            record({"a": {"$ref": "#text"}}, definitions={"t": {"$id": "#text", **TEXT}}),
            record({"a": {"$ref": "#text"}}, **{"$defs": {"t": {"$anchor": "text", **TEXT}}}),
            {"a": "x"},
            {"a": 1},
            id="anchors",
        ),
        pytest.param(
            record(
                {"a": {"$id": "deep/a.json", "items": {"$ref": "b.json"}}},
                definitions={"b": {"$id": "deep/b.json", **TEXT}, "c": {"$id": "deep/c/", "$ref": "deep/b.json"}},
            ),
            record(
                {"a": {"$id": "deep/a.json", "items": {"$ref": "b.json"}}},
                **{"$defs": {"b": {"$id": "deep/b.json", **TEXT}}},
            ),
            {"a": ["x"]},
            {"a": [1]},
            id="a reference beside an id",
        ),
        pytest.param(
            record(
                {"spans": {"allOf": [{"$ref": "#/definitions/spans"}], "x-overlap": "nest", "x-table": "spans"}},
                definitions={"spans": array(SPAN, **{"x-key": "id"})},
            ),
            record(
                {"spans": {"$ref": "#/$defs/spans", "x-overlap": "nest", "x-table": "spans"}},
                **{"$defs": {"spans": array(SPAN, **{"x-key": "id"})}},
            ),
            {"spans": [{"id": "a", "start": 0, "end": 1}]},
            {"spans": [{"id": "a", "start": 0}]},
            id="the vocabulary",
        ),
    ],
)
def test_both_drafts_say_the_same(seventh, latest, valid, invalid):
    first, second = schema_of(old(seventh)), schema_of({"$schema": LATEST.uri, **latest})
    assert outline(first.shape) == outline(second.shape)
    assert first.plan == second.plan
    assert arrow(first) == arrow(second)
    for schema in (first, second):
        assert schema.validator.is_valid(valid)
        assert not schema.validator.is_valid(invalid)
    assert Draft7Validator(first.contents).is_valid(valid)
    assert judged(first, invalid) == judged(second, invalid)


def arrow(schema):
    return table("things", columns_of(schema.shape)).arrow


def judged(schema, value):
    """The rules that have something to say of a value, and where."""
    found = Judgement(schema, document_of(value), lambda *_: False).violations
    return {(violation.rule, violation.pointer[:1]) for violation in found}


def test_a_shape_is_at_the_place_where_the_file_says_it():
    contents = old(
        record(
            {"a": array([WHOLE], additionalItems={"type": "number"}), "b": array(TEXT)},
            dependencies={"a": record({"c": TEXT})},
        )
    )
    places = {shape.at[1] for _, shape in walk(schema_of(contents).shape)}
    assert places == {
        (),
        ("properties", "a"),
        ("properties", "a", "items", 0),
        ("properties", "b"),
        ("properties", "b", "items"),
        ("dependencies", "a", "properties", "c"),
    }
    only_more = old(record({"a": array([], additionalItems=TEXT)}))
    items = schema_of(only_more).shape.property("a").items
    assert items.at == (MAIN, ("properties", "a", "additionalItems"))


@pytest.mark.parametrize("outer", [old, dict], ids=["in draft 7", "in 2020-12"])
@pytest.mark.parametrize("name", ["old.json#text", "old.json#/definitions/t", "new.json#text", "new.json#/$defs/t"])
def test_files_of_both_drafts_refer_to_one_another(outer, name):
    files = {
        "schema/old.json": old(
            {"definitions": {"t": {"$ref": "#text", "minLength": 5}, "u": {"$id": "#text", **TEXT}}}
        ),
        "schema/new.json": {"$defs": {"t": {"$ref": "#text", "x-private": True}, "u": {"$anchor": "text", **TEXT}}},
    }
    schema = schema_of(outer(record({"a": {"$ref": name}})), files)
    assert outline(schema.shape) == "object {a: string}"
    assert schema.shape.property("a").private == name.endswith("$defs/t")
    assert schema.validator.is_valid({"a": "x"})
    assert not schema.validator.is_valid({"a": 1})


def test_references_are_found_by_the_drafts_own_rules():
    contents = old(
        {
            "items": [{"$ref": "a.json"}],
            "dependencies": {"$ref": {"$ref": "b.json"}, "x": ["$ref"]},
            "definitions": {"c": {"$id": "deep/", "$ref": "c.json"}, "d": {"$id": "#d", "not": {"$ref": "#d"}}},
            "not": {"$dynamicRef": "#x"},
        }
    )
    assert dict(reference_targets(contents, PROJECT_URI + MAIN)) == {
        ("items", 0, "$ref"): PROJECT_URI + "schema/a.json",
        ("dependencies", "$ref", "$ref"): PROJECT_URI + "schema/b.json",
        ("definitions", "c", "$ref"): PROJECT_URI + "schema/c.json",
        ("definitions", "d", "not", "$ref"): f"{PROJECT_URI}{MAIN}#d",
    }


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({}, LATEST),
        (True, LATEST),
        ({"$schema": LATEST.uri}, LATEST),
        ({"$schema": "urn:dataset-builder:standoff"}, LATEST),
        ({"$schema": DRAFT_7.uri}, DRAFT_7),
        ({"$schema": DRAFT_7.uri.rstrip("#")}, DRAFT_7),
        ({"$schema": DRAFT_7.uri + "#"}, None),
        ({"$schema": "http://json-schema.org/schema#"}, None),
        ({"$schema": None}, None),
    ],
)
def test_the_draft_that_a_schema_is_for(stated, expected):
    assert dialect_of(stated) is expected


def test_the_metaschema_of_draft_7_is_valid_and_knows_the_vocabulary():
    metaschema = draft_7_metaschema()
    Draft7Validator.check_schema(metaschema)
    validator = Draft7Validator(metaschema)
    assert validator.is_valid(metaschema)
    assert validator.is_valid({"items": [{"x-private": True}]})
    for wrong in ({"x-privat": True}, {"x-private": "yes"}, {"x-span": {"start": "a"}}, {"x-key": ""}):
        assert not validator.is_valid({"definitions": {"a": {"items": [wrong]}}})


def test_dependencies_count_in_2020_12_as_its_validators_count_them():
    schema = schema_of(record({"a": TEXT}, dependencies={"a": record({"b": WHOLE}), "c": ["a"]}))
    assert outline(schema.shape) == "object {a: string, b: integer}"
    assert not schema.validator.is_valid({"a": "x", "b": "y"})
    assert not schema.validator.is_valid({"c": 1})


def test_a_schema_keeps_its_contents_as_they_were_written():
    contents = old(record({"a": array([WHOLE])}))
    schema = schema_of(contents)
    assert replace(schema.schemas).contents[PROJECT_URI + MAIN] is contents
    assert schema.contents is contents

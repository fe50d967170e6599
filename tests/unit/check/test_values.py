import json

import pytest

from dataset_builder.check.rule import Looks
from dataset_builder.check.runner import run


@pytest.fixture
def found(article_view):
    """Codes and pointers of what is found on metadata of a schema with the properties given."""

    def found(properties, metadata, **keywords):
        schema = {"type": "object", "properties": properties, **keywords}
        data = metadata if isinstance(metadata, bytes) else json.dumps(metadata).encode()
        view = article_view("A text.\n", data, schema)
        return [(each.code, each.place.pointer) for each in run(Looks.AT_ARTICLE, view)]

    return found


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        ({"type": "integer", "x-column": {"type": "int8"}}, 128),
        ({"type": "integer", "x-column": {"type": "uint16"}}, -1),
        ({"type": "integer", "x-column": {"type": "float64"}}, 2**53 + 1),
        ({"type": "number"}, 2**53 + 1),
        ({"type": "number", "x-column": {"type": "float32"}}, 1e39),
        ({"type": "string", "format": "date-time"}, "2016-12-31T23:59:60Z"),
        ({"type": "string", "format": "date-time"}, "2016-12-31T23:59:59.1234567Z"),
        ({"type": "string", "format": "date-time"}, "0000-01-01T00:00:00Z"),
        ({"type": "string", "format": "date-time"}, "0001-01-01T00:00:00+23:59"),
        ({"type": "string", "format": "date"}, "0000-01-01"),
    ],
)
def test_values_that_no_column_holds(found, shape, value):
    assert found({"a": shape}, {"a": value}) == [("SCH202", "/a")]


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        ({"type": "integer", "x-column": {"type": "int8"}}, -128),
        ({"then": {"enum": ["b"]}, "if": {"minLength": 9}, "type": "string"}, "c"),
        ({"type": "integer", "x-column": {"type": "uint32"}}, 2**32 - 1),
        ({"type": "integer"}, -(2**63)),
        ({"type": "number"}, 2**53),
        ({"type": "number"}, 0.1),
        ({"type": "string"}, "a\0b"),
        ({"type": "string", "format": "date-time"}, "2016-12-31T23:59:59.123456-11:30"),
        ({"type": "string", "format": "date-time", "x-column": {"type": "string"}}, "2016-12-31T23:59:60Z"),
        ({"type": "string", "format": "time"}, "23:59:60Z"),
        ({"type": ["integer", "null"]}, None),
        ({"type": "boolean"}, True),
        ({"x-column": {"type": "json"}}, {"a": [1, "b", None]}),
        ({"x-column": False}, {"a": [1, "b", None]}),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"x": 1, "y": None}),
        ({"type": "array", "items": {"type": "object", "properties": {"b": {"type": "integer"}}}}, [{"b": 1}, {}]),
    ],
)
def test_values_that_a_column_holds(found, shape, value):
    if shape.get("additionalProperties"):
        shape = {**shape, "additionalProperties": {"type": ["integer", "null"]}}
    assert found({"a": shape}, {"a": value}) == []


def test_parts_of_values_are_found(found):
    small = {"type": "integer", "x-column": {"type": "int8"}}
    shapes = {
        "a": {"type": "array", "items": {"type": "object", "properties": {"b": small}}},
        "m": {"type": "object", "additionalProperties": small},
    }
    assert found(shapes, {"a": [{"b": 1}, {"b": 300}], "m": {"x": 1, "y/z": 300}}) == [
        ("SCH202", "/a/1/b"),
        ("SCH202", "/m/y~1z"),
    ]


def test_integers_written_as_fractions_are_found(found):
    shapes = {
        "a": {"type": "array", "items": {"type": "integer"}},
        "m": {"type": "object", "additionalProperties": {"type": "integer"}},
        "n": {"type": "number"},
        "j": {"x-column": {"type": "json"}},
    }
    data = b'{"a": [1, 2.0, 3e0], "m": {"x": 1.0}, "n": 1.0, "j": {"y": 1.0}}'
    assert found(shapes, data) == [("SCH203", "/a/1"), ("SCH203", "/a/2"), ("SCH203", "/m/x")]


@pytest.mark.parametrize("number", ["1e-999", "0.1e-400"])
def test_a_misread_zero_is_no_advice(found, number):
    assert found({"a": {"type": "integer"}}, f'{{"a": {number}}}'.encode()) == []


@pytest.mark.parametrize("rights", ["NaN", r'{"license": "MIT", "text": "withheld\ud83c"}'])
def test_a_text_whose_rights_are_misread_may_be_withheld(article_view, rights):
    view = article_view(None, f'{{"rights": {rights}}}'.encode(), {"properties": {"rights": {}}})
    assert list(run(Looks.AT_ARTICLE, view)) == []


def test_properties_without_a_column_are_found(found):
    shapes = {
        "a": {"type": "object", "properties": {"b": {"type": "string"}}},
        "l": {"type": "array", "items": {"type": "object", "properties": {"b": {"type": "string"}}}},
        "p": {
            "type": "object",
            "properties": {"b": {"type": "string"}},
            "patternProperties": {"^x": {"type": "string"}},
        },
        "j": {"x-column": {"type": "json"}},
        "s": {"type": "object", "x-private": True, "properties": {"b": {"type": "string"}}},
    }
    value = {
        "a": {"b": "", "c": ""},
        "l": [{"b": ""}, {"d": ""}],
        "p": {"x1": ""},
        "j": {"any": 1},
        "s": {"any": 1},
        "z": 1,
        "rights": {"text": "included"},
        "id": "mill",
    }
    pointers = ["/a/c", "/l/1/d", "/p/x1", "/z"]
    assert found(shapes, value) == [("SCH201", pointer) for pointer in pointers]


def test_a_property_is_not_lost_twice(found):
    shapes = {"a": {"type": "string"}}
    assert found(shapes, {"b": 1}, additionalProperties=False) == [("SCH103", "/b")]


def test_without_a_schema_all_metadata_would_be_lost(article_view):
    view = article_view("A text.\n", {"title": "A", "rights": {"text": "included"}, "sha256": None})
    found = list(run(Looks.AT_ARTICLE, view))
    assert [(each.code, each.place.pointer) for each in found] == [("SCH201", "/title")]
    assert "the project has none" in found[0].help


def test_id_and_text_of_a_packed_record_need_no_declaration(article_view):
    schema = {"type": "object", "properties": {"title": {"type": "string"}}, "additionalProperties": False}
    metadata = {"id": "mill", "text": "A text.\n", "title": "A"}
    assert list(run(Looks.AT_ARTICLE, article_view("A text.\n", metadata, schema, packed=True))) == []
    beside = [each.code for each in run(Looks.AT_ARTICLE, article_view("A text.\n", metadata, schema))]
    assert beside == ["SCH103", "SCH103"]

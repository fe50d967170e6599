import json

import pytest

from dataset_builder.schema.shape import Column, Kind, Label, SpanKeys, walk
from tests.unit.schemas import TEXT, WHOLE, array, outline, record, schema_of, shape_of

NULL = {"type": "null"}
TRUTH = {"type": "boolean"}
NUMBER = {"type": "number"}
MEANT = [
    {"const": "x", "title": "ex", "description": "The one."},
    {"const": "y", "description": "The other."},
]


def closed(properties, **more):
    return record(properties, unevaluatedProperties=False, **more)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        # whether there is a schema at all
        (True, "any?"),
        (False, "never"),
        ({}, "any?"),
        ({"description": "Free."}, "any?"),
        # type
        (TEXT, "string"),
        (WHOLE, "integer"),
        (NUMBER, "number"),
        (TRUTH, "boolean"),
        (NULL, "null?"),
        ({"type": ["string"]}, "string"),
        ({"type": ["null", "string"]}, "string?"),
        ({"type": ["integer", "number"]}, "number"),
        ({"type": ["integer", "string"]}, "mixed"),
        ({"type": ["integer", "string", "null"]}, "mixed?"),
        ({"type": "object"}, "object {}"),
        ({"type": "array"}, "array [any?]"),
        # what implies a type
        ({"properties": {"a": TEXT}}, "object? {a: string}"),
        ({"additionalProperties": False}, "object? {}"),
        ({"items": TEXT}, "array? [string]"),
        ({"prefixItems": [TEXT]}, "array? [string]"),
        ({"required": ["a"]}, "any?"),
        # constants
        ({"const": None}, "null?"),
        ({"const": 1}, "integer"),
        ({"const": 1.5}, "number"),
        ({"const": True}, "boolean"),
        ({"const": []}, "array [any?]"),
        ({"const": {}}, "object {}"),
        ({"enum": [1, 2.5]}, "number"),
        ({"enum": [1, None]}, "integer?"),
        ({"enum": [True, 1]}, "mixed"),
        ({"enum": ["a", 1]}, "mixed"),
        ({"enum": [None]}, "null?"),
        # label sets
        ({"const": "a"}, "label(a)"),
        ({"enum": ["b", "a"]}, "label(b, a)"),
        ({"enum": ["a", None]}, "label(a)?"),
        ({"enum": ["a", "b", "a"]}, "label(a, b)"),
        ({"type": "string", "enum": ["a", None]}, "label(a)"),
        ({"type": ["string", "null"], "enum": ["a"]}, "label(a)"),
        ({"type": ["string", "null"], "enum": ["a", None]}, "label(a)?"),
        ({"oneOf": MEANT}, "label(x, y)"),
        ({"oneOf": [*MEANT, {"const": None}]}, "label(x, y)?"),
        ({"oneOf": [*MEANT, NULL]}, "label(x, y)?"),
        ({"type": "string", "oneOf": [*MEANT, NULL]}, "label(x, y)"),
        ({"type": ["string", "null"], "oneOf": MEANT}, "label(x, y)"),
        ({"oneOf": [{"const": 1}, {"const": 2}]}, "integer"),
        ({"oneOf": [NULL]}, "null?"),
        ({"anyOf": [*MEANT, NULL]}, "label(x, y)?"),
        ({"anyOf": [{"enum": ["a"]}, {"enum": ["b", None]}]}, "label(a, b)?"),
        ({"anyOf": [{"enum": ["a"]}, TEXT]}, "string"),
        ({"enum": ["a", "b"], "allOf": [{"enum": ["b", "c"]}]}, "label(b)"),
        # null besides
        ({"anyOf": [TEXT, NULL]}, "string?"),
        ({"oneOf": [NULL, WHOLE]}, "integer?"),
        ({"anyOf": [{"enum": ["a"]}, NULL]}, "label(a)?"),
        ({"anyOf": [record({"a": TEXT}), NULL]}, "object? {a: string}"),
        ({"type": "string", "anyOf": [TEXT, NULL]}, "string"),
        ({"type": ["string", "null"], "allOf": [TEXT]}, "string"),
        ({"type": ["string", "null"], "minLength": 1}, "string?"),
        # objects
        (record({"b": TEXT, "a": WHOLE}), "object {b: string, a: integer}"),
        (record({"a": True, "b": False}), "object {a: any?, b: never}"),
        (record({"a": record({"b": TEXT})}), "object {a: object {b: string}}"),
        # maps
        ({"type": "object", "additionalProperties": WHOLE}, "map [integer]"),
        ({"type": "object", "unevaluatedProperties": WHOLE}, "map [integer]"),
        ({"patternProperties": {"^a": TEXT}}, "map? [string]"),
        ({"patternProperties": {"^a": TEXT, "^b": NULL}, "additionalProperties": False}, "map? [string?]"),
        ({"patternProperties": {"^a": WHOLE}, "additionalProperties": NUMBER}, "map? [number]"),
        ({"patternProperties": {"^a": WHOLE}, "additionalProperties": TEXT}, "map? [mixed]"),
        ({"additionalProperties": {"type": "object", "additionalProperties": TEXT}}, "map? [map [string]]"),
        ({"additionalProperties": True}, "object? {}"),
        (record({"a": TEXT}, additionalProperties=WHOLE), "object {a: string}"),
        (record({"a": TEXT}, patternProperties={"^b": WHOLE}), "object {a: string}"),
        ({"type": ["object", "null"], "additionalProperties": TEXT}, "map? [string]"),
        # arrays
        (array(array(TEXT)), "array [array [string]]"),
        ({"type": "array", "prefixItems": [WHOLE, NUMBER], "items": False}, "array [number]"),
        ({"type": "array", "prefixItems": [TEXT], "items": NULL}, "array [string?]"),
        ({"type": "array", "prefixItems": [TEXT, WHOLE]}, "array [mixed]"),
        ({"type": "array", "unevaluatedItems": TEXT}, "array [string]"),
        ({"type": "array", "allOf": [{"items": TEXT}]}, "array [string]"),
        # allOf
        ({"allOf": [TEXT, {"minLength": 1}]}, "string"),
        ({"allOf": [NUMBER, WHOLE]}, "integer"),
        ({"allOf": [TEXT, WHOLE]}, "never"),
        ({"allOf": [record({"a": TEXT}), record({"b": WHOLE})]}, "object {b: integer, a: string}"),
        (record({"c": TEXT}, allOf=[record({"a": TEXT})]), "object {a: string, c: string}"),
        ({"type": "object", "allOf": [{"additionalProperties": TEXT}]}, "map [string]"),
        # anyOf and oneOf
        ({"anyOf": [WHOLE, NUMBER]}, "number"),
        ({"anyOf": [TEXT, WHOLE]}, "mixed"),
        ({"anyOf": [record({"a": TEXT}), record({"b": WHOLE})]}, "object {a: string, b: integer}"),
        ({"oneOf": [record({"a": TEXT}), record({"a": WHOLE})]}, "object {a: mixed}"),
        ({"oneOf": [record({"a": TEXT}), record({"a": False, "b": TEXT})]}, "object {a: string, b: string}"),
        (record({"a": TEXT}, anyOf=[{"required": ["a"]}, {"required": ["b"]}]), "object {a: string}"),
        (record({"a": TEXT}, anyOf=[{"properties": {"b": WHOLE}}, True]), "object {a: string, b: integer}"),
        ({"type": "string", "anyOf": [{"minLength": 3}, {"pattern": "^a"}]}, "string"),
        ({"type": ["string", "integer"], "oneOf": [TEXT]}, "string"),
        # conditions
        (
            record({"a": TEXT}, **{"if": {"required": ["a"]}, "then": {"properties": {"b": WHOLE}}}),
            "object {a: string, b: integer}",
        ),
        (
            record({}, **{"if": True, "then": {"properties": {"b": WHOLE}}, "else": {"properties": {"b": NUMBER}}}),
            "object {b: number}",
        ),
        (
            record({"a": NUMBER}, **{"if": True, "then": {"properties": {"a": WHOLE}}}),
            "object {a: number}",
        ),
        (
            record({"a": record({"b": TEXT})}, **{"if": True, "then": {"properties": {"a": record({"c": TEXT})}}}),
            "object {a: object {b: string, c: string}}",
        ),
        (record({"a": TEXT}, **{"if": True, "then": {"required": ["a"]}}), "object {a: string}"),
        (
            record({"a": TEXT}, dependentSchemas={"a": {"properties": {"b": WHOLE}}, "c": {"required": ["a"]}}),
            "object {a: string, b: integer}",
        ),
        ({"type": "string", "not": WHOLE}, "string"),
    ],
    ids=lambda part: part if isinstance(part, str) else json.dumps(part)[:60],
)
def test_each_keyword(schema, expected):
    assert outline(shape_of(schema)) == expected


REFERENCED = {"$defs": {"text": {"type": "string", "title": "T", "description": "Of the definition."}}}


def test_siblings_of_a_reference_say_more():
    shape = shape_of({**REFERENCED, "$ref": "#/$defs/text", "description": "Here.", "enum": ["a"], "x-private": True})
    assert (shape.title, shape.description, outline(shape), shape.private) == ("T", "Here.", "label(a)", True)


def test_a_redundant_type_beside_a_reference_says_nothing_new():
    words = {"$defs": {"words": {"type": "object", "additionalProperties": TEXT}}}
    assert outline(shape_of({**words, "type": "object", "$ref": "#/$defs/words"})) == "map [string]"


def test_properties_of_what_is_referred_to_come_first():
    base = {"$defs": {"base": record({"id": TEXT, "start": WHOLE})}}
    shape = shape_of(record({"label": TEXT, "id": {"minLength": 1}}, **{"$ref": "#/$defs/base"}, **base))
    assert outline(shape) == "object {id: string, start: integer, label: string}"


def test_labels_carry_what_they_mean():
    assert shape_of({"oneOf": [*MEANT, NULL]}).labels == (
        Label(name="x", title="ex", description="The one."),
        Label(name="y", description="The other."),
    )


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "$ref": "#"},
        record({"self": {"$ref": "#"}}),
        record({"list": array({"$ref": "#"})}),
        {
            "$ref": "#/$defs/a",
            "$defs": {"a": record({"b": {"$ref": "#/$defs/b"}}), "b": record({"a": {"$ref": "#/$defs/a"}})},
        },
    ],
)
def test_what_contains_itself_ends_where_it_does(schema):
    found = [shape.kind for _, shape in walk(shape_of(schema))]
    assert Kind.RECURSIVE in found
    assert len(found) < 10


def test_a_definition_used_twice_does_not_contain_itself():
    shape = shape_of(record({"a": {"$ref": "#/$defs/t"}, "b": array({"$ref": "#/$defs/t"})}, **{"$defs": {"t": TEXT}}))
    assert outline(shape) == "object {a: string, b: array [string]}"


def test_the_vocabulary():
    span = {"start": "from", "end": "to", "quote": "words", "digest": "sum"}
    shape = shape_of(
        record(
            {
                "items": array(
                    record({"from": WHOLE}, **{"x-span": span}),
                    **{"x-key": "id", "x-overlap": "nest", "x-table": "t", "x-agreement": "span"},
                ),
                "one": {**TEXT, "x-ref": "items"},
                "several": {**TEXT, "x-ref": ["items", "others"]},
                "hidden": {**TEXT, "x-private": True},
                "shown": {**TEXT, "x-private": False},
                "left": {**TEXT, "x-column": False},
                "renamed": {**TEXT, "x-column": {"name": "new", "type": "large_string"}},
            }
        )
    )
    items, one, several, hidden, shown, left, renamed = (inner for _, inner in shape.properties)
    assert (items.key, items.overlap, items.table, items.agreement) == ("id", "nest", "t", "span")
    assert items.items.span == SpanKeys(**span)
    assert (one.refs, several.refs) == (("items",), ("items", "others"))
    assert (hidden.private, shown.private) == (True, False)
    assert (left.column, renamed.column) == (Column(drop=True), Column(name="new", type="large_string"))


def test_where_a_shape_is_from():
    shape = shape_of({**record({"a": array(TEXT), "b": {"$ref": "#/$defs/x"}}), "$defs": {"x": record({"c": TEXT})}})
    file = "schema/article.schema.json"
    assert {path: inner.at for path, inner in walk(shape)} == {
        (): (file, ()),
        ("a",): (file, ("properties", "a")),
        ("a", None): (file, ("properties", "a", "items")),
        ("b",): (file, ("properties", "b")),
        ("b", "c"): (file, ("properties", "b", "properties", "c")),
    }


@pytest.mark.parametrize(
    "schema",
    [
        record({"a": TEXT}, allOf=[{"properties": {"a": {"x-private": True}}}]),
        record({"a": {"anyOf": [TEXT, {"x-private": True}]}}),
        record({"a": {"oneOf": [{**TEXT, "x-private": True}, NULL]}}),
        record({"a": TEXT}, **{"if": True, "then": {"properties": {"a": {"x-private": True}}}}),
        record({"a": TEXT}, dependentSchemas={"b": {"properties": {"a": {"x-private": True}}}}),
    ],
)
def test_what_is_private_in_some_case_is_private(schema):
    assert shape_of(schema).property("a").private


# Which objects refuse what they don't declare: the fast path relies on it.


def fixed(shape):
    return shape.closed and not shape.patterned


@pytest.mark.parametrize(
    "schema",
    [
        record({"a": TEXT}, additionalProperties=False),
        closed({"a": TEXT}),
        closed({"a": TEXT}, allOf=[record({"b": TEXT})]),
        closed({"a": TEXT}, anyOf=[record({"b": TEXT}), record({"c": TEXT})]),
        closed({"a": TEXT}, anyOf=[{"required": ["a"]}, {"maxProperties": 0}]),
        closed({"a": TEXT}, **{"if": {"properties": {"a": {"const": "x"}}}, "then": {"properties": {"b": TEXT}}}),
        closed({"a": TEXT}, **{"$ref": "#/$defs/x", "$defs": {"x": record({"b": TEXT}, required=["b"])}}),
        record({"a": TEXT}, allOf=[{"properties": {"a": TEXT}, "additionalProperties": False}]),
    ],
)
def test_objects_that_hold_only_what_they_declare(schema):
    shape = shape_of(schema)
    assert fixed(shape)
    assert not schema_of(schema).validator.is_valid({"z": ""})


@pytest.mark.parametrize(
    "schema",
    [
        record({"a": TEXT}),
        record({"a": TEXT}, additionalProperties=TEXT),
        record({"a": TEXT}, patternProperties={"^z": TEXT}, additionalProperties=False),
        closed({"a": TEXT}, patternProperties={"^z": TEXT}),
        closed({"a": TEXT}, allOf=[{"patternProperties": {"^z": TEXT}}]),
        closed({"a": TEXT}, allOf=[{"additionalProperties": True}]),
        closed({"a": TEXT}, allOf=[{"additionalProperties": TEXT}]),
        closed({"a": TEXT}, allOf=[{"unevaluatedProperties": True}]),
        closed({"a": TEXT}, allOf=[{"allOf": [{"patternProperties": {"^z": TEXT}}]}]),
        closed({"a": TEXT}, anyOf=[{"patternProperties": {"^z": TEXT}}, {"required": ["a"]}]),
        closed({"a": TEXT}, anyOf=[{"properties": {"z": TEXT}}, {"type": "string"}]),
        closed({"a": TEXT}, dependentSchemas={"z": {"patternProperties": {"^z": TEXT}}}),
        closed({"a": TEXT}, **{"if": {"properties": {"z": TEXT}}}),
        closed({"a": TEXT}, **{"if": True, "then": {"patternProperties": {"^z": TEXT}}}),
        closed({"a": TEXT}, **{"$ref": "#/$defs/x", "$defs": {"x": {"patternProperties": {"^z": TEXT}}}}),
    ],
)
def test_objects_that_may_hold_more(schema):
    assert not fixed(shape_of(schema))
    assert schema_of(schema).validator.is_valid({"z": ""})

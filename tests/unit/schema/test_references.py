import pytest

from dataset_builder.schema.registry import PROJECT_URI, reference_targets, subschemas
from tests.unit.schemas import MAIN, TEXT, WHOLE, array, outline, record, schema_of

ELSEWHERE = "https://example.org/"
LIST = {  # a list whose items another schema may settle
    "$id": ELSEWHERE + "list",
    **record({"items": array({"$dynamicRef": "#item"})}),
    "$defs": {"any": {"$dynamicAnchor": "item", "type": "string"}},
}


@pytest.mark.parametrize(
    ("contents", "files", "expected", "valid", "invalid"),
    [
        pytest.param(
            record({"a": {"$ref": "#/$defs/a"}}, **{"$defs": {"a": {"$ref": "#/$defs/b"}, "b": WHOLE}}),
            {},
            "object {a: integer}",
            {"a": 1},
            {"a": ""},
            id="within the file, by way of another",
        ),
        pytest.param(
            record({"a": {"$ref": "#/$defs/a~1b~0c%20d"}}, **{"$defs": {"a/b~c d": WHOLE}}),
            {},
            "object {a: integer}",
            {"a": 1},
            {"a": ""},
            id="an escaped name",
        ),
        pytest.param(
            record({"a": {"$ref": "#here"}}, **{"$defs": {"x": {"$anchor": "here", **WHOLE}}}),
            {},
            "object {a: integer}",
            {"a": 1},
            {"a": ""},
            id="$anchor",
        ),
        pytest.param(
            record({"a": {"$ref": "common.json#/$defs/a"}, "b": {"$ref": "../other/b.json"}}),
            {
                "schema/common.json": {"$defs": {"a": {"$ref": "#/$defs/inner"}, "inner": WHOLE}},
                "other/b.json": {"$ref": "../schema/common.json#/$defs/inner"},
            },
            "object {a: integer, b: integer}",
            {"a": 1, "b": 1},
            {"a": 1, "b": ""},
            id="other files, and from there on",
        ),
        pytest.param(
            record({"a": {"$ref": "common.json#there"}}),
            {"schema/common.json": {"$defs": {"x": {"$anchor": "there", **WHOLE}}}},
            "object {a: integer}",
            {"a": 1},
            {"a": ""},
            id="$anchor in another file",
        ),
        pytest.param(
            record({"a": {"$ref": "inner.json"}}, **{"$defs": {"x": {"$id": "inner.json", **WHOLE}}}),
            {},
            "object {a: integer}",
            {"a": 1},
            {"a": ""},
            id="$id of a part",
        ),
        pytest.param(
            record(
                {"a": {"$id": "inner/a.json", "$ref": "#/$defs/x", "$defs": {"x": WHOLE}}}, **{"$defs": {"x": TEXT}}
            ),
            {},
            "object {a: integer}",
            {"a": 1},
            {"a": ""},
            id="$id of a part, from which its references start",
        ),
        pytest.param(
            record({"a": {"$id": "inner/a.json", **record({"b": {"$ref": "b.json"}})}}),
            {"schema/inner/b.json": WHOLE},
            "object {a: object {b: integer}}",
            {"a": {"b": 1}},
            {"a": {"b": ""}},
            id="$id of a part, from which references to files start",
        ),
        pytest.param(
            {"$id": "moved/here.json", **record({"a": {"$ref": "b.json"}, "c": {"$ref": "here.json#/$defs/c"}})}
            | {"$defs": {"c": WHOLE}},
            {"schema/moved/b.json": WHOLE},
            "object {a: integer, c: integer}",
            {"a": 1, "c": 1},
            {"a": ""},
            id="relative $id of the file",
        ),
        pytest.param(
            {"$id": ELSEWHERE + "main", **record({"a": {"$ref": "#/$defs/x"}, "b": {"$ref": "part"}})}
            | {"$defs": {"x": WHOLE, "y": {"$id": "part", **WHOLE}}},
            {},
            "object {a: integer, b: integer}",
            {"a": 1, "b": 1},
            {"b": ""},
            id="absolute $id of the file",
        ),
        pytest.param(
            record({"a": {"$ref": ELSEWHERE + "common#/$defs/x"}}),
            {"schema/common.json": {"$id": ELSEWHERE + "common", "$defs": {"x": WHOLE}}},
            "object {a: integer}",
            {"a": 1},
            {"a": ""},
            id="$id of another file",
        ),
        pytest.param(
            {"$ref": ELSEWHERE + "list"},
            {"schema/list.json": LIST},
            "object {items: array [string]}",
            {"items": [""]},
            {"items": [1]},
            id="$dynamicRef that nobody settles otherwise",
        ),
        pytest.param(
            {"$id": ELSEWHERE + "own", "$ref": "list", "$defs": {"own": {"$dynamicAnchor": "item", **WHOLE}}},
            {"schema/list.json": LIST},
            "object {items: array [integer]}",
            {"items": [1]},
            {"items": [""]},
            id="$dynamicRef that the outer schema settles",
        ),
        pytest.param(
            record({name: {"$ref": "common.json"} for name in ("default", "const", "enum", "examples", "$ref")}),
            {"schema/common.json": WHOLE},
            "object {default: integer, const: integer, enum: integer, examples: integer, $ref: integer}",
            {"default": 1},
            {"examples": ""},
            id="properties called like keywords",
        ),
    ],
)
def test_where_references_lead(contents, files, expected, valid, invalid):
    schema = schema_of(contents, files)
    assert outline(schema.shape) == expected
    assert schema.validator.is_valid(valid)
    assert not schema.validator.is_valid(invalid), "the validator and the shape understand the reference alike"
    targets = {target for uri, inner in schema.schemas.contents.items() for _, target in reference_targets(inner, uri)}
    resolver = schema.schemas.registry.resolver()
    assert all(resolver.lookup(target).contents is not None for target in targets if "#item" not in target)


def test_a_reference_that_leads_nowhere_says_nothing():
    assert outline(schema_of(record({"a": {"$ref": "nowhere.json"}, "b": {"$ref": "#/$defs/x"}})).shape) == (
        "object {a: any?, b: any?}"
    )


def test_every_reference_is_found_with_what_it_means():
    contents = {
        "$id": "sub/main.json",
        "properties": {"default": {"$ref": "#/$defs/a"}, "b": {"$id": "deep/b.json", "items": {"$ref": "c.json#x"}}},
        "default": {"$ref": "not a reference"},
        "examples": [{"$ref": "not a reference"}],
        "enum": [{"$ref": "not a reference"}],
        "anyOf": [{"$dynamicRef": "#node"}, {"not": {"$ref": "https://example.org/x"}}],
    }
    base = PROJECT_URI + "schema/sub/"
    assert dict(reference_targets(contents, PROJECT_URI + MAIN)) == {
        ("properties", "default", "$ref"): base + "main.json#/$defs/a",
        ("properties", "b", "items", "$ref"): base + "deep/c.json#x",
        ("anyOf", 0, "$dynamicRef"): base + "main.json#node",
        ("anyOf", 1, "not", "$ref"): "https://example.org/x",
    }


def test_names_of_properties_and_definitions_are_no_keywords():
    contents = record(
        {"properties": {"type": "string"}, "const": TEXT, "$ref": TEXT},
        patternProperties={"pattern": TEXT},
        dependentSchemas={"enum": TEXT},
        **{"$defs": {"default": {"items": TEXT}}},
    )
    assert [pointer for pointer, _ in subschemas(contents)] == [
        (),
        ("properties", "properties"),
        ("properties", "const"),
        ("properties", "$ref"),
        ("patternProperties", "pattern"),
        ("dependentSchemas", "enum"),
        ("$defs", "default"),
        ("$defs", "default", "items"),
    ]

import pytest

from dataset_builder.schema.origin import origin
from dataset_builder.schema.registry import SchemaSet, uri_of

MAIN, OTHER = "schema/annotation.schema.json", "schema/common.json"
ITEMS = ("properties", "a", "items")


@pytest.mark.parametrize(
    ("items", "common", "expected"),
    [
        ({"x-key": "id"}, {}, (MAIN, ITEMS)),
        ({"$ref": "common.json#/$defs/b"}, {"$defs": {"b": {"x-key": "id"}}}, (OTHER, ("$defs", "b"))),
        ({"$ref": "common.json#b"}, {"$defs": {"b": {"$anchor": "b", "x-key": "id"}}}, (OTHER, ("$defs", "b"))),
        (
            {"$ref": "urn:common#/$defs/b"},
            {"$id": "urn:common", "$defs": {"b": {"x-key": "id"}}},
            (OTHER, ("$defs", "b")),
        ),
        ({"$ref": "common.json#/$defs/a~1b"}, {"$defs": {"a/b": {"x-key": "id"}}}, (OTHER, ("$defs", "a/b"))),
        (
            {"allOf": [{}, {"$ref": "common.json"}]},
            {"$ref": "#/anyOf/0", "anyOf": [{"x-key": "id"}]},
            (OTHER, ("anyOf", 0)),
        ),
        ({"$ref": "#/properties/a/items"}, {}, (MAIN, ITEMS)),
        ({"$ref": "common.json#/$defs/nothing"}, {}, (MAIN, ITEMS)),
    ],
)
def test_a_keyword_is_found_behind_references(items, common, expected):
    contents = {uri_of(MAIN): {"properties": {"a": {"items": items}}}, uri_of(OTHER): common}
    assert origin(SchemaSet(contents, None, uri_of(MAIN), None), (MAIN, ITEMS), "x-key") == expected


def test_what_is_within_what_a_reference_leads_to_is_found_there():
    contents = {
        uri_of(MAIN): {"properties": {"a": {"$ref": "common.json"}}},
        uri_of(OTHER): {"properties": {"b": {"x-ref": "c"}}},
    }
    at = (MAIN, ("properties", "a", "properties", "b"))
    assert origin(SchemaSet(contents, None, uri_of(MAIN), None), at, "x-ref") == (OTHER, ("properties", "b"))

import json

import pyarrow as pa
import pytest
from datasets import Features
from hypothesis import given, settings

from dataset_builder.schema.columns import Table, column_of, columns_of, plain_column, storage_type, table
from dataset_builder.schema.features import arrow_types
from tests.unit import made
from tests.unit.schemas import TEXT, WHOLE, array, record, shape_of, table_of

VALUE = {"_type": "Value"}
INSTANT = pa.timestamp("us", tz="UTC")
JSON = {"x-column": {"type": "json"}}


def listed(feature):
    return {"feature": feature, "_type": "List"}


# The table of docs/vocabulary.md ("Types"), row by row, and what x-column makes of it.
TYPES = [
    (TEXT, pa.string(), {"dtype": "string", **VALUE}),
    ({"enum": ["b", "a"]}, pa.int64(), {"names": ["b", "a"], "_type": "ClassLabel"}),
    ({"oneOf": [{"const": "b"}, {"const": "a"}]}, pa.int64(), {"names": ["b", "a"], "_type": "ClassLabel"}),
    ({**TEXT, "format": "date-time"}, INSTANT, {"dtype": "timestamp[us, tz=UTC]", **VALUE}),
    ({**TEXT, "format": "date"}, pa.date32(), {"dtype": "date32", **VALUE}),
    (WHOLE, pa.int64(), {"dtype": "int64", **VALUE}),
    ({"type": "number"}, pa.float64(), {"dtype": "float64", **VALUE}),
    ({"type": "boolean"}, pa.bool_(), {"dtype": "bool", **VALUE}),
    (
        record({"b": TEXT, "a": WHOLE}),
        pa.struct([("b", pa.string()), ("a", pa.int64())]),
        {"b": {"dtype": "string", **VALUE}, "a": {"dtype": "int64", **VALUE}},
    ),
    (
        {"type": "object", "additionalProperties": WHOLE},
        pa.list_(pa.struct([("key", pa.string()), ("value", pa.int64())])),
        listed({"key": {"dtype": "string", **VALUE}, "value": {"dtype": "int64", **VALUE}}),
    ),
    (
        {"type": "object", "patternProperties": {"^a": {"enum": ["x"]}}, "additionalProperties": False},
        pa.list_(pa.struct([("key", pa.string()), ("value", pa.int64())])),
        listed({"key": {"dtype": "string", **VALUE}, "value": {"names": ["x"], "_type": "ClassLabel"}}),
    ),
    (array(TEXT), pa.list_(pa.string()), listed({"dtype": "string", **VALUE})),
    (array(array(WHOLE)), pa.list_(pa.list_(pa.int64())), listed(listed({"dtype": "int64", **VALUE}))),
    (JSON, pa.json_(), {"_type": "Json"}),
    (record({"a": TEXT}, **JSON), pa.json_(), {"_type": "Json"}),
    (array(JSON), pa.list_(pa.json_()), listed({"_type": "Json"})),
    (
        {"type": "object", "additionalProperties": JSON},
        pa.list_(pa.struct([("key", pa.string()), ("value", pa.json_())])),
        listed({"key": {"dtype": "string", **VALUE}, "value": {"_type": "Json"}}),
    ),
    ({"type": ["string", "null"]}, pa.string(), {"dtype": "string", **VALUE}),
    ({"enum": ["a", None]}, pa.int64(), {"names": ["a"], "_type": "ClassLabel"}),
    ({"anyOf": [WHOLE, {"type": "null"}]}, pa.int64(), {"dtype": "int64", **VALUE}),
    # other formats are text
    ({**TEXT, "format": "uri"}, pa.string(), {"dtype": "string", **VALUE}),
    # x-column
    *(
        ({**WHOLE, "x-column": {"type": name}}, pa.type_for_alias(name), {"dtype": name, **VALUE})
        for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32")
    ),
    ({"type": "number", "x-column": {"type": "float32"}}, pa.float32(), {"dtype": "float32", **VALUE}),
    ({"type": "number", "x-column": {"type": "float64"}}, pa.float64(), {"dtype": "float64", **VALUE}),
    ({**TEXT, "x-column": {"type": "large_string"}}, pa.large_string(), {"dtype": "large_string", **VALUE}),
    ({"enum": ["a"], "x-column": {"type": "string"}}, pa.string(), {"dtype": "string", **VALUE}),
    ({**TEXT, "format": "date", "x-column": {"type": "string"}}, pa.string(), {"dtype": "string", **VALUE}),
]


@pytest.mark.parametrize(("schema", "arrow", "feature"), TYPES, ids=lambda part: json.dumps(part, default=str)[:50])
def test_each_type(schema, arrow, feature):
    column = column_of("a", shape_of(schema))
    assert (column.name, column.source) == ("a", "a")
    assert column.arrow == arrow
    assert column.feature == feature
    assert Features.from_dict({"a": feature}).arrow_schema.field("a").type == arrow


@pytest.mark.parametrize(
    "schema",
    [
        True,
        False,
        {"type": "null"},
        {"type": ["string", "integer"]},
        {"type": "array"},
        {"type": "object"},
        {"type": "object", "additionalProperties": True},
        record({"a": True}),
        array({**TEXT, "x-private": True}),
        {**TEXT, "x-column": False},
        {**TEXT, "x-private": True},
        {**JSON, "x-private": True},
    ],
    ids=json.dumps,
)
def test_what_has_no_column(schema):
    assert column_of("a", shape_of(schema)) is None
    assert [column.name for column in columns_of(shape_of(record({"a": schema, "b": TEXT})))] == ["b"]


def test_columns_have_other_names_where_that_is_asked_for():
    inner = record({"c": {**TEXT, "x-column": {"name": "C"}}}, **{"x-column": {"name": "B"}})
    (column,) = columns_of(shape_of(record({"b": inner})))
    assert (column.name, column.source) == ("B", "b")
    assert column.feature == {"C": {"dtype": "string", **VALUE}}
    assert column.children[0].source == "c"


def test_columns_stand_in_the_order_of_the_schema():
    shape = shape_of(record({"z": TEXT, "a": TEXT, "m": TEXT}))
    assert [column.name for column in columns_of(shape)] == ["z", "a", "m"]
    assert [column.name for column in columns_of(shape, without=("a", "x"))] == ["z", "m"]


def test_a_map_is_told_from_a_list():
    pairs = array(record({"key": TEXT, "value": TEXT}))
    words = {"type": "object", "additionalProperties": TEXT}
    found = columns_of(shape_of(record({"pairs": pairs, "words": words})))
    assert found[0].arrow == found[1].arrow
    assert [column.is_map for column in found] == [False, True]


def test_of_columns_with_one_name_a_table_has_the_first():
    own, other = plain_column("a", "string", "The compiler's."), plain_column("a", "int64", "Another.")
    assert table("t", [own, other]) == Table(name="t", columns=(own,))


def test_a_table_says_what_it_is_in_the_way_of_datasets():
    found = table_of(record({"a": {"enum": ["é", "b"]}, "b": JSON}))
    assert found.features == {"a": {"names": ["é", "b"], "_type": "ClassLabel"}, "b": {"_type": "Json"}}
    assert found.arrow.metadata == {b"huggingface": json.dumps({"info": {"features": found.features}}).encode()}
    assert all(field.nullable for field in found.arrow)


@settings(max_examples=150, deadline=None)
@given(made.records())
def test_features_and_arrow_types_are_those_of_datasets(made_up):
    found = table_of(made_up.schema)
    features = Features.from_dict(found.features)
    assert found.arrow.equals(features.arrow_schema, check_metadata=True)
    assert Features.from_arrow_schema(found.arrow) == features
    assert {field.name: field.type for field in found.arrow} == arrow_types(found.features)
    assert [column.source for column in found.columns] == list(made_up.schema["properties"])


@pytest.mark.parametrize(("schema", "arrow", "feature"), TYPES, ids=lambda part: json.dumps(part, default=str)[:50])
def test_what_a_type_is_stored_as(schema, arrow, feature):
    stored = storage_type(arrow)
    assert str(stored) == str(arrow).replace("extension<arrow.json>", "string")
    assert pa.array([None], stored).cast(stored).null_count == 1

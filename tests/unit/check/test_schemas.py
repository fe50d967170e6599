import pytest

from dataset_builder.check.rule import Looks
from dataset_builder.check.runner import run

TEXT = {"type": "string"}
OFFSETS = {"id": TEXT, "start": {"type": "integer"}, "end": {"type": "integer"}, "quote": TEXT}
KEYS = {"start": "start", "end": "end", "quote": "quote"}


def item(**changes):
    return {"type": "object", "required": ["id", "start", "end"], "properties": OFFSETS, "x-span": KEYS, **changes}


def record(**properties):
    return {"type": "object", "properties": properties}


def layer(**changes):
    return {"type": "array", "items": item(), "x-key": "id", **changes}


def found_in(view):
    return [(found.code, found.message) for found in run(Looks.AT_SCHEMA, view)]


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (record(a={}), "the schema doesn't say what this is"),
        (record(a=True), "the schema doesn't say what this is"),
        (record(a={"type": ["string", "integer"]}), "the schema admits several types here, which no one column holds"),
        (record(a={"type": "null"}), "this may only be null, which makes no column"),
        (record(a={"type": "string", "allOf": [{"type": "integer"}]}), "no value satisfies this schema"),
        (record(a={"type": "array"}), "the array doesn't say what its items are"),
        (record(a={"type": "object", "properties": {}}), "the object has no properties that make columns"),
        (record(a={"type": "object", "additionalProperties": {}}), "the schema doesn't say what this is"),
        (record(a={"$ref": "#"}), "this schema contains itself, so its column would never end"),
        ({"type": "array", "items": TEXT}, "a record must be an object"),
        ({}, "a record must be an object"),
    ],
)
def test_what_makes_no_column(schema_view, schema, message):
    assert found_in(schema_view(annotation=schema)) == [("SCH004", message)]


@pytest.mark.parametrize(
    "inner",
    [
        {"x-column": {"type": "json"}},
        {"x-column": False},
        {"x-private": True},
        {"type": ["string", "null"]},
        {"type": "object", "additionalProperties": TEXT},
        {"type": "array", "items": {"x-column": {"type": "json"}}},
        {"type": "object", "x-private": True, "properties": {"b": {}}},
        {"anyOf": [TEXT, {"type": "null"}]},
        False,
    ],
)
def test_what_needs_no_column_or_has_one(schema_view, inner):
    assert found_in(schema_view(annotation=record(a=inner, b=TEXT))) == []


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (record(a={**TEXT, "x-span": KEYS}), "x-span stands on what is no object"),
        (
            record(a=item(**{"x-span": {**KEYS, "quote": "quot"}})),
            'x-span names "quot" as quote, which is not declared',
        ),
        (
            record(a=item(**{"x-span": {**KEYS, "start": "id"}})),
            'x-span names "id" as start, which is not an integer',
        ),
        (record(a=item(required=["start"])), 'x-span names "end" as end, which may be missing'),
        (record(a=item(**{"x-span": {**KEYS, "end": "start"}})), "x-span gives one property two roles"),
        (
            record(a=item(**{"x-span": {"start": "start", "end": "end"}})),
            "x-span names neither a quote nor a digest, so offsets that shift can't be noticed",
        ),
        (record(a={**TEXT, "x-key": "id"}), "x-key stands on what is no array of objects"),
        (record(a=layer(**{"x-key": "key"})), 'x-key names "key", which is not declared'),
        (record(a=layer(**{"x-key": "start"})), 'x-key names "start", which is not a string'),
        (record(a=layer(**{"x-key": "quote"})), 'x-key names "quote", which an item need not have'),
        (
            record(a={"type": "integer", "x-ref": "b"}, b=layer()),
            "x-ref stands on what is neither a string nor an array of strings",
        ),
        (record(a={**TEXT, "x-ref": "c"}, b=layer()), 'x-ref names "c", which is no array of the record'),
        (record(a={**TEXT, "x-ref": "b"}, b={"type": "array", "items": item()}), 'x-ref names "b", which has no x-key'),
        (record(a={**TEXT, "x-ref": ["@article", "b"]}, b=layer()), 'x-ref names "@article" beside an array'),
        (
            record(a={"type": "array", "items": TEXT, "x-overlap": "nest"}),
            "x-overlap stands on what is no array of spans",
        ),
        (record(a={"type": "array", "items": TEXT, "x-table": "a"}), "x-table stands on what is no array of objects"),
        (record(a=layer(**{"x-table": "a", "x-private": True})), "x-table stands on what is not published"),
        (
            record(a=layer(**{"x-table": "t"}), b=layer(**{"x-table": "t"})),
            'two arrays are published as the table "t"',
        ),
        (record(a={**TEXT, "x-column": {"type": "int8"}}), "x-column asks for int8, which doesn't hold a string"),
        (
            record(a={"type": "number", "x-column": {"type": "int8"}}),
            "x-column asks for int8, which doesn't hold a number",
        ),
        (
            record(a={"type": "integer", "x-column": {"type": "string"}}),
            "x-column asks for string, which doesn't hold an integer",
        ),
        ({**record(a=TEXT), "x-column": {"type": "json"}}, "x-column stands on a whole record, which is a row"),
        (record(a={**TEXT, "x-agreement": "span"}), 'x-agreement is "span" on what is no array of spans'),
        (record(a={**TEXT, "x-agreement": "interval"}), 'x-agreement is "interval" on what is no number'),
        (
            record(a={**TEXT, "x-agreement": "ordinal"}),
            'x-agreement is "ordinal" on what is neither a number nor a label',
        ),
        (record(a=layer(**{"x-agreement": "nominal"})), 'x-agreement is "nominal" on what is no plain value'),
    ],
)
def test_a_keyword_where_it_means_nothing(schema_view, schema, message):
    assert found_in(schema_view(annotation=schema)) == [("SCH005", message)]


def test_a_definition_is_reported_once_however_often_it_is_used(schema_view):
    schema = {
        **record(a={"$ref": "#/$defs/span"}, b={"$ref": "#/$defs/span"}),
        "$defs": {"span": item(**{"x-span": {**KEYS, "quote": "quot"}})},
    }
    assert len(found_in(schema_view(annotation=schema))) == 1


def test_links_refer_to_layers_of_annotations(schema_view):
    link = record(article={**TEXT, "x-ref": "@article"}, entity={**TEXT, "x-ref": "entities"})
    assert found_in(schema_view(annotation=record(entities=layer()), link=link)) == []
    assert found_in(schema_view(annotation=record(a=layer()), link=link)) == [
        ("SCH005", 'x-ref names "entities", which is no array of the record')
    ]


@pytest.mark.parametrize(
    ("article", "annotation", "table", "name"),
    [
        (record(labels=TEXT), record(labels=TEXT), "articles", '"labels"'),
        (record(a={**TEXT, "x-column": {"name": "id"}}), record(b=TEXT), "articles", '"id"'),
        (record(Text=TEXT), record(b=TEXT), "articles", '"Text", which differs from "text" in case alone'),
        (record(a=TEXT), record(text=TEXT), "articles", '"text"'),
    ],
)
def test_columns_that_clash_among_articles(schema_view, article, annotation, table, name):
    (code, message), *others = found_in(schema_view(article=article, annotation=annotation))
    assert code == "SCH006"
    assert message.startswith(f'the table "{table}" would have two columns named {name}: this and ')
    assert not others


def test_columns_that_clash_elsewhere(schema_view):
    inner = item(properties={**OFFSETS, "article": TEXT})
    flat = found_in(schema_view(annotation=record(a={"type": "array", "items": inner, "x-key": "id", "x-table": "a"})))
    assert [message.split(":")[0] for _, message in flat] == ['the table "a" would have two columns named "article"']
    nested = record(a={"type": "object", "properties": {"b": TEXT, "B": TEXT}})
    assert [message.split(":")[0] for _, message in found_in(schema_view(annotation=nested))] == [
        'the object "a" would have two columns named "B", which differs from "b" in case alone'
    ]


def test_own_fields_and_what_is_not_published_clash_with_nothing(schema_view):
    article = record(sha256=TEXT, length={"type": "integer"}, id=TEXT, text=TEXT, a={**TEXT, "x-private": True})
    annotation = record(article=TEXT, annotator=TEXT, text_sha256=TEXT, b={**TEXT, "x-column": {"name": "a"}})
    assert found_in(schema_view(article=article, annotation=annotation)) == []

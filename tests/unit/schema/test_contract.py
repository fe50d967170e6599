"""What holds between schemas, columns, the fast path and the rules, for schemas and values made up at random.

The fast path is two steps: a value is proven well-formed, and its columns take it. What passes both, no rule has
anything to say of; what a column refuses, a rule explains.
"""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dataset_builder.check.prove import Prover
from dataset_builder.check.rule import Looks
from dataset_builder.check.runner import report_flaws, run
from dataset_builder.check.view import ArticleView, SchemaView
from dataset_builder.model.diagnostic import Severity
from dataset_builder.model.project import Project
from dataset_builder.model.source import Source
from dataset_builder.read.json import no_duplicate_keys, read_document
from dataset_builder.schema.columns import columns_of, table
from dataset_builder.tables.rows import Misfit, record_batch
from tests.unit import made
from tests.unit.schemas import MAIN, TEXT, WHOLE, array, record, schema_of

PROJECT = Project(root=Path(), file="dataset.toml", name="notes", title="Notes", version="1.0.0", license="MIT")


def findings_on(schema):
    """What the rules say of a schema."""
    file = {MAIN: read_document(json.dumps(schema.contents).encode(), Source(MAIN))}
    return list(run(Looks.AT_SCHEMA, SchemaView(project=PROJECT, schemas=schema.schemas, documents=file)))


def findings_in(schema, data):
    """What the rules say of a JSON text: all of them, and just the same those that what is proven leaves a say."""
    document = read_document(data, Source("seeds/a.json"))
    view = ArticleView(id="a", project=PROJECT, schema=schema, file="seeds/a.txt", data=b"A text.", metadata=document)
    found = list(run(Looks.AT_ARTICLE, view)) if document.readable else []
    if document.readable and not document.flaws:
        settled = Prover(schema, PROJECT.limits, no_duplicate_keys).settled(document.value, data, None)
        assert list(run(Looks.AT_ARTICLE, replace(view, settled=settled))) == found
    return [*report_flaws(document), *found]


def is_proven(schema, value, data):
    prover = Prover(schema, PROJECT.limits, no_duplicate_keys)
    return prover.is_valid(value, data) and prover.are_exact([value], [data])


def fits(schema, value):
    try:
        record_batch(table("articles", columns_of(schema.shape)), [value, {}, value])
    except Misfit:
        return False
    return True


def agree(schema, text):
    data = text.encode()
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        assert findings_in(schema, data), "the strict reader refuses at least what the fast one does"
        return
    if not isinstance(value, dict):
        return
    proven, taken, found = is_proven(schema, value, data), fits(schema, value), findings_in(schema, data)
    if proven and taken:
        assert found == []
    if not taken:
        assert any(diagnostic.severity is Severity.ERROR for diagnostic in found)


# Schemas that say what they mean


@st.composite
def plain(draw):
    made_up = draw(made.records())
    return made_up.schema, draw(made_up.values.map(json.dumps))


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(plain())
def test_valid_values_are_proven_and_fit(pair):
    contents, text = pair
    schema, value = schema_of(contents), json.loads(text)
    assert findings_on(schema) == []
    assert schema.validator.is_valid(value)
    assert fits(schema, value)
    assert findings_in(schema, text.encode()) == []


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(plain().flatmap(lambda pair: st.tuples(st.just(pair[0]), made.damaged(st.just(pair[1])))))
def test_damaged_values(pair):
    contents, text = pair
    agree(schema_of(contents), text)


# Schemas that say it in other ways: by conditions, in parts, by patterns, or not at all

NAMES = st.sampled_from(["a", "b", "zz", "z"])
PLAIN = st.sampled_from(
    [
        TEXT,
        WHOLE,
        {"type": "number"},
        {"type": "boolean"},
        {"enum": ["abc", ""]},
        {**TEXT, "format": "date"},
        {**WHOLE, "x-column": {"type": "int8"}},
        {"type": "number", "x-column": {"type": "float32"}},
        {**WHOLE, "x-column": {"type": "json"}},
        {"x-column": {"type": "json"}},
        {"x-column": False},
        {"x-private": True},
        {"type": ["string", "integer"], "x-private": True},
        {"type": "array", "x-private": True},
    ]
)


def properties(inner):
    return st.dictionaries(NAMES, inner, min_size=1, max_size=3).map(lambda found: {"properties": found})


def parts(inner):
    """What may stand beside the properties of an object."""
    branch = st.one_of(
        properties(inner),
        inner.map(lambda schema: {"patternProperties": {"^z": schema}}),
        inner.map(lambda schema: {"additionalProperties": schema}),
        st.sampled_from([{"required": ["a"]}, {"additionalProperties": True}, {"unevaluatedProperties": True}, TEXT]),
    )
    return st.one_of(
        st.lists(branch, min_size=1, max_size=2).map(lambda branches: {"allOf": branches}),
        st.lists(branch, min_size=2, max_size=2).map(lambda branches: {"anyOf": branches}),
        st.tuples(branch, branch, branch).map(lambda found: dict(zip(("if", "then", "else"), found, strict=True))),
        branch.map(lambda found: {"dependentSchemas": {"a": found}}),
        branch.filter(lambda found: found != TEXT),
    )


@cache
def schemas(depth):
    if not depth:
        return PLAIN
    inner = st.one_of(PLAIN, schemas(depth - 1))
    whole = st.tuples(
        properties(inner),
        st.one_of(st.just({}), parts(inner)),
        st.sampled_from([{}, {"unevaluatedProperties": False}, {"x-column": {"type": "json"}}]),
    ).map(lambda found: {"type": "object", **found[1], **found[0], **found[2]})
    return st.one_of(
        whole,
        whole,
        inner.map(array),
        inner.map(lambda schema: {"type": "object", "additionalProperties": schema}),
        inner.map(lambda schema: {"patternProperties": {"^z": schema}}),
        st.lists(inner, min_size=1, max_size=2).map(lambda found: {"type": "array", "prefixItems": found}),
    )


SCALARS = {
    "string": st.sampled_from(["", "abc", "2025-03-01"]),
    "integer": st.sampled_from([0, 1, 2.0, 300, 2**24 + 1, 2**53 + 1]),
    "number": st.sampled_from([0, 0.5, 2.0, 2**24 + 1, 2**53 + 1]),
    "boolean": st.booleans(),
    "array": st.just([]),
}
ANYTHING = st.one_of(st.sampled_from([None, [], {}, "abc", 2.0, {"zz": 1}, [{"a": 2.0}]]), *SCALARS.values())


def said_of(schema, name):
    """Every schema that `schema` or a part of it has for the property `name`."""
    for part in (
        schema,
        *schema.get("allOf", ()),
        *schema.get("anyOf", ()),
        *schema.get("dependentSchemas", {}).values(),
    ):
        yield from (found for found in [part.get("properties", {}).get(name)] if found)
        yield from part.get("patternProperties", {}).values()
        yield from (found for found in [part.get("additionalProperties")] if isinstance(found, dict))
    for keyword in ("if", "then", "else"):
        if keyword in schema:
            yield from said_of(schema[keyword], name)


@st.composite
def likely(draw, schema):
    """A value that is likely to be valid."""
    if not draw(st.integers(0, 9)):
        return draw(ANYTHING)
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    kind = schema.get("type", "object" if {"properties", "patternProperties"} & schema.keys() else None)
    if kind == "object":
        return {name: draw(likely_member(schema, name)) for name in draw(st.lists(NAMES, max_size=3, unique=True))}
    inner = schema.get("prefixItems", [schema["items"]] * 2 if "items" in schema else None)
    if inner:
        return [draw(likely(item)) for item in inner[: draw(st.integers(0, 2))]]
    return draw(SCALARS.get(str(kind), ANYTHING))


@st.composite
def likely_member(draw, schema, name):
    found = list(said_of(schema, name))
    return draw(likely(draw(st.sampled_from(found)))) if found else draw(ANYTHING)


@st.composite
def conditional(draw):
    contents = {"type": "object", **draw(st.one_of(st.just({}), parts(schemas(1)))), **draw(properties(schemas(2)))}
    if draw(st.booleans()):
        contents["unevaluatedProperties"] = False
    texts = st.lists(likely(contents), min_size=1, max_size=6).map(lambda values: [*map(json.dumps, values)])
    return contents, [draw(made.damaged(st.just(text), often=False)) for text in draw(texts)]


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(conditional())
def test_schemas_with_conditions(pair):
    contents, texts = pair
    schema = schema_of(contents)
    assume(not findings_on(schema))
    for text in texts:
        agree(schema, text)


# What was found in these ways, or might be


MIXIN = {"patternProperties": {"^z": TEXT}}
CLOSED = {"unevaluatedProperties": False}
TINY = '{"n": 0.' + "0" * 250 + "1e-99}"
DEEP = "[" * 70 + "]" * 70


def maybe(inner):
    return record({"k": TEXT}, **{"if": {"required": ["k"]}, "then": {"properties": inner}})


@pytest.mark.parametrize(
    ("contents", "text"),
    [
        pytest.param(record({"a": TEXT}, allOf=[MIXIN], **CLOSED), '{"z1": ""}', id="a pattern in a part"),
        pytest.param(
            record({"a": TEXT}, dependentSchemas={"a": MIXIN}, **CLOSED), '{"a": "", "z": ""}', id="or in a case"
        ),
        pytest.param(
            record({"a": TEXT}, **CLOSED, **{"if": {"properties": {"z": TEXT}}}), '{"z": ""}', id="or in an if"
        ),
        pytest.param(
            record({"m": {"type": "object", "additionalProperties": record({"a": TEXT})}}),
            '{"m": {"k": {"a": "", "lost": 1}}}',
            id="an undeclared property within a map",
        ),
        pytest.param(
            record({"m": {"type": "object", "additionalProperties": array(record({"a": TEXT}))}}),
            '{"m": {"k": [{"lost": 1}]}}',
            id="an undeclared property within arrays within a map",
        ),
        pytest.param(
            record({"m": record({"n": WHOLE}, **{"x-column": {"type": "json"}})}),
            '{"m": {"n": 2.0}}',
            id="an integer as a float in JSON",
        ),
        pytest.param(
            record({"m": {"type": "object", "additionalProperties": WHOLE, "x-column": {"type": "json"}}}),
            '{"m": {"n": 2.0}}',
            id="an integer as a float in a map in JSON",
        ),
        pytest.param(record({"n": {"type": "number"}}), TINY, id="a number that is read as 0.0"),
        pytest.param(record({"n": {"x-private": True}}), TINY, id="a number in what isn't typed"),
        pytest.param(record({"p": {"x-private": True}}), f'{{"p": {DEEP}}}', id="depth in what isn't typed"),
        pytest.param(record({"p": array(True, **{"x-column": False})}), f'{{"p": {DEEP}}}', id="depth in its items"),
        pytest.param(record({"p": {"x-column": False}}), '{"p": 1' + "0" * 30 + "}", id="a large number there"),
        pytest.param(
            record({"p": {"$ref": "#/$defs/p", "x-private": True}}, **{"$defs": {"p": array({"$ref": "#/$defs/p"})}}),
            f'{{"p": {DEEP}}}',
            id="depth in what contains itself",
        ),
        pytest.param(record({"p": {**WHOLE, "x-column": {"type": "uint8"}}}), '{"p": -1}', id="a range"),
        pytest.param(
            record({"p": {"type": "number", "x-column": {"type": "float32"}}}),
            '{"p": 16777217}',
            id="an inexact integer",
        ),
        pytest.param(
            record({"p": {**TEXT, "format": "date-time"}}), '{"p": "2016-12-31T23:59:60Z"}', id="a leap second"
        ),
        pytest.param(record({"p": {**TEXT, "format": "date"}}), '{"p": "0000-01-01"}', id="the year 0"),
        pytest.param(maybe({"p": array(TEXT)}), '{"p": "abc"}', id="a string where an array may be"),
        pytest.param(maybe({"p": array(TEXT)}), '{"p": {}}', id="an object where an array may be"),
        pytest.param(maybe({"p": record({"a": TEXT})}), '{"p": []}', id="an array where an object may be"),
        pytest.param(maybe({"p": record({"a": TEXT})}), '{"p": ""}', id="a string where an object may be"),
        pytest.param(maybe({"p": {"additionalProperties": TEXT}}), '{"p": []}', id="an array where a map may be"),
        pytest.param(maybe({"p": {"type": "boolean"}}), '{"p": 0}', id="a number where a truth value may be"),
        pytest.param(maybe({"p": {"enum": ["a"]}}), '{"p": "b"}', id="another label"),
        pytest.param(record({"p": {"enum": ["a", "a"]}}), '{"p": "a", "p": "a"}', id="a key given twice"),
    ],
)
def test_what_rules_report_is_never_taken(contents, text):
    schema = schema_of(contents)
    data, value = text.encode(), orjson.loads(text)
    assert findings_on(schema) == []
    assert schema.validator.is_valid(value)
    assert findings_in(schema, data)
    assert not (is_proven(schema, value, data) and fits(schema, value))


def test_the_common_case_is_proven():
    schema = schema_of(
        record(
            {"a": TEXT, "n": WHOLE, "f": {"type": "number"}, "m": {"additionalProperties": record({"a": TEXT})}},
            **CLOSED,
        )
    )
    text = '{"a": "b: c", "n": 2, "f": 0.0, "m": {"k": {"a": ""}, "l": {}}}'
    assert is_proven(schema, orjson.loads(text), text.encode())

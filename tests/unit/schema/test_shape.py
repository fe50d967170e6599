from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_builder.schema.shape import ITEM, Column, Kind, Label, Shape, SpanKeys, meet, unite, walk
from tests.unit.schemas import outline

NAMES = st.sampled_from(["a", "b", "c"])
PLAIN = [kind for kind in Kind if kind not in (Kind.ANY, Kind.NEVER, Kind.NULL, Kind.OBJECT, Kind.MAP, Kind.ARRAY)]
FLAGS = {"nullable": st.booleans(), "private": st.booleans(), "patterned": st.booleans()}
LABELS = st.lists(st.sampled_from("xyz"), unique=True).map(lambda names: tuple(Label(name=name) for name in names))

leaves = st.one_of(
    st.just(Shape()),
    st.just(Shape(kind=Kind.NEVER, nullable=False)),
    st.just(Shape(kind=Kind.NULL)),
    st.builds(Shape, kind=st.sampled_from(PLAIN), **FLAGS),
    st.builds(
        Shape, kind=st.just(Kind.STRING), labels=LABELS, format=st.sampled_from([None, "date", "date-time"]), **FLAGS
    ),
)


def nested(inner):
    properties = st.dictionaries(NAMES, inner, max_size=3).map(lambda found: tuple(found.items()))
    required = st.frozensets(NAMES)
    return st.one_of(
        st.builds(Shape, kind=st.just(Kind.ARRAY), items=st.none() | inner, **FLAGS),
        st.builds(Shape, kind=st.just(Kind.MAP), items=inner, **FLAGS),
        st.builds(
            Shape, kind=st.just(Kind.OBJECT), properties=properties, required=required, closed=st.booleans(), **FLAGS
        ),
    )


shapes = st.recursive(leaves, nested, max_leaves=6)


def facts(shape):
    """What a shape says, whatever the order in which it was put together."""
    if shape is None:
        return None
    said = (shape.kind, shape.nullable)
    if shape.kind in (Kind.NEVER, Kind.NULL):
        return said
    return (
        *said,
        {name: facts(inner) for name, inner in shape.properties},
        facts(shape.items),
        {label.name for label in shape.labels},
        shape.required,
        shape.closed,
        shape.patterned,
        shape.private,
    )


@given(shapes)
def test_to_meet_what_says_nothing_changes_nothing(shape):
    assert meet(Shape(), shape) == replace(shape, at=("", ()))
    assert meet(shape, Shape()) == shape


@settings(max_examples=300)
@given(shapes, shapes)
def test_to_meet_is_commutative(a, b):
    assert facts(meet(a, b)) == facts(meet(b, a))


@given(shapes)
def test_to_meet_oneself_changes_nothing(shape):
    assert facts(meet(shape, shape)) == facts(shape)


@settings(max_examples=300)
@given(shapes, shapes)
def test_what_meets_admits_null_only_where_both_do(a, b):
    met = meet(a, b)
    assert met.nullable == (a.nullable and b.nullable)
    assert met.private == (a.private or b.private)


@given(shapes)
def test_to_unite_with_what_says_nothing_changes_nothing(shape):
    expected = Shape() if shape.kind in (Kind.ANY, Kind.NEVER) else shape
    assert unite([shape]) == unite([Shape(), shape]) == unite([shape, Shape()]) == expected
    assert unite([Shape(kind=Kind.NEVER, nullable=False), shape]) == expected


def test_to_unite_nothing_says_nothing():
    assert unite([]) == Shape()


@settings(max_examples=300)
@given(shapes, shapes)
def test_to_unite_is_commutative(a, b):
    assert facts(unite([a, b])) == facts(unite([b, a]))


@given(shapes)
def test_to_unite_with_oneself_changes_nothing(shape):
    assert facts(unite([shape, shape])) == facts(unite([shape]))


@settings(max_examples=50)
@given(st.lists(shapes, max_size=4))
def test_what_is_united_admits_null_where_one_does(branches):
    known = [branch for branch in branches if branch.kind not in (Kind.ANY, Kind.NEVER)]
    assert unite(branches).nullable == (not known or any(b.nullable or b.kind is Kind.NULL for b in known))


STRING, WHOLE, NUMBER = (Shape(kind=kind, nullable=False) for kind in (Kind.STRING, Kind.INTEGER, Kind.NUMBER))
NULL, NEVER = Shape(kind=Kind.NULL), Shape(kind=Kind.NEVER, nullable=False)
XY = replace(STRING, labels=(Label(name="x"), Label(name="y")))
YZ = replace(STRING, labels=(Label(name="y", title="ypsilon"), Label(name="z")))
OBJECT = Shape(kind=Kind.OBJECT, nullable=False)
A = replace(OBJECT, properties=(("a", STRING),), required=frozenset("a"), closed=True)
B = replace(OBJECT, properties=(("b", WHOLE),), required=frozenset("b"))
MAP = Shape(kind=Kind.MAP, nullable=False, items=STRING)


@pytest.mark.parametrize(
    ("a", "b", "met", "united"),
    [
        (WHOLE, NUMBER, "integer", "number"),
        (STRING, NUMBER, "never", "mixed"),
        (STRING, NULL, "never", "string?"),
        (replace(STRING, nullable=True), replace(NUMBER, nullable=True), "null?", "mixed?"),
        (replace(STRING, nullable=True), NULL, "null?", "string?"),
        (STRING, NEVER, "never", "string"),
        (STRING, Shape(), "string", "string"),
        (XY, YZ, "label(y)", "label(x, y, z)"),
        (XY, STRING, "label(x, y)", "string"),
        (A, B, "object {a: string, b: integer}", "object {a: string, b: integer}"),
        (A, replace(A, properties=(("a", WHOLE),)), "object {a: never}", "object {a: mixed}"),
        (A, replace(A, properties=(("a", NEVER),)), "object {a: never}", "object {a: string}"),
        (A, MAP, "object {a: string}", "mixed"),
        (OBJECT, MAP, "map [string]", "mixed"),
        (Shape(kind=Kind.MIXED, nullable=False), WHOLE, "integer", "mixed"),
        (Shape(kind=Kind.RECURSIVE, nullable=False), A, "recursive", "mixed"),
    ],
)
def test_what_meets_and_what_is_united(a, b, met, united):
    assert outline(meet(a, b)) == met
    assert outline(unite([a, b])) == united


def test_what_is_required_and_closed():
    assert (meet(A, B).required, meet(A, B).closed) == ({"a", "b"}, True)
    assert (unite([A, B]).required, unite([A, B]).closed) == (frozenset(), False)


def test_the_outer_one_has_the_say_on_what_is_said_once():
    said = {
        "title": "T",
        "description": "D",
        "format": "date",
        "span": SpanKeys(start="s", end="e"),
        "key": "id",
        "refs": ("a",),
        "overlap": "nest",
        "table": "t",
        "column": Column(drop=True),
        "agreement": "nominal",
    }
    outer, inner = replace(STRING, title="outer"), replace(STRING, **said)
    met = meet(outer, inner)
    assert {name: getattr(met, name) for name in said} == {**said, "title": "outer"}
    assert meet(inner, outer).title == "T"


def test_a_label_met_twice_keeps_its_first_meaning_and_order():
    united = unite([XY, YZ])
    assert [(label.name, label.title) for label in united.labels] == [("x", None), ("y", None), ("z", None)]
    assert meet(YZ, XY).labels == (Label(name="y", title="ypsilon"),)


def test_formats_that_differ_are_no_format():
    date, time = (replace(STRING, format=name) for name in ("date", "date-time"))
    assert unite([date, date]).format == "date"
    assert unite([date, time]).format is None
    assert unite([date, STRING]).format is None


def test_a_walk_meets_everything_but_the_values_of_maps():
    items = Shape(kind=Kind.ARRAY, items=A)
    whole = replace(OBJECT, properties=(("list", items), ("map", MAP)))
    assert [(path, shape.kind.value) for path, shape in walk(whole)] == [
        ((), "object"),
        (("list",), "array"),
        (("list", ITEM), "object"),
        (("list", ITEM, "a"), "string"),
        (("map",), "map"),
    ]


PRIVATE = Shape(private=True)


@pytest.mark.parametrize(
    "branches", [[STRING, PRIVATE], [PRIVATE, STRING], [PRIVATE], [WHOLE, replace(STRING, private=True)]]
)
def test_what_is_private_in_one_branch_is_private(branches):
    assert unite(branches).private
    assert unite([NULL, *branches]).private


def test_branches_that_only_ask_for_a_column_ask_for_it_together():
    json, other = Shape(column=Column(type="json")), Shape(column=Column(drop=True))
    assert unite([json]).column == unite([json, json]).column == Column(type="json")
    assert unite([json, other]).column is None

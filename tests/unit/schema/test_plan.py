from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.schema.plan import (
    Anchor,
    Keyed,
    LabelSet,
    Measured,
    Overlapping,
    Plan,
    Reference,
    TableSpec,
    compile_plan,
    gather,
    gather_places,
)
from dataset_builder.schema.shape import ITEM, SpanKeys
from tests.unit.schemas import TEXT, WHOLE, array, record, shape_of

KEYS = SpanKeys(start="start", end="end", quote="quote")
SPAN = {
    **record({"id": TEXT, "start": WHOLE, "end": WHOLE, "quote": TEXT}),
    "x-span": {"start": "start", "end": "end", "quote": "quote"},
}
NEWS = record(
    {
        "article": {**TEXT, "x-ref": "@article"},
        "topic": {"enum": ["war", "work"], "x-agreement": "nominal"},
        "entities": array(
            {
                **SPAN,
                "properties": {**SPAN["properties"], "same_as": {"type": ["string", "null"], "x-ref": "entities"}},
            },
            **{"x-key": "id", "x-overlap": "nest", "x-table": "entities", "x-agreement": "span"},
        ),
        "quotes": array(
            record({"cue": SPAN, "hearers": array({**TEXT, "x-ref": ["entities", "quotes"]})}),
            **{"x-key": "id", "x-table": "quotes"},
        ),
        "relations": array(record({"of": {"$ref": "#/$defs/mention"}}), **{"x-overlap": "forbid"}),
        "headline": SPAN,
        "passages": array(SPAN, **{"x-overlap": "allow"}),
        "notes": {**TEXT, "x-private": True},
        "about": array({**TEXT, "x-ref": "@article"}),
        "seen": array(TEXT, **{"x-ref": "@article"}),
        "named": array(TEXT, **{"x-ref": "entities"}),
        "by_name": {"type": "object", "additionalProperties": {"enum": ["yes", "no"]}},
    },
    **{"$defs": {"mention": {**TEXT, "x-ref": "entities"}}},
)


def test_a_plan_has_all_that_the_schema_asks_for():
    assert compile_plan(shape_of(NEWS)) == Plan(
        anchors=tuple(
            Anchor(path=path, keys=KEYS)
            for path in [("entities", ITEM), ("quotes", ITEM, "cue"), ("headline",), ("passages", ITEM)]
        ),
        keyed=(Keyed(path=("entities",), key="id"), Keyed(path=("quotes",), key="id")),
        references=(
            Reference(path=("entities", ITEM, "same_as"), targets=("entities",)),
            Reference(path=("quotes", ITEM, "hearers", ITEM), targets=("entities", "quotes")),
            Reference(path=("relations", ITEM, "of"), targets=("entities",)),
            Reference(path=("named", ITEM), targets=("entities",)),
        ),
        article_references=(("article",), ("about", ITEM), ("seen", ITEM)),
        overlaps=(Overlapping(path=("entities",), keys=KEYS, policy="nest"),),
        labels=(LabelSet(path=("topic",), names=("war", "work")),),
        measured=(
            Measured(path=("topic",), measure="nominal"),
            Measured(path=("entities",), measure="span"),
        ),
        tables=(TableSpec(path=("entities",), name="entities"), TableSpec(path=("quotes",), name="quotes")),
        private=(("notes",),),
        certain=frozenset(
            {
                *(("entities", ITEM), ("quotes", ITEM), ("quotes", ITEM, "hearers", ITEM), ("relations", ITEM)),
                *(("passages", ITEM), ("about", ITEM), ("seen", ITEM), ("named", ITEM)),
            }
        ),
    )


def test_what_is_required_and_never_null_is_certain():
    items = array(
        {**record({"id": TEXT, "said": {"type": ["string", "null"]}, "by": TEXT}), "required": ["id", "said"]}
    )
    shape = shape_of({**record({"items": items, "loose": array({"type": ["string", "null"]})}), "required": ["items"]})
    assert compile_plan(shape).certain == {("items",), ("items", ITEM), ("items", ITEM, "id")}


def test_a_schema_that_asks_for_nothing_has_an_empty_plan():
    assert compile_plan(shape_of(record({"a": TEXT}))) == Plan()


def test_the_key_of_a_layer():
    plan = compile_plan(shape_of(NEWS))
    assert plan.key_of("entities") == "id"
    assert plan.key_of("relations") is None


def test_what_is_gathered():
    value = {"a": [{"b": 1}, {"b": None}, None, {"c": 2}, 3, {"b": [4, None]}]}
    assert gather(value, ("a", ITEM, "b")) == [1, [4, None]]
    assert gather(value, ("a", ITEM, "b", ITEM)) == [4]
    assert list(gather_places(value, ("a", ITEM, "b", ITEM))) == [(("a", 5, "b", 0), 4)]
    assert gather(value, ()) == [value]
    assert gather(None, ()) == gather({"a": {}}, ("a", ITEM)) == gather([], ("a",)) == []


STEPS = st.sampled_from(["a", "b", ITEM])
VALUES = st.recursive(
    st.none() | st.integers(0, 3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=12,
)


@given(VALUES, st.lists(STEPS, max_size=4).map(tuple))
def test_values_are_gathered_alike_with_their_places_and_without(value, path):
    places = list(gather_places(value, path))
    assert [found for _, found in places] == gather(value, path)
    for pointer, found in places:
        assert reduce(lambda inner, step: inner[step], pointer, value) is found
        assert tuple(ITEM if isinstance(step, int) else step for step in pointer) == path
    assert sorted(pointer for pointer, _ in places) == [pointer for pointer, _ in places]

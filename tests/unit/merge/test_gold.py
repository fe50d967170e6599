import copy
import random

import pytest

from dataset_builder.errors import UsageError
from dataset_builder.merge.gold import as_annotation, gold_shape, merge_gold
from dataset_builder.model.project import Fields, Gold
from dataset_builder.schema.shape import Kind

FIELDS = Fields()
SINGLE, MAJORITY, ALL = (Gold(policy=policy) for policy in ("single", "majority", "all"))


def merge(schema, gold, **records):
    return merge_gold(records, schema.plan, schema.shape, gold, FIELDS)


def entity(key, start, end, kind="person", **more):
    return {"id": key, "start": start, "end": end, "type": kind, **more}


def quote(key, start, end, speaker, **more):
    return {"id": key, "start": start, "end": end, "speaker": speaker, **more}


# --- single and adjudicated ---


def test_a_single_record_loses_its_envelope_and_nothing_else(newsroom):
    record = {"article": "x", "annotator": "a", "text_sha256": "0", "topic": "war", "unknown": [1]}
    assert merge(newsroom, SINGLE, a=record) == {"topic": "war", "unknown": [1]}


def test_the_envelope_has_the_names_that_the_project_gives_it(newsroom):
    fields = Fields(article="doc", annotator="who", text_sha256="digest")
    record = {"doc": "x", "who": "a", "digest": "0", "article": "kept"}
    for gold in (SINGLE, MAJORITY):
        merged = merge_gold({"a": record}, newsroom.plan, newsroom.shape, gold, fields)
        assert merged == {"article": "kept"}


def test_of_several_records_single_takes_the_alphabetically_first(newsroom):
    assert merge(newsroom, SINGLE, b={"topic": "war"}, a={"topic": "work"}) == {"topic": "work"}


def test_adjudicated_takes_the_named_annotators_record_or_none(newsroom):
    gold = Gold(policy="adjudicated", annotator="judge")
    assert merge(newsroom, gold, a={"topic": "war"}, judge={"topic": "work"}) == {"topic": "work"}
    assert merge(newsroom, gold, a={"topic": "war"}) is None


@pytest.mark.parametrize("gold", [SINGLE, MAJORITY, ALL, Gold(policy="adjudicated", annotator="a")])
def test_without_records_there_is_no_gold(newsroom, gold):
    assert merge(newsroom, gold) is None


# --- values by majority ---


def test_a_value_is_kept_where_more_than_half_have_it(newsroom):
    assert merge(newsroom, MAJORITY, a={"topic": "war"}, b={"topic": "war"}, c={"topic": "work"}) == {"topic": "war"}


def test_half_is_no_majority(newsroom):
    assert merge(newsroom, MAJORITY, a={"topic": "war"}, b={"topic": "work"}) == {}
    assert merge(newsroom, MAJORITY, a={"topic": "war"}, b={}) == {}


def test_without_a_majority_what_may_be_null_is_null(newsroom):
    assert merge(newsroom, MAJORITY, a={"slant": 1}, b={"slant": 2}) == {"slant": None}
    assert merge(newsroom, MAJORITY, a={"slant": 1}, b={}) == {"slant": None}


def test_a_majority_may_be_for_null_or_for_nothing(newsroom):
    assert merge(newsroom, MAJORITY, a={"slant": None}, b={"slant": None}, c={"slant": 1}) == {"slant": None}
    assert merge(newsroom, MAJORITY, a={"slant": 1}, b={}, c={}) == {}


def test_one_and_true_are_different_values_and_one_and_one_point_zero_are_not(newsroom):
    assert merge(newsroom, MAJORITY, a={"free": 1}, b={"free": True}) == {}
    assert merge(newsroom, MAJORITY, a={"free": 1}, b={"free": 1.0}) == {"free": 1}
    assert merge(newsroom, MAJORITY, a={"free": {"x": [1]}}, b={"free": {"x": [1.0]}}) == {"free": {"x": [1]}}
    assert merge(newsroom, MAJORITY, a={"free": {"x": [1]}}, b={"free": {"x": [True]}}) == {}


def test_an_object_is_voted_on_property_by_property(build_schema):
    labels = {"type": "object", "properties": {"x": {"type": "string"}, "y": {"type": "string"}}}
    schema = build_schema({"labels": labels})
    records = {name: {"labels": {"x": x, "y": y}} for name, x, y in [("a", "1", "1"), ("b", "1", "2"), ("c", "2", "3")]}
    assert merge(schema, MAJORITY, **records) == {"labels": {"x": "1"}}


def test_a_map_is_voted_on_name_by_name(build_schema):
    schema = build_schema({"scores": {"type": "object", "additionalProperties": {"type": "integer"}}})
    records = {"a": {"scores": {"x": 1, "y": 1}}, "b": {"scores": {"x": 1, "y": 2}}, "c": {"scores": {"z": 3}}}
    assert merge(schema, MAJORITY, **records) == {"scores": {"x": 1}}
    assert merge(schema, ALL, **records) == {"scores": {"x": 1, "y": 1, "z": 3}}


def test_an_optional_array_needs_a_majority_of_its_own(newsroom):
    assert merge(newsroom, MAJORITY, a={"tags": []}, b={}) == {}
    assert merge(newsroom, MAJORITY, a={"tags": []}, b={"tags": []}, c={}) == {"tags": []}


def test_who_lacks_an_array_has_none_of_its_items(newsroom):
    records = {"a": {"tags": ["x"]}, "b": {"tags": ["x"]}, "c": {"tags": []}, "d": {}}
    assert merge(newsroom, MAJORITY, **records) == {"tags": []}


def test_scalars_in_an_array_are_kept_by_value_each_as_often_as_a_majority_has_it(newsroom):
    records = {"a": {"tags": ["y", "x", "x"]}, "b": {"tags": ["x", "z", "x"]}, "c": {"tags": ["z", "y"]}}
    assert merge(newsroom, MAJORITY, **records) == {"tags": ["y", "x", "x", "z"]}


# --- spans by majority ---


def test_spans_are_the_same_item_where_start_and_end_are(newsroom):
    records = {
        "a": {"entities": [entity("e1", 0, 4), entity("e2", 5, 9), entity("e3", 20, 25)]},
        "b": {"entities": [entity("e1", 5, 9), entity("e2", 0, 3)]},
        "c": {"entities": [entity("e9", 20, 25), entity("e8", 5, 9, "place")]},
    }
    assert merge(newsroom, MAJORITY, **records) == {"entities": [entity("e2", 5, 9), entity("e3", 20, 25)]}


def test_items_stand_by_start_and_end(newsroom):
    shuffled = [entity("e1", 9, 12), entity("e2", 0, 9), entity("e3", 0, 4)]
    merged = merge(newsroom, MAJORITY, a={"entities": shuffled})
    assert [item["id"] for item in merged["entities"]] == ["e3", "e2", "e1"]


def test_an_items_properties_are_voted_on_by_those_who_have_it(newsroom):
    one = {"entities": [entity("e1", 0, 4, "place")]}
    records = {"a": {"entities": [entity("e1", 0, 4)]}, "b": one, "c": one, "d": {"entities": []}}
    assert merge(newsroom, MAJORITY, **records) == one


def test_a_required_property_without_a_majority_is_absent_and_the_schema_says_so(newsroom):
    records = {"a": {"entities": [entity("e1", 0, 4)]}, "b": {"entities": [entity("e1", 0, 4, "place")]}}
    merged = merge(newsroom, MAJORITY, **records)
    assert merged == {"entities": [{"id": "e1", "start": 0, "end": 4}]}
    assert not newsroom.validator.is_valid(as_annotation(merged, records, newsroom.shape, MAJORITY, FIELDS))


def test_the_anchor_is_taken_whole_from_the_first_who_has_the_item(newsroom):
    records = {
        "a": {"entities": [entity("e1", 0, 4, quote="Anna")]},
        "b": {"entities": [entity("e1", 0, 4, digest="0" * 64)]},
    }
    assert merge(newsroom, MAJORITY, **records) == records["a"]


def test_several_items_on_one_span_are_told_apart_by_what_they_say(newsroom):
    records = {
        "a": {"entities": [entity("e1", 0, 4, "person"), entity("e2", 0, 4, "place")]},
        "b": {"entities": [entity("e1", 0, 4, "place"), entity("e2", 0, 4, "work")]},
        "c": {"entities": [entity("e1", 0, 4, "place")]},
    }
    # The places are one item; person and work are the other one, on whose type there is no majority.
    expected = [entity("e2", 0, 4, "place"), {"id": "e1", "start": 0, "end": 4}]
    assert merge(newsroom, MAJORITY, **records) == {"entities": expected}
    assert merge(newsroom, ALL, **records) == {
        "entities": [
            entity("e2", 0, 4, "place", annotators=["a", "b", "c"]),
            entity("e1", 0, 4, "person", annotators=["a", "b"]),
        ]
    }


def test_equal_items_on_one_span_count_as_often_as_a_majority_has_them(newsroom):
    twice = {"entities": [entity("e1", 0, 4), entity("e2", 0, 4)]}
    assert merge(newsroom, MAJORITY, a=twice, b=twice, c={"entities": []}) == twice
    assert merge(newsroom, MAJORITY, a=twice, b={"entities": [entity("e7", 0, 4)]}) == {
        "entities": [entity("e1", 0, 4)]
    }


def test_items_on_one_span_are_told_apart_by_what_their_references_mean(newsroom):
    """The same two echoes of two quotes, in another order and with other keys."""
    base = [entity("e1", 0, 4), entity("e2", 5, 9)]
    other = [entity("x1", 5, 9), entity("x2", 0, 4)]
    records = {
        "a": {"entities": base, "quotes": [quote("q1", 10, 20, "e1"), quote("q2", 10, 20, "e2")]},
        "b": {"entities": other, "quotes": [quote("q1", 10, 20, "x1"), quote("q2", 10, 20, "x2")]},
    }
    assert merge(newsroom, MAJORITY, **records) == records["a"]


def test_what_is_not_anchored_yet_is_known_by_its_key_and_comes_last(newsroom):
    loose = {"id": "e5", "start": None, "end": None, "quote": "Anna", "type": "person"}
    record = {"entities": [loose, entity("e1", 0, 4)]}
    assert merge(newsroom, MAJORITY, a=record, b=record) == {"entities": [entity("e1", 0, 4), loose]}


def test_an_anchored_object_outside_an_array_is_never_put_together_from_two(build_schema):
    headline = {
        "type": ["object", "null"],
        "x-span": {"start": "start", "end": "end"},
        "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}, "tone": {"type": "string"}},
    }
    schema = build_schema({"headline": headline})
    records = {
        "a": {"headline": {"start": 0, "end": 5, "tone": "plain"}},
        "b": {"headline": {"start": 0, "end": 7, "tone": "plain"}},
        "c": {"headline": {"start": 2, "end": 7, "tone": "plain"}},
    }
    assert merge(schema, MAJORITY, **records) == {"headline": None}
    assert merge(schema, ALL, **records) == records["a"]
    assert merge(schema, MAJORITY, **records, d=records["c"], e=records["c"]) == records["c"]


# --- keys ---


def test_a_key_is_that_of_the_alphabetically_first_who_has_the_item(newsroom):
    records = {
        "b": {"entities": [entity("e7", 0, 4), entity("e8", 5, 9)]},
        "c": {"entities": [entity("e1", 0, 4), entity("e2", 5, 9)]},
        "a": {"entities": [entity("e5", 5, 9)]},
    }
    assert [item["id"] for item in merge(newsroom, MAJORITY, **records)["entities"]] == ["e7", "e5"]


def test_of_two_items_with_one_key_the_first_annotators_keeps_it(newsroom):
    records = {
        "b": {"entities": [entity("e1", 0, 4), entity("e3", 5, 9)]},
        "a": {"entities": [entity("e1", 10, 14), entity("e2", 15, 19)]},
    }
    merged = merge(newsroom, ALL, **records)["entities"]
    assert [(item["start"], item["id"]) for item in merged] == [(0, "e4"), (5, "e3"), (10, "e1"), (15, "e2")]


@pytest.mark.parametrize(
    ("key", "following"),
    [("e1", "e2"), ("T009", "T010"), ("Anna", "Anna1"), ("7", "8"), ("x" + "9" * 30, "x" + "9" * 12 + "1" + "0" * 18)],
)
def test_the_next_key_counts_on_behind_the_prefix(newsroom, key, following):
    merged = merge(newsroom, ALL, a={"entities": [entity(key, 0, 4)]}, b={"entities": [entity(key, 5, 9)]})
    assert [item["id"] for item in merged["entities"]] == [key, following]


def test_numbers_may_be_keys(build_schema, build_layer):
    schema = build_schema({"spans": build_layer({"id": {"type": "integer"}})})
    merged = merge(
        schema, ALL, a={"spans": [{"id": 1, "start": 0, "end": 1}]}, b={"spans": [{"id": 1, "start": 2, "end": 3}]}
    )
    assert [item["id"] for item in merged["spans"]] == [1, 2]


def test_keys_stay_apart_in_arrays_that_one_reference_names_together(newsroom):
    base = {"entities": [entity("e1", 0, 4)]}
    records = {
        "a": base | {"quotes": [quote("1", 10, 20, "e1")], "echoes": [{"id": "2", "start": 0, "end": 1, "of": "1"}]},
        "b": base | {"quotes": [quote("1", 30, 40, "e1")], "echoes": [{"id": "2", "start": 2, "end": 3, "of": "1"}]},
    }
    merged = merge(newsroom, ALL, **records)
    keys = [item["id"] for name in ("quotes", "echoes") for item in merged[name]]
    assert len(set(keys)) == 4
    assert [item["of"] for item in merged["echoes"]] == [item["id"] for item in merged["quotes"]]


def test_keys_in_inner_arrays_are_unique_in_the_record(build_schema, build_layer):
    schema = build_schema({"sentences": build_layer({"tokens": build_layer({})})})

    def sentence(key, start, *tokens):
        inner = [{"id": name, "start": at, "end": at + 1} for name, at in tokens]
        return {"id": key, "start": start, "end": start + 10, "tokens": inner}

    merged = merge(
        schema,
        ALL,
        a={"sentences": [sentence("s1", 0, ("t1", 0), ("t2", 5))]},
        b={"sentences": [sentence("s1", 0, ("t1", 5), ("t2", 8)), sentence("s2", 10, ("t3", 11))]},
    )
    keys = [token["id"] for item in merged["sentences"] for token in item["tokens"]]
    assert keys == ["t1", "t2", "t3", "t4"]
    assert [token["annotators"] for token in merged["sentences"][0]["tokens"]] == [["a"], ["a", "b"], ["b"]]


# --- references ---


def test_references_are_voted_on_by_what_they_point_to_and_follow_its_key(newsroom):
    records = {
        "a": {"entities": [entity("e1", 0, 4), entity("e2", 5, 9, same_as="e1")]},
        "b": {"entities": [entity("e2", 0, 4), entity("e1", 5, 9, same_as="e2")]},
    }
    assert merge(newsroom, MAJORITY, **records) == records["a"]


def test_equal_keys_of_different_items_are_no_agreement(newsroom):
    common = entity("e3", 10, 14, same_as="e1")
    records = {
        "a": {"entities": [entity("e1", 0, 4), entity("e2", 5, 9), common]},
        "b": {"entities": [entity("e2", 0, 4), entity("e1", 5, 9), common]},
    }
    assert merge(newsroom, MAJORITY, **records)["entities"][2]["same_as"] is None


def test_a_reference_to_what_has_no_majority_is_null_where_it_may_be(newsroom):
    records = {
        "a": {"entities": [entity("e1", 0, 4), entity("e2", 5, 9, same_as="e1")]},
        "b": {"entities": [entity("e1", 0, 3), entity("e2", 5, 9, same_as="e1")]},
        "c": {"entities": [entity("e2", 5, 9, same_as=None)]},
    }
    assert merge(newsroom, MAJORITY, **records) == {"entities": [entity("e2", 5, 9, same_as=None)]}


def chain():
    """A record whose layers refer to one another."""
    return {
        "entities": [entity("e1", 0, 4)],
        "quotes": [
            quote("q1", 10, 20, "e1"),
            quote("q2", 30, 40, "e1", continues="q1"),
        ],
        "echoes": [
            {"id": "x1", "start": 1, "end": 2, "of": "q2"},
            {"id": "x2", "start": 0, "end": 1, "of": "x1", "by": "e1"},
        ],
        "main": "e1",
    }


def test_references_between_layers_survive(newsroom):
    full = chain()
    expected = full | {"echoes": list(reversed(full["echoes"]))}
    assert merge(newsroom, MAJORITY, a=full, b=full) == expected


def test_a_required_reference_without_a_majority_is_absent_like_any_value(newsroom):
    """The mention has three spans, so no majority, and each quote has three speakers."""
    records = {name: chain() | {"entities": [entity("e1", 0, end)]} for name, end in (("a", 4), ("b", 5), ("c", 6))}
    merged = merge(newsroom, MAJORITY, **records)
    assert merged["entities"] == []
    assert merged["quotes"] == [
        {"id": "q1", "start": 10, "end": 20},
        {"id": "q2", "start": 30, "end": 40, "continues": "q1"},
    ]
    assert "main" not in merged


def test_items_fall_with_their_targets(build_schema, build_layer):
    """`of` is required; the item that it names falls, since what that names has no majority."""
    reference = {"type": "string", "x-ref": "marks"}
    schema = build_schema({"marks": build_layer({"of": reference, "to": reference}, required=["of", "to"])})
    assert schema.plan.references

    def mark(key, start, of, to):
        return {"id": key, "start": start, "end": start + 1, "of": of, "to": to}

    common = [
        mark("m1", 1, "m1", "m1"),
        mark("m2", 2, "m3", "m1"),
        mark("m3", 3, "m4", "m1"),
        mark("m4", 4, "m5", "m1"),
    ]
    records = {
        "a": {"marks": [*common, mark("m5", 5, "m1", "m1")]},
        "b": {"marks": [*common, mark("m5", 5, "m1", "m1")]},
        "c": {"marks": common[:1]},
        "d": {"marks": common[:1]},
        "e": {"marks": common},
    }
    # m5 has two of five votes. m4 has three, and two of those name m5: m4 falls, with it m3, with it m2.
    assert merge(schema, MAJORITY, **records) == {"marks": common[:1]}


def test_an_optional_reference_is_left_out_with_its_target(newsroom):
    common = {"entities": [entity("e1", 0, 4)], "quotes": [quote("q1", 10, 20, "e1")]}
    lone = entity("e2", 5, 9)
    echo = {"id": "x1", "start": 1, "end": 2, "of": "q1", "by": "e2"}
    records = {
        "a": common | {"entities": [*common["entities"], lone], "echoes": [echo]},
        "b": common | {"entities": [*common["entities"], lone], "echoes": [echo]},
        "c": common | {"echoes": [{**echo, "by": "e1"}]},
        "d": common | {"echoes": []},
        "e": common | {"echoes": []},
    }
    assert merge(newsroom, MAJORITY, **records)["echoes"] == [{"id": "x1", "start": 1, "end": 2, "of": "q1"}]


def test_references_in_an_array_are_kept_one_by_one(newsroom):
    def record(keys, hearers):
        mentions = [entity(key, start, start + 4) for key, start in keys.items()]
        return {"entities": mentions, "quotes": [quote("q1", 90, 99, next(iter(keys)), hearers=hearers)]}

    records = {
        "a": record({"e1": 0, "e2": 10, "e3": 20}, ["e2", "e3"]),
        "b": record({"e1": 0, "e7": 10}, ["e7"]),
        "c": record({"e1": 0, "e2": 20}, ["e2"]),
    }
    assert merge(newsroom, MAJORITY, **records)["quotes"][0]["hearers"] == ["e2", "e3"]


def test_an_x_ref_on_the_array_itself_counts_for_its_items(build_schema, build_layer):
    members = {"type": "array", "items": {"type": "string"}, "x-ref": "entities"}
    schema = build_schema({"entities": build_layer({}), "members": members})

    def mention(key, start):
        return {"id": key, "start": start, "end": start + 1}

    records = {
        "a": {"entities": [mention("e1", 0), mention("e2", 5)], "members": ["e1", "e2"]},
        "b": {"entities": [mention("e2", 0), mention("e1", 5)], "members": ["e1", "e2"]},
        "c": {"entities": [mention("e1", 5), mention("e9", 7)], "members": ["e1", "e9"]},
    }
    assert merge(schema, MAJORITY, **records)["members"] == ["e1", "e2"]


def test_a_reference_to_nothing_never_points_to_an_item_that_got_its_key(newsroom):
    records = {
        "a": {"entities": [entity("e1", 0, 4), entity("e2", 5, 9, same_as="e9")]},
        "b": {"entities": [entity("e9", 0, 4), entity("e2", 5, 9, same_as="e7")]},
    }
    assert merge(newsroom, MAJORITY, **records)["entities"][1]["same_as"] is None


# --- items that are no spans ---


def test_relations_are_known_by_what_they_connect(newsroom):
    records = {
        "a": {
            "entities": [entity("e1", 0, 4), entity("e2", 5, 9), entity("e3", 10, 14)],
            "relations": [
                {"id": "r1", "from": "e1", "to": "e2", "kind": "kin"},
                {"id": "r2", "from": "e2", "to": "e3", "kind": "kin"},
            ],
        },
        "b": {
            "entities": [entity("e3", 0, 4), entity("e2", 5, 9), entity("e1", 10, 14)],
            "relations": [
                {"id": "r1", "from": "e2", "to": "e1", "kind": "kin"},
                {"id": "r2", "from": "e2", "to": "e3", "kind": "kin"},
            ],
        },
    }
    assert merge(newsroom, MAJORITY, **records)["relations"] == [{"id": "r2", "from": "e2", "to": "e3", "kind": "kin"}]
    assert [(item["id"], item["from"], item["to"]) for item in merge(newsroom, ALL, **records)["relations"]] == [
        ("r1", "e1", "e2"),
        ("r2", "e2", "e3"),
        ("r3", "e2", "e1"),
    ]


def test_a_relation_falls_with_either_end(newsroom):
    record = {
        "entities": [entity("e1", 0, 4), entity("e2", 5, 9)],
        "relations": [{"id": "r1", "from": "e1", "to": "e2"}],
    }
    bare = {"entities": [entity("e1", 0, 4)], "relations": []}
    assert merge(newsroom, MAJORITY, a=record, b=record, c=bare)["relations"] == record["relations"]
    assert merge(newsroom, MAJORITY, a=record, b=record, c=bare, d=bare)["relations"] == []


def test_other_keyed_items_are_known_by_their_keys_which_never_change(newsroom):
    records = {
        "a": {"answers": [{"question": "q2", "value": 1}, {"question": "q1", "value": 5}]},
        "b": {"answers": [{"question": "q1", "value": 5}, {"question": "q2", "value": 2}]},
        "c": {"answers": [{"question": "q3", "value": 5}]},
    }
    expected = [{"question": "q2", "value": None}, {"question": "q1", "value": 5}]
    assert merge(newsroom, MAJORITY, **records) == {"answers": expected}
    assert [item["question"] for item in merge(newsroom, ALL, **records)["answers"]] == ["q2", "q1", "q3"]


def test_objects_without_span_and_key_are_known_by_their_value(build_schema, build_layer):
    notes = {
        "type": "array",
        "items": {"type": "object", "properties": {"on": {"type": "string", "x-ref": "entities"}}},
    }
    schema = build_schema({"notes": notes, "entities": build_layer({})})

    def record(key, start, **more):
        return {"entities": [{"id": key, "start": start, "end": 9}], "notes": [{"on": key, **more}]}

    records = {"a": record("e1", 0, text="x"), "b": record("e2", 0, text="x"), "c": record("e1", 5, text="x")}
    assert merge(schema, MAJORITY, **records)["notes"] == [{"on": "e1", "text": "x"}]


def test_an_array_whose_items_depend_on_one_another_is_merged_all_the_same(build_schema):
    reference = {"type": "string", "x-ref": "trees"}
    trees = {
        "type": "array",
        "x-key": "id",
        "items": {
            "type": "object",
            "required": ["id", "left", "right"],
            "properties": {"id": {"type": "string"}, "left": reference, "right": reference},
        },
    }
    record = {"trees": [{"id": "t1", "left": "t2", "right": "t2"}, {"id": "t2", "left": "t1", "right": "t2"}]}
    schema = build_schema({"trees": trees})
    assert merge(schema, MAJORITY, a=record, b=record) == record


# --- the policy `all` ---


def test_all_is_the_union_and_says_who_has_what(newsroom):
    records = {
        "b": {"entities": [entity("e1", 0, 4, "place"), entity("e2", 5, 9)], "tags": ["x", "y"]},
        "a": {"entities": [entity("e5", 0, 4, "work")], "tags": ["z", "x"]},
        "c": {"entities": [entity("e3", 0, 4, "place")]},
    }
    assert merge(newsroom, ALL, **records) == {
        "entities": [
            entity("e5", 0, 4, "place", annotators=["a", "b", "c"]),
            entity("e2", 5, 9, "person", annotators=["b"]),
        ],
        "tags": ["z", "x", "y"],
    }


def test_all_takes_of_equally_frequent_values_the_alphabetically_firsts(newsroom):
    records = {"c": {"slant": 1}, "b": {"slant": 3}, "a": {"slant": 2}}
    assert merge(newsroom, ALL, **records) == {"slant": 2}
    assert merge(newsroom, ALL, **records, d={"slant": 3}) == {"slant": 3}
    assert merge(newsroom, ALL, a={}, b={"slant": 3}, c={}) == {"slant": 3}


def test_all_loses_no_item_to_null(build_schema, build_layer):
    schema = build_schema({"spans": build_layer({}, type=["array", "null"])})
    record = {"spans": [{"id": "x1", "start": 0, "end": 1}]}
    merged = merge(schema, ALL, a={"spans": None}, b=record, c={"spans": None})
    assert merged == {"spans": [{"id": "x1", "start": 0, "end": 1, "annotators": ["b"]}]}


# --- the gold shape, and the form that the schema judges ---


@pytest.mark.parametrize("gold", [SINGLE, MAJORITY, Gold(policy="adjudicated", annotator="a")])
def test_the_gold_shape_is_the_records_without_the_envelope(newsroom, gold):
    shape = gold_shape(newsroom.shape, gold, FIELDS)
    envelope = {"article", "annotator", "text_sha256"}
    assert shape.properties == tuple(item for item in newsroom.shape.properties if item[0] not in envelope)
    assert not shape.required & envelope


def test_the_gold_shape_of_all_has_annotators_in_each_item(newsroom):
    shape = gold_shape(newsroom.shape, ALL, FIELDS)
    for name in ("entities", "quotes", "echoes", "relations", "answers"):
        items = shape.property(name).items
        holders = items.property("annotators")
        assert (holders.kind, holders.items.kind) == (Kind.ARRAY, Kind.STRING)
        assert "annotators" in items.required
    assert shape.property("tags") == newsroom.shape.property("tags")
    assert shape.property("annotators") is None


def test_a_property_that_all_would_overwrite_is_refused(build_schema, build_layer):
    schema = build_schema({"spans": build_layer({"annotators": {"type": "string"}})})
    with pytest.raises(UsageError, match="rename the property"):
        gold_shape(schema.shape, ALL, FIELDS)
    assert gold_shape(schema.shape, MAJORITY, FIELDS)


@pytest.mark.parametrize("gold", [SINGLE, MAJORITY, ALL, Gold(policy="adjudicated", annotator="b")])
def test_gold_goes_back_to_an_annotation_that_the_schema_judges(newsroom, gold):
    body = chain() | {"answers": [{"question": "q1", "value": 1}]}
    envelope = {"article": "x", "text_sha256": "0"}
    records = {name: envelope | {"annotator": name} | copy.deepcopy(body) for name in ("b", "a")}
    merged = merge(newsroom, gold, **records)
    annotation = as_annotation(merged, records, newsroom.shape, gold, FIELDS)
    assert newsroom.validator.is_valid(annotation)
    assert annotation["annotator"] == (gold.annotator or "a")
    assert sorted(annotation) == sorted(records["a"])
    if gold is ALL:
        assert not newsroom.validator.is_valid(annotation | merged)


# --- hostile input ---


def test_many_items_that_want_one_key_get_keys_in_linear_time(newsroom):
    count = 3000
    records = {
        name: {
            "entities": [entity(f"e{index}", 10 * index + offset, 10 * index + offset + 3) for index in range(count)]
        }
        for name, offset in (("a", 0), ("b", 5))
    }
    merged = merge(newsroom, ALL, **records)["entities"]
    assert len({item["id"] for item in merged}) == len(merged) == 2 * count


def test_deeply_nested_values_that_no_schema_describes_are_compared(newsroom):
    def nested(leaf):
        value = leaf
        for _ in range(60):
            value = [value, {"x": '"\\'}]
        return value

    assert merge(newsroom, MAJORITY, a={"free": nested(1)}, b={"free": nested(1)}) == {"free": nested(1)}
    assert merge(newsroom, MAJORITY, a={"free": [nested(1)]}, b={"free": [nested(2)]}) == {}


def test_the_order_of_annotators_and_items_never_shows_and_nothing_is_mutated(newsroom):
    generator = random.Random(5)
    kinds = ["person", "place", "work"]
    records = {}
    for name in "cab":
        spans = generator.sample([(start, start + size) for start in range(8) for size in (1, 3)], 9)
        keys = [f"e{number}" for number in generator.sample(range(12), 9)]
        mentions = [
            entity(key, *span, generator.choice(kinds), same_as=generator.choice([None, *keys]))
            for key, span in zip(keys, spans, strict=True)
        ]
        records[name] = {"entities": mentions, "topic": generator.choice(["war", "work"])}
    before = copy.deepcopy(records)
    for gold in (MAJORITY, ALL):
        expected = merge(newsroom, gold, **records)
        for _ in range(10):
            shuffled = {
                name: {**records[name], "entities": generator.sample(records[name]["entities"], 9)}
                for name in generator.sample(sorted(records), 3)
            }
            assert merge(newsroom, gold, **shuffled) == expected
    assert records == before

import pickle
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.merge.agreement import Agreement, AgreementFigure, compare, total


def figures(schema, *articles):
    found = total(compare(records, schema.plan) for records in articles).figures()
    return {(figure.path, *figure.annotators): figure for figure in found}


def entity(key, start, end, kind="person", **more):
    return {"id": key, "start": start, "end": end, "type": kind, **more}


# --- spans ---


def test_spans_are_compared_for_each_pair_of_annotators(newsroom):
    records = {
        "b": {"entities": [entity("e1", 0, 4), entity("e2", 5, 9), entity("e3", 10, 14)]},
        "a": {"entities": [entity("e1", 0, 4), entity("e2", 5, 8)]},
        "c": {"entities": []},
    }
    found = figures(newsroom, records)
    assert [key[1:] for key in found if key[0] == "entities"] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert found["entities", "a", "b"] == AgreementFigure(
        path="entities",
        measure="span",
        annotators=("a", "b"),
        n=5,
        values={
            "exact_precision": 1 / 3,
            "exact_recall": 1 / 2,
            "exact_f1": 2 / 5,
            "overlap_precision": 2 / 3,
            "overlap_recall": 1.0,
            "overlap_f1": 4 / 5,
        },
    )
    assert found["entities", "a", "c"].values["exact_recall"] == 0
    assert found["entities", "a", "c"].values["exact_precision"] is None
    assert found["entities", "a", "c"].values["exact_f1"] == 0


def test_spans_add_up_over_articles(newsroom):
    one = {"a": {"entities": [entity("e1", 0, 4)]}, "b": {"entities": [entity("e1", 0, 4)]}}
    other = {"a": {"entities": [entity("e1", 0, 4)]}, "b": {"entities": [entity("e1", 5, 9)]}}
    assert figures(newsroom, one, other)["entities", "a", "b"].values["exact_f1"] == 0.5
    assert figures(newsroom, one, other)["entities", "a", "b"].n == 4


def test_spans_in_inner_arrays_and_outside_of_arrays_are_compared(build_schema, build_layer):
    span = {"start": "start", "end": "end"}
    properties = {"start": {"type": "integer"}, "end": {"type": "integer"}}
    headline = {"type": "object", "x-span": span, "x-agreement": "span", "properties": properties}
    tokens = build_layer({"tag": {"type": "string", "x-agreement": "nominal"}})
    schema = build_schema({"headline": headline, "sentences": build_layer({"tokens": tokens})})

    def record(end, tag):
        token = {"id": "t1", "start": 0, "end": end, "tag": tag}
        same = {"id": "t2", "start": 6, "end": 7, "tag": tag}
        return {
            "headline": {"start": 0, "end": end},
            "sentences": [{"id": "s1", "start": 0, "end": 9, "tokens": [token, same]}],
        }

    found = figures(schema, {"a": record(4, "x"), "b": record(5, "y")})
    assert found["headline", "a", "b"].values["overlap_f1"] == 1
    assert found["headline", "a", "b"].values["exact_f1"] == 0
    assert found["sentences.tokens", "a", "b"].values["exact_f1"] == 0.5
    assert found["sentences.tokens.tag", "a", "b"].n == 1


def test_what_is_not_anchored_yet_is_passed_over(newsroom):
    records = {
        "a": {"entities": [{"id": "e1", "type": "work", "start": None}]},
        "b": {"entities": [entity("e1", 0, 4)]},
    }
    assert figures(newsroom, records)["entities", "a", "b"].n == 1


# --- values in spans ---


def test_values_in_spans_are_compared_where_both_have_the_span(newsroom):
    records = {
        "a": {"entities": [entity("e1", 0, 4), entity("e2", 5, 9), entity("e3", 10, 14, "place")]},
        "b": {"entities": [entity("e7", 10, 14, "place"), entity("e1", 0, 4, "place"), entity("e2", 5, 8)]},
    }
    figure = figures(newsroom, records)["entities.type", "a", "b"]
    # Coincidences: person-place and place-person 1 each, place-place 2. So D_o = 2/4 and D_e = 2 * 1 * 3 / (4 * 3).
    assert (figure.n, figure.values) == (2, {"alpha": 0.0, "agreement": 0.5})


def test_several_items_on_one_span_match_by_value_first(newsroom):
    records = {
        "a": {"entities": [entity("e1", 0, 4, "person"), entity("e2", 0, 4, "place")]},
        "b": {"entities": [entity("e1", 0, 4, "place"), entity("e2", 0, 4, "work"), entity("e3", 0, 4, "work")]},
    }
    figure = figures(newsroom, records)["entities.type", "a", "b"]
    assert (figure.n, figure.values["agreement"]) == (2, 0.5)


def test_a_property_that_one_of_two_lacks_is_a_missing_value(newsroom):
    bare = {"id": "e1", "start": 0, "end": 4}
    assert ("entities.type", "a", "b") not in figures(
        newsroom, {"a": {"entities": [bare]}, "b": {"entities": [entity("e1", 0, 4)]}}
    )


def test_a_reference_is_compared_by_what_it_points_to(build_schema, build_layer):
    speaker = {"type": ["string", "null"], "x-ref": "entities", "x-agreement": "nominal"}
    schema = build_schema({"entities": build_layer({}), "quotes": build_layer({"speaker": speaker})})

    def record(first, second, *speakers):
        mentions = [{"id": first, "start": 0, "end": 4}, {"id": second, "start": 5, "end": 9}]
        quotes = [
            {"id": f"q{index}", "start": index, "end": 99, "speaker": name} for index, name in enumerate(speakers)
        ]
        return {"entities": mentions, "quotes": quotes}

    records = {"a": record("e1", "e2", "e1", "e2", "e1", None), "b": record("e2", "e1", "e2", "e1", "e1", "e1")}
    figure = figures(schema, records)["quotes.speaker", "a", "b"]
    assert (figure.n, figure.values["agreement"]) == (3, 2 / 3)


def test_values_in_relations_are_compared_where_both_relate_the_same(newsroom):
    def record(first, second, kind, *, turned=False):
        ends = {"from": second, "to": first} if turned else {"from": first, "to": second}
        return {
            "entities": [entity(first, 0, 4), entity(second, 5, 9)],
            "relations": [{"id": "r1", **ends, "kind": kind}],
        }

    same = {"a": record("e1", "e2", "kin"), "b": record("e2", "e1", "employer")}
    turned = {"a": record("e1", "e2", "kin"), "b": record("e1", "e2", "kin", turned=True)}
    assert figures(newsroom, same)["relations.kind", "a", "b"].values == {"alpha": 0.0, "agreement": 0.0}
    assert ("relations.kind", "a", "b") not in figures(newsroom, turned)


# --- other values ---

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, C to E: an observer a row.
PUBLISHED = {"a": "123321412...", "b": "1233224125.3", "c": ".3332342251.", "d": "12332441251."}


@pytest.mark.parametrize(("measure", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_values_of_articles_give_the_published_alpha(build_schema, measure, alpha):
    schema = build_schema({"score": {"type": ["integer", "null"], "x-agreement": measure}})
    articles = [
        {name: {"score": None if row[unit] == "." else int(row[unit])} for name, row in PUBLISHED.items()}
        for unit in range(12)
    ]
    figure = figures(schema, *articles)["score", "a", "b", "c", "d"]
    assert (figure.n, round(figure.values["alpha"], 3), figure.measure) == (11, alpha, measure)


def test_annotators_who_gave_no_value_that_counts_are_not_named(newsroom):
    one = {"a": {"topic": "war"}, "b": {"topic": "work"}, "c": {}}
    lone = {"a": {}, "b": {}, "c": {"topic": "war"}}
    assert ("topic", "a", "b") in figures(newsroom, one, lone)


def test_values_of_keyed_items_are_compared_by_key(newsroom):
    records = {
        "a": {"answers": [{"question": "q1", "value": 1}, {"question": "q2", "value": 3}]},
        "b": {"answers": [{"question": "q2", "value": 3}, {"question": "q1", "value": 2}]},
        "c": {"answers": [{"question": "q2", "value": 3}, {"question": "q9", "value": 2}]},
    }
    figure = figures(newsroom, records)["answers.value", "a", "b", "c"]
    assert (figure.n, figure.values["agreement"]) == (2, 3 / 5)


def test_values_of_plain_items_are_compared_by_place(build_schema):
    scores = {"type": "array", "items": {"type": "integer", "x-agreement": "interval"}}
    schema = build_schema({"scores": scores})
    figure = figures(schema, {"a": {"scores": [1, 2, 3]}, "b": {"scores": [1, 3]}})["scores", "a", "b"]
    assert (figure.n, figure.values["agreement"]) == (2, 0.5)


def test_labels_of_an_ordinal_set_rank_in_the_schemas_order(build_schema):
    size = {"enum": ["small", "medium", "large"], "x-agreement": "ordinal"}
    named, numbered = (
        build_schema({"size": size}),
        build_schema({"size": {"type": "integer", "x-agreement": "ordinal"}}),
    )
    generator = random.Random(1)
    choices = [[generator.randrange(3) for _ in "abc"] for _ in range(20)]
    by_name = [{name: {"size": size["enum"][rank]} for name, rank in zip("abc", row, strict=True)} for row in choices]
    by_rank = [{name: {"size": rank} for name, rank in zip("abc", row, strict=True)} for row in choices]
    assert figures(named, *by_name) == figures(numbered, *by_rank)


def test_a_list_is_compared_without_its_order(build_schema):
    schema = build_schema({"topics": {"type": "array", "items": {"type": "string"}, "x-agreement": "nominal"}})
    same = {"a": {"topics": ["x", "y"]}, "b": {"topics": ["y", "x"]}}
    other = {"a": {"topics": ["x", "x"]}, "b": {"topics": ["x"]}}
    assert figures(schema, same, other)["topics", "a", "b"].values["agreement"] == 0.5


def test_a_value_without_a_place_on_the_scale_is_missing(build_schema):
    schema = build_schema({"size": {"type": "string", "x-agreement": "interval"}})
    assert figures(schema, {"a": {"size": "1"}, "b": {"size": "1"}}) == {}


def test_one_and_true_are_different_categories(build_schema):
    schema = build_schema({"free": {"x-agreement": "nominal"}})
    assert figures(schema, {"a": {"free": 1}, "b": {"free": True}})["free", "a", "b"].values["agreement"] == 0
    assert figures(schema, {"a": {"free": 1}, "b": {"free": 1.0}})["free", "a", "b"].values["agreement"] == 1


# --- sums ---


def test_fewer_than_two_records_have_nothing_to_compare(newsroom):
    assert compare({}, newsroom.plan) == compare({"a": {"topic": "war"}}, newsroom.plan) == Agreement()
    assert Agreement().figures() == ()


def test_what_is_undefined_is_none_and_raw_agreement_is_given_all_the_same(newsroom):
    figure = figures(newsroom, {"a": {"topic": "war"}, "b": {"topic": "war"}})["topic", "a", "b"]
    assert figure.values == {"alpha": None, "agreement": 1.0}


def test_figures_stand_in_the_schemas_order(newsroom):
    record = {"topic": "war", "entities": [entity("e1", 0, 4)], "slant": 2, "answers": [{"question": "q", "value": 1}]}
    found = compare({"a": record, "b": record}, newsroom.plan).figures()
    assert [figure.path for figure in found] == ["topic", "slant", "entities", "entities.type", "answers.value"]


@st.composite
def articles(draw):
    spans = st.tuples(st.integers(0, 5), st.integers(1, 3)).map(lambda pair: (pair[0], sum(pair)))
    record = st.builds(
        lambda found, topic, slant, value: {
            "entities": [entity(f"e{index}", *span, kind) for index, (span, kind) in enumerate(found)],
            "topic": topic,
            "slant": slant,
            "answers": [{"question": "q", "value": value}],
        },
        st.lists(st.tuples(spans, st.sampled_from(["person", "place", "work"])), max_size=4),
        st.sampled_from(["war", "work"]),
        st.sampled_from([None, 0, 1, 2]),
        st.integers(0, 3),
    )
    return draw(st.lists(st.dictionaries(st.sampled_from("abcd"), record), max_size=5))


@given(found=articles(), data=st.data())
def test_neither_the_order_nor_the_grouping_of_sums_shows(newsroom, found, data):
    parts = [compare(records, newsroom.plan) for records in found]
    expected = total(parts).figures()
    shuffled = data.draw(st.permutations(parts))
    middle = data.draw(st.integers(0, len(parts)))
    grouped = total(shuffled[:middle]) + pickle.loads(pickle.dumps(total(shuffled[middle:])))
    assert grouped.figures() == expected
    assert sum(parts, Agreement()) == total(parts)


@given(found=articles(), data=st.data())
def test_neither_the_order_of_annotators_nor_that_of_items_shows(newsroom, found, data):
    for records in found:
        shuffled = {
            name: records[name] | {"entities": data.draw(st.permutations(records[name]["entities"]))}
            for name in data.draw(st.permutations(sorted(records)))
        }
        assert compare(shuffled, newsroom.plan) == compare(records, newsroom.plan)


@given(found=articles())
def test_f1_and_alpha_are_the_same_whoever_comes_first(newsroom, found):
    names = dict(zip("abcd", "dcba", strict=True))
    turned = [{names[name]: record for name, record in records.items()} for records in found]
    mine, theirs = (total(compare(records, newsroom.plan) for records in one).figures() for one in (found, turned))
    symmetric = {"exact_f1", "overlap_f1", "alpha", "agreement"}

    def comparable(figure):
        values = {name: value for name, value in figure.values.items() if name in symmetric}
        return replace(figure, values=values)

    renamed = [
        replace(figure, annotators=tuple(sorted(names[name] for name in figure.annotators))) for figure in theirs
    ]
    assert sorted(map(comparable, renamed), key=repr) == sorted(map(comparable, mine), key=repr)

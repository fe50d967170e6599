"""What must hold of every merge, whatever the records."""

from collections import Counter
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.merge.gold import as_annotation, merge_gold
from dataset_builder.model.project import Fields, Gold

FIELDS = Fields()
GOLD = st.sampled_from([Gold(policy="majority"), Gold(policy="all")])
MAJORITY = Gold(policy="majority")

SPANS = st.tuples(st.integers(0, 6), st.integers(1, 3)).map(lambda pair: (pair[0], sum(pair)))


@st.composite
def record(draw, *, distinct=False):
    """A record in which every reference is sound; keys and order are the annotator's own."""
    spans = draw(st.lists(SPANS, max_size=6, unique=distinct))
    keys = draw(st.permutations([f"e{number}" for number in range(1, len(spans) + 1)]))
    entities = [
        {
            "id": key,
            "start": start,
            "end": end,
            "type": draw(st.sampled_from(["person", "place"])),
            "same_as": draw(st.sampled_from([None, *keys])),
        }
        for key, (start, end) in zip(keys, spans, strict=True)
    ]
    found = {"entities": entities, "tags": draw(st.lists(st.sampled_from("xyz"), max_size=4))}
    if keys:
        mention = st.sampled_from(keys)
        spans = draw(st.lists(SPANS, max_size=3, unique=distinct))
        found["quotes"] = [
            {
                "id": f"q{index}",
                "start": start,
                "end": end,
                "speaker": draw(mention),
                "hearers": draw(st.lists(mention)),
            }
            for index, (start, end) in enumerate(spans)
        ]
        ends = draw(st.lists(st.tuples(mention, mention), max_size=3, unique=distinct))
        found["relations"] = [{"id": f"r{index}", "from": a, "to": b} for index, (a, b) in enumerate(ends)]
    return found


def records(**options):
    return st.dictionaries(st.sampled_from("abcde"), record(**options), min_size=1)


def merge(schema, gold, found):
    return merge_gold(found, schema.plan, schema.shape, gold, FIELDS)


def spans_of(found, layer="entities"):
    return [(item["start"], item["end"]) for item in found.get(layer, [])]


@given(found=records(), gold=GOLD)
def test_keys_are_unique_and_references_sound(newsroom, found, gold):
    merged = merge(newsroom, gold, found)
    keys = [item["id"] for item in merged["entities"]]
    assert len(set(keys)) == len(keys)
    named = [item["same_as"] for item in merged["entities"] if item["same_as"] is not None]
    named += [item["speaker"] for item in merged.get("quotes", []) if "speaker" in item]
    named += [key for item in merged.get("quotes", []) for key in item["hearers"]]
    named += [item[end] for item in merged.get("relations", []) for end in ("from", "to")]
    assert set(named) <= set(keys)


@given(found=records(distinct=True))
def test_just_the_spans_of_a_majority_are_kept(newsroom, found):
    votes = Counter(span for one in found.values() for span in spans_of(one))
    expected = sorted(span for span, count in votes.items() if 2 * count > len(found))
    assert spans_of(merge(newsroom, MAJORITY, found)) == expected


@given(found=records())
def test_all_has_each_item_of_each_annotator_once(newsroom, found):
    merged = merge(newsroom, Gold(policy="all"), found)
    for layer in ("entities", "quotes", "relations"):
        items = merged.get(layer, [])
        for name, one in found.items():
            mine = [item for item in items if name in item["annotators"]]
            assert Counter(map(place, mine)) == Counter(map(place, one.get(layer, [])))
        assert all(item["annotators"] == sorted(set(item["annotators"])) for item in items)


def place(item):
    """Where `item` stands; of relations only how many there are compares across records."""
    return item.get("start"), item.get("end")


@given(found=records(distinct=True))
def test_what_no_record_has_beside_another_no_majority_has(newsroom, found):
    """Why a majority respects `x-overlap`: any two of its items were beside each other in some record."""
    beside = {pair for one in found.values() for pair in combinations(sorted(spans_of(one)), 2)}
    assert set(combinations(spans_of(merge(newsroom, MAJORITY, found)), 2)) <= beside


@given(one=record(), gold=GOLD, names=st.sets(st.sampled_from("abcde"), min_size=1))
def test_annotators_who_agree_have_their_record_for_gold(newsroom, one, gold, names):
    found = {name: renumbered(one, name) for name in sorted(names)}
    merged = merge(newsroom, gold, found)
    assert by_position(as_annotation(merged, found, newsroom.shape, gold, FIELDS)) == by_position(found[min(names)])


def renumbered(one, name):
    """`one` with the annotator's own keys of entities."""
    renamed = {"same_as", "speaker", "from", "to"}

    def rename(layer, item):
        own = renamed | {"id"} if layer == "entities" else renamed
        return {
            property_: [name + key for key in value]
            if property_ == "hearers"
            else name + value
            if property_ in own and value
            else value
            for property_, value in item.items()
        }

    layers = {layer: [rename(layer, item) for item in items] for layer, items in one.items() if layer != "tags"}
    return layers | {"tags": one["tags"]}


def by_position(found):
    """`found` with its spans in an order that doesn't depend on who wrote them."""

    def order(item):
        return item["start"], item["end"], item["id"]

    return {
        layer: sorted(found[layer], key=order) if layer in ("entities", "quotes") else found[layer] for layer in found
    }

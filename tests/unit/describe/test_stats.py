import pickle
import random
from collections import Counter
from statistics import mean

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.describe.figures import LicenseCounts, lengths
from dataset_builder.describe.stats import Tally, measure, summarize
from dataset_builder.model.project import Fields
from dataset_builder.tables.rows import record_batch
from tests.unit.reviews import make_corpus, review


@pytest.fixture
def statistics(corpus):
    return summarize(corpus.tally, corpus.layout, ["train", "test"])


def counts(statistics, table, path):
    return next(found.counts for found in statistics.distributions if (found.table, found.path) == (table, path))


def test_rows_are_counted_by_table_and_split(statistics):
    assert statistics.rows["articles"] == {"train": 3, "test": 1}
    assert statistics.rows["annotations"] == {"train": 6, "test": 2}
    assert statistics.rows["aspects"] == {"train": 6, "test": 2}
    assert statistics.total("links") == 2


@pytest.mark.parametrize(
    ("path", "train", "test"),
    [
        ("verdict", {"keep": 3, "drop": 0}, {"keep": 1, "drop": 0}),
        ("aspects[].feeling", {"good": 2, "bad": 1, "mixed": 0}, {"good": 0, "bad": 0, "mixed": 1}),
        ("aspects[].tags[]", {"price": 3, "look": 3}, {"price": 1, "look": 1}),
        ("aspects[].parts[].same", {"good": 0, "bad": 3, "mixed": 0}, {"good": 0, "bad": 1, "mixed": 0}),
        ("about.hobbies[].feeling", {"good": 3, "bad": 0, "mixed": 0}, {"good": 1, "bad": 0, "mixed": 0}),
        ("rights.text", {"included": 2, "withheld": 1}, {"included": 1, "withheld": 0}),
        ("verified", {"true": 3}, {"true": 1}),
        ("urgency", {"2": 3}, {"2": 1}),
    ],
)
def test_labels_and_small_values_are_counted_at_any_depth(statistics, path, train, test):
    assert counts(statistics, "articles", path) == {"train": train, "test": test}


def test_nulls_and_the_values_of_null_objects_do_not_count():
    corpus = make_corpus({"train": [review("r1", aspects=None, about=None, verdict=None)]})
    found = summarize(corpus.tally, corpus.layout, ["train"])
    assert all(each.total == 0 for each in found.distributions if each.path.startswith(("aspects", "about", "verdict")))
    assert found.items["aspects"] == {"train": 0}


def test_values_within_a_null_object_do_not_count_even_where_arrow_holds_some():
    corpus = make_corpus({"train": [review("r1"), review("r2")]})
    batch, table = corpus.tables["articles"]["train"], corpus.layout.articles
    at = batch.schema.get_field_index("rights")
    rights = batch.column(at)
    masked = pa.StructArray.from_arrays(rights.flatten(), fields=list(rights.type), mask=pa.array([True, False]))
    found = measure(table, "train", batch.set_column(at, batch.schema.field(at), masked))
    assert found.counts["value", "articles", "train", "rights.text", "included"] == 1
    assert found.counts["license", "CC0-1.0", "included"] == 1


def test_withheld_texts_their_spans_and_licences_are_counted(statistics):
    assert statistics.withheld == {"train": 1, "test": 0}
    assert statistics.withheld_spans == 2
    assert statistics.licenses == {"CC0-1.0": LicenseCounts(included=3), "LicenseRef-x": LicenseCounts(withheld=1)}
    assert list(statistics.licenses) == ["CC0-1.0", "LicenseRef-x"]


def test_licences_are_found_under_the_configured_name():
    corpus = make_corpus({"train": [review("r1")]})
    table = corpus.layout.articles
    found = measure(table, "train", corpus.tables["articles"]["train"], Fields(rights="elsewhere"))
    assert summarize(found, corpus.layout, []).licenses == {}


def test_items_are_counted_for_lists_but_not_for_maps(statistics):
    assert statistics.items == {
        "about.hobbies": {"train": 3, "test": 1},
        "aspects": {"train": 6, "test": 2},
        "aspects[].tags": {"train": 6, "test": 2},
        "aspects[].parts": {"train": 3, "test": 1},
        "questions": {"train": 0, "test": 0},
        "topics": {"train": 3, "test": 1},
    }


def test_records_are_counted_by_annotator(statistics):
    assert statistics.annotators == {"amy": 4, "zoe": 4}


def test_splits_come_in_the_order_that_was_asked_for_and_unknown_ones_last(corpus):
    assert summarize(corpus.tally, corpus.layout, ["test", "dev", "train"]).splits == ("test", "train")
    assert summarize(corpus.tally, corpus.layout, ["test"]).splits == ("test", "train")


def test_an_empty_table_has_figures_too():
    corpus = make_corpus({"train": []})
    found = summarize(corpus.tally, corpus.layout, ["train"])
    assert (found.texts, found.splits, found.total("articles")) == (None, (), 0)
    assert found.as_json()["texts"]["length"] is None


def test_a_table_of_several_chunks_and_a_sliced_one_count_the_same():
    rows = [review(f"r{number}", feeling="bad" if number % 3 else "good") for number in range(9)]
    corpus = make_corpus({"train": rows})
    batch = corpus.tables["articles"]["train"]
    table = corpus.layout.articles
    whole = measure(table, "train", batch)
    chunked = pa.Table.from_batches([batch.slice(0, 4), batch.slice(4)])
    assert measure(table, "train", chunked) == whole
    assert Tally.total(measure(table, "train", batch.slice(at, 3)) for at in (6, 0, 3)) == whole


def test_tallies_pickle_and_their_order_never_shows():
    corpus = make_corpus({"train": [review(f"r{number}", "x" * number or "y") for number in range(12)]})
    table = corpus.layout.articles
    parts = [measure(table, "train", corpus.tables["articles"]["train"].slice(at, 2)) for at in range(0, 12, 2)]
    total = Tally.total(parts)
    random.Random(1).shuffle(parts)
    assert sum(parts, Tally()) == total == pickle.loads(pickle.dumps(total))


def test_json_has_every_figure(statistics, golden):
    import json

    golden("statistics.json", json.dumps(statistics.as_json(), indent=2) + "\n")


def test_many_items_of_many_lists_are_counted():
    item = {"key": "a", "from": 0, "to": 1, "feeling": "good", "tags": ["price"] * 50, "parts": []}
    corpus = make_corpus({"train": []})
    rows = record_batch(corpus.layout.articles, [review("r", aspects=[item] * 2000)])
    found = measure(corpus.layout.articles, "train", rows)
    assert found.counts["value", "articles", "train", "aspects[].tags[]", "price"] == 100_000


@given(st.lists(st.integers(0, 50), min_size=1))
def test_quartiles_are_lengths_that_occur_and_split_as_they_should(values):
    found = lengths(Counter(values))
    assert (found.texts, found.total) == (len(values), sum(values))
    assert (found.minimum, found.maximum) == (min(values), max(values))
    assert found.mean == pytest.approx(mean(values))
    for quarter, quartile in enumerate(found.quartiles, 1):
        assert quartile in values
        assert sum(value <= quartile for value in values) * 4 >= quarter * len(values)
        assert sum(value < quartile for value in values) * 4 < quarter * len(values)

"""The Croissant description as `mlcroissant` takes it: valid without a warning, and every record set can be read."""

import json
import logging
import warnings
from dataclasses import replace

import pytest

from dataset_builder.describe.croissant_context import CONTEXT
from dataset_builder.describe.croissant_fields import identifier
from dataset_builder.tables.rows import record_batch
from tests.unit.build import write_build
from tests.unit.reviews import make_corpus, review

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # those of its dependencies
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is missing; it comes with [croissant]")

pytestmark = [pytest.mark.acceptance, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    directory = tmp_path_factory.mktemp("build")
    articles = {
        "train": [review(f"r{n}", feeling="bad") for n in range(3)] + [review("w", None)],
        "test": [review("t")],
    }
    corpus = make_corpus(articles, year=2025, authors=("Amy",), summary="Kettles.", url="https://example.org/k")
    return directory, write_build(directory, corpus, shards=2)


def load(directory):
    return mlcroissant.Dataset(str(directory / "croissant.json"))


def records(dataset, name, **arguments):
    return list(dataset.records(name, **arguments))


def plain(value):
    """A record of `mlcroissant` with its last names, and text instead of bytes."""
    if isinstance(value, dict):
        return {key.rsplit("/", 1)[-1]: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, bytes):
        return value.decode()
    return value.item() if hasattr(value, "item") else value


def test_the_context_is_the_standard_one():
    from mlcroissant._src.core.context import Context, CroissantVersion
    from mlcroissant._src.core.rdf import make_context

    standard = make_context(Context(conforms_to=CroissantVersion.V_1_1))
    assert {**standard, "prov": "http://www.w3.org/ns/prov#"} == CONTEXT


def test_it_is_valid_without_a_warning(build):
    directory, _ = build
    issues = load(directory).metadata.ctx.issues
    assert (list(issues.errors), list(issues.warnings)) == ([], [])


def test_every_record_set_is_read_and_in_silence(build, caplog):
    directory, facts = build
    dataset = load(directory)
    with caplog.at_level(logging.WARNING):
        found = {each.uuid: records(dataset, each.uuid) for each in dataset.metadata.record_sets}
    assert caplog.records == []
    for table in facts.layout.tables:
        assert len(found[table.name]) == facts.statistics.total(table.name)
    assert [plain(row)["name"] for row in found["articles-splits"]] == ["train", "test"]
    labels = [plain(row) for row in found["articles/aspects/feeling-labels"]]
    assert labels == [
        {"code": 0, "name": "good", "meaning": "Praise."},
        {"code": 1, "name": "bad", "meaning": "Blame, <b>bold</b> or `code`."},
        {"code": 2, "name": "mixed", "meaning": "both"},
    ]


def test_articles_are_read_as_they_are(build):
    directory, _ = build
    rows = {plain(row)["id"]: row for row in records(load(directory), "articles")}
    assert {name: plain(row)["split"] for name, row in rows.items()} == {
        "r0": "train",
        "r1": "train",
        "r2": "train",
        "w": "train",
        "t": "test",
    }
    row = plain(rows["t"])
    expected = review("t")
    assert (row["text"], row["length"], row["verified"]) == (expected["text"], expected["length"], True)
    assert row["rights"] == {"license": "CC0-1.0", "text": 0}
    assert row["scores"] == [{"key": "look", "value": 0.5}, {"key": "use", "value": 1.0}]
    assert json.loads(row["extra"]) == {"a": [1, "b"]}
    assert row["posted"].isoformat() == "2025-01-02T03:04:05+00:00"
    assert row["hobbies"] == [{"name": "tea", "feeling": 0}]
    assert row["aspects"] == [
        {"key": "a1", "from": 4, "to": 9, "words": "*lid*", "sum": "f" * 64, "feeling": 0, "tags": [1, 0]},
        {"key": "a2", "from": 13, "to": 19, "words": "<this>", "sum": None, "feeling": None, "tags": []},
    ]
    assert (row["questions"], row["topics"]) == ([], ["heat"])
    assert plain(rows["w"])["text"] is None


def test_links_are_read_as_they_are(build):
    directory, _ = build
    row = records(load(directory), "links")[0]
    assert plain(row["links/one"]) == {"article": "r1"}
    assert plain(row["links/kind"]) == 1


def test_a_split_can_be_read_alone(build):
    directory, _ = build
    dataset = load(directory)
    assert len(records(dataset, "aspects", filters={"aspects/split": "test"})) == 2
    assert len(records(load(directory), "articles", filters={"articles/split": "train"})) == 4


@pytest.mark.parametrize("name", ["plain", "with space", "a/b", "dots.and-dashes", "ünïcode", "it's", 'a"b', "~"])
def test_odd_names_are_read_too(name, tmp_path):
    corpus = make_corpus({"train": [review("r1")]})
    rights = next(column for column in corpus.layout.articles.columns if column.name == "rights")
    inner = replace(rights.children[0], name=name)
    odd = replace(rights, name=f"{name}!", children=(inner, *rights.children[1:]))
    columns = tuple(odd if column is rights else column for column in corpus.layout.articles.columns)
    table = replace(corpus.layout.articles, columns=columns)
    tables = {**corpus.tables, "articles": {"train": record_batch(table, [review("r1")])}}
    write_build(tmp_path, replace(corpus, layout=replace(corpus.layout, articles=table), tables=tables))
    (row,) = records(load(tmp_path), "articles")
    outer = f"articles/{identifier(name + '!')}"
    assert row[outer][f"{outer}/{identifier(name)}"] == b"CC0-1.0"


def test_the_shipped_dataset_is_read(dist, caplog):
    dataset = load(dist)
    manifest = json.loads((dist / "manifest.json").read_text())
    with caplog.at_level(logging.WARNING):
        found = {each.uuid: len(records(dataset, each.uuid)) for each in dataset.metadata.record_sets}
    assert caplog.records == []
    assert {name: found[name] for name in manifest["tables"]} == {
        name: table["rows"] for name, table in manifest["tables"].items()
    }

"""The Croissant description as `mlcroissant` takes it: valid without a warning, and every record set can be read."""

import json
import logging
import warnings
from dataclasses import replace
from datetime import date, datetime

import pytest
from datasets import get_dataset_config_names, load_dataset

from dataset_builder.describe.croissant_context import CONTEXT
from dataset_builder.describe.croissant_fields import identifier
from dataset_builder.schema.registry import project_schema
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


# The shipped dataset, whole


def described(document):
    """The fields of each record set of rows, with their parts, by name; None for one without. Splits are left out."""

    def parts(fields):
        return {each["name"]: parts(each["subField"]) if "subField" in each else None for each in fields}

    return {
        each["@id"]: parts(
            field for field in each["field"] if "fileProperty" not in field.get("source", {}).get("extract", {})
        )
        for each in document["recordSet"]
        if "data" not in each
    }


def projected(value, fields):
    """`value` as far as Croissant describes it; a day is the instant at which it begins."""
    if type(value) is date:
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - as mlcroissant gives it
    if fields is None or value is None:
        return value
    if isinstance(value, list):
        return [projected(inner, fields) for inner in value]
    return {name: projected(value[name], inner) for name, inner in fields.items()}


def columns(feature):
    """The names of the columns within a feature of `datasets`; None where there are none."""
    if hasattr(feature, "feature"):
        return columns(feature.feature)
    return {name: columns(inner) for name, inner in feature.items()} if isinstance(feature, dict) else None


def assembled(table, record):
    """A record of `mlcroissant`, which gives the parts of a part beside the column that they are in, by their ids."""
    found = {}
    for id_, value in sorted(record.items(), key=lambda pair: pair[0].count("/")):
        *steps, name = id_.removeprefix(f"{table}/").split("/")
        place = found
        for step in steps:
            place = place[step]
        place[name] = plain(value)
    return {name: without_empty(value) for name, value in found.items()}


def without_empty(value):
    """`value` with null in place of a struct of which every part is null: `mlcroissant` gives the one for the other."""
    if isinstance(value, list):
        return [without_empty(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    parts = {name: without_empty(inner) for name, inner in value.items()}
    return parts if any(inner is not None for inner in parts.values()) else None


def test_every_record_set_equals_what_load_dataset_gives(dist):
    document = json.loads((dist / "croissant.json").read_text())
    dataset, tables = load(dist), described(document)
    assert list(tables) == get_dataset_config_names(str(dist))
    for table, fields in tables.items():
        loaded = load_dataset(str(dist), table)
        assert fields == columns(dict(next(iter(loaded.values())).features)), table  # nothing is left out
        found = [assembled(table, row) for row in records(dataset, table)]
        assert len(found) == sum(map(len, loaded.values()))
        for split, rows in loaded.items():
            mine = [{name: row[name] for name in fields} for row in found if row["split"] == split]
            assert mine == [without_empty(projected(row, fields)) for row in rows], (table, split)


def test_every_label_set_is_that_of_load_dataset(dist):
    dataset, document = load(dist), json.loads((dist / "croissant.json").read_text())
    given = [each["@id"] for each in document["recordSet"] if "data" in each]
    names = {id_: [plain(row)["name"] for row in records(dataset, id_)] for id_ in given}
    labels = load_dataset(str(dist), "articles", split="train").features
    assert names["articles/labels/topic-labels"] == labels["labels"]["topic"].names
    assert names["articles/framing/device-labels"] == labels["framing"].feature["device"].names
    kinds = load_dataset(str(dist), "links", split="train").features["kind"].names
    assert names["links/kind-labels"] == kinds
    assert names["articles-splits"] == ["train", "validation", "test"]


def test_what_the_data_and_the_author_say_of_responsible_making_is_read_by_mlcroissant(dist):
    metadata = load(dist).metadata
    assert metadata.conforms_to[1] == "http://mlcommons.org/croissant/RAI/1.0"
    assert metadata.annotations_per_item == "48 records by 3 annotators on 16 articles."
    assert metadata.data_collection_missing_data.startswith("The texts of 2 of 16 articles are withheld")
    assert metadata.data_annotation_analysis[-1].startswith("framing") or len(metadata.data_annotation_analysis) > 2
    assert "large language model" in metadata.data_collection
    assert metadata.data_limitations
    assert metadata.data_biases


def test_all_that_an_author_can_say_is_read_by_mlcroissant(tmp_path):
    said = {name: f"About {name}." for name in ONE} | dict.fromkeys(MANY, ("This.", "That."))
    said["data_collection_timeframe"] = ("2025-01-01", "2025-02-01")
    write_build(tmp_path, make_corpus({"train": [review("r")], "test": [review("t")]}, rai=said))
    metadata, document = load(tmp_path).metadata, json.loads((tmp_path / "croissant.json").read_text())
    for name in ONE:
        assert f"About {name}." in document[f"rai:{camel(name)}"]
        found = getattr(metadata, name)
        if name != "data_manipulation_protocol":  # mlcroissant 1.1 misspells the property
            assert said[name] in found
    for name in MANY:
        assert {"This.", "That."} <= set(getattr(metadata, name)), name
    assert document["rai:dataCollectionTimeframe"] == "2025-01-01/2025-02-01"
    known = set(project_schema()["properties"]["rai"]["properties"])
    assert known == {*ONE, *MANY, "data_collection_timeframe"}


ONE = (
    "data_collection",
    "data_collection_missing_data",
    "data_collection_raw_data",
    "data_imputation_protocol",
    "data_manipulation_protocol",
    "data_release_maintenance_plan",
    "data_social_impact",
)
MANY = (
    "annotator_demographics",
    "data_annotation_analysis",
    "data_annotation_platform",
    "data_annotation_protocol",
    "data_biases",
    "data_collection_type",
    "data_limitations",
    "data_preprocessing_protocol",
    "data_use_cases",
    "machine_annotation_tools",
    "personal_sensitive_information",
)


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def test_where_the_dataset_is_from_is_said_in_terms_of_prov(dist):
    document = json.loads((dist / "croissant.json").read_text())
    inputs = json.loads((dist / "manifest.json").read_text())["inputs"]
    assert document["@context"]["prov"] == "http://www.w3.org/ns/prov#"
    entities = {each["@id"] for each in document["prov:wasDerivedFrom"]}
    assert entities == {f"urn:sha256:{digest}" for digest in inputs.values()}
    activity = document["prov:wasGeneratedBy"]
    assert {each["@id"] for each in activity["prov:used"]} == entities
    assert activity["prov:wasAssociatedWith"]["prov:label"].startswith("dataset-builder ")
    (annotations,) = (each for each in document["recordSet"] if each["@id"] == "annotations")
    (annotator,) = (each for each in annotations["field"] if each["name"] == "annotator")
    assert annotator["equivalentProperty"] == "prov:wasAttributedTo"

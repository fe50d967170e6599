"""The schema that is inferred from neutral values: whatever an importer gives, the project checks, builds and loads."""

import json

import pytest

import dataset_builder
from dataset_builder.formats.format import Declared
from dataset_builder.formats.inventory import Inventory, Values, kind_of
from dataset_builder.model.foreign import Argument, ForeignArticle, ForeignRecord, Item, Note, Referent
from dataset_builder.pipeline import importing
from tests.formats.journey import journey

TEXT = "Ada 🌊 met Bo.\n"


class Given:
    """An importer that gives these articles."""

    def __init__(self, articles, declared):
        self.declared, self._articles = declared, articles

    def read(self, tick):
        tick(0, len(self._articles))
        for name, text, metadata, records in self._articles:
            made = [
                ForeignRecord(annotator=who, items=list(items), attributes=dict(said), extra=dict(extra))
                for who, items, said, extra in records
            ]
            yield ForeignArticle(name=name, text=text, file=f"{name}.txt", metadata=metadata, records=made)


@pytest.fixture
def imported(tmp_path, monkeypatch):
    """Takes articles all the way; gives the journey."""
    (tmp_path / "source").mkdir()

    def take(*articles, declared=None):
        monkeypatch.setattr(importing, "importer", lambda *_: Given(articles, declared or Declared()))
        return journey(tmp_path / "source", tmp_path / "project", format="brat")

    return take


def schema_of(way):
    return json.loads((way.project.root / "schema/annotation.schema.json").read_bytes())["properties"]


def span(id_, start, end, layer="entities", label="PER", **more):
    return Item(id_, layer, label, ((start, end),), TEXT[start:end], **more)


def test_all_that_an_item_can_say_is_loaded(imported):
    items = [
        span("1", 0, 3, notes=(Note("who?", "remark", "n1"),), referents=(Referent("Wiki", "Q1", "Ada", "r1"),)),
        span("2", 10, 12, label="ORG", attributes={"sure": True, "rank": 3, "weight": 0.5, "tags": ["a", "b"]}),
        Item("3", "relations", "met", (), None, {}, (Argument("who", "1"), Argument("whom", "2"))),
        Item("4", "chains", None, (), None, {"members": ("1", "2")}, extra={"anything": [1, None]}),
        Item("5", "entities", "PER", ((0, 3), (10, 12)), "Ada Bo"),
    ]
    way = imported(("a", TEXT, {}, [("ann", items, {"topic": "sea"}, {"more": {"x": 1}})]))
    (row,) = way.load()
    entities = row["entities"]
    assert [(each["start"], each["end"], each["quote"]) for each in entities] == [
        (0, 3, "Ada"),
        (10, 12, "Bo"),
        (0, 12, "Ada 🌊 met Bo"),
    ]
    assert [piece["quote"] for piece in entities[2]["fragments"]] == ["Ada", "Bo"]
    assert entities[1]["attributes"] == {"sure": True, "rank": 3, "weight": 0.5, "tags": ["a", "b"]}
    assert entities[0]["notes"] == [{"id": "n1", "type": "remark", "about": None, "text": "who?"}]
    assert entities[0]["referents"] == [{"id": "r1", "resource": "Wiki", "entry": "Q1", "text": "Ada"}]
    assert row["relations"][0]["arguments"] == [{"role": 0, "target": "1"}, {"role": 1, "target": "2"}]
    assert row["chains"][0]["members"] == ["1", "2"]
    assert row["chains"][0]["extra"] == {"anything": [1, None]}
    assert (row["topic"], row["extra"]) == ("sea", {"more": {"x": 1}})


def test_names_that_mean_something_already_do_no_harm(imported):
    items = [
        span("1", 0, 3, layer="links", attributes={"_type": "x", "": "y", "a b": "z"}),
        span("2", 0, 3, layer="default"),
        span("3", 0, 3, layer="length", references={"of": "1"}),
    ]
    metadata = {
        "id": "other",
        "text": "other",
        "rights": "none",
        "_type": "x",
        "genre": "news",
        "links": "x",
        "ok": "fine",
    }
    way = imported(
        (
            "a",
            TEXT,
            metadata,
            [("ann", items, {"article": "x", "links": "y", "ok": "z", "source": "tv"}, {})],
        )
    )
    (row,) = way.load()
    assert (row["id"], row["text"], row["genre"], row["ok"]) == ("a", TEXT, "news", "z")
    assert (row["article_links"], row["article_ok"], row["source"]) == ("x", "fine", "a.txt")
    assert row["article_extra"] == {"id": "other", "text": "other", "rights": "none", "_type": "x"}
    assert row["extra"] == {"article": "x", "links": "y", "source": "tv"}
    assert [each["quote"] for each in row["length_layer"]] == ["Ada"]
    assert way.load("links_items")[0]["attributes"] == {"a b": "z"}
    assert way.load("links_items")[0]["extra"] == {"_type": "x", "": "y"}


def test_layers_refer_to_one_another_and_back(imported):
    items = [
        span("1", 0, 3, references={"cause": "e1"}),
        Item("e1", "events", "meet", (), None, {"trigger": "1"}, (Argument("of", "e2"),)),
        Item("e2", "events", "say", (), None, {"trigger": "1"}),
    ]
    way = imported(("a", TEXT, {}, [("ann", items, {}, {})]))
    properties = schema_of(way)
    assert properties["entities"]["items"]["properties"]["cause"]["x-ref"] == "events"
    arguments = properties["events"]["items"]["properties"]["arguments"]["items"]["properties"]
    assert arguments["target"]["x-ref"] == "events"


def test_what_is_declared_is_in_the_schema(imported):
    declared = Declared(
        labels={"entities": {"PER": "Person", "LOC": None}},
        values={"entities": {"sure": ["yes", "no"], "vague": None}},
    )
    way = imported(("a", TEXT, {}, [("ann", [span("1", 0, 3)], {}, {})]), declared=declared)
    properties = schema_of(way)["entities"]["items"]["properties"]
    assert properties["label"]["oneOf"] == [
        {"const": "LOC", "description": "Not in what was imported last."},
        {"const": "PER", "title": "Person", "description": "1 in what was imported."},
    ]
    assert properties["attributes"]["properties"]["sure"]["enum"] == ["no", "yes"]
    assert properties["attributes"]["properties"]["vague"]["type"] == "boolean"


def test_more_labels_than_a_set_can_have_are_strings(imported):
    items = [span(str(number), 0, 3, label=f"L{number}") for number in range(1001)]
    way = imported(("a", TEXT, {}, [("ann", items, {}, {})]))
    assert schema_of(way)["entities"]["items"]["properties"]["label"]["type"] == "string"


def test_records_of_several_annotators_are_united(imported):
    way = imported(
        ("a", TEXT, {}, [("ann", [span("1", 0, 3)], {}, {}), ("bob", [span("1", 10, 12)], {}, {})]),
        ("b", "Bo.\n", {}, []),
    )
    rows = {row["id"]: row for row in way.load()}
    assert [each["annotators"] for each in rows["a"]["entities"]] == [["ann"], ["bob"]]
    assert len(way.load("annotations")) == 2


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["a"] * 4, ("a",)),
        (["a", "b"], ()),  # hardly repeated
        ([None, "a", "a", "a", "a"], ("a",)),
        ([["a", "b"], ["a"], ["a"], ["a"], ["b"], ["b"], ["b"], ["a"]], ("a", "b")),
        (["a"] * 8 + [1], ()),
        (["a"] * 8 + [""], ()),
        ([["a"]] * 4 + ["a"] * 4, ()),
        ([], ()),
        ([True] * 9, ()),
    ],
)
def test_a_closed_set_is_one_whose_values_repeat(values, expected):
    found = Values()
    for value in values:
        found.add(value)
    assert found.labels == expected
    assert Values.of_json(json.loads(json.dumps(found.as_json()))) == found


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "null"),
        (True, "boolean"),
        (1, "integer"),
        (2**63, "json"),
        (0.5, "number"),
        ("x", "string"),
        (["x"], "strings"),
        ([], "strings"),
        ([1], "json"),
        ({"x": 1}, "json"),
    ],
)
def test_kinds_are_those_of_json_schema(value, kind):
    assert kind_of(value) == kind


def test_an_inventory_is_kept_whole(imported):
    items = [span("1", 0, 3, attributes={"x": "y"}), Item("2", "chains", None, (), None, {"members": ("1",)})]
    way = imported(("a", TEXT, {"genre": "news"}, [("ann", items, {"topic": "sea"}, {})]))
    lock = json.loads((way.project.root / "imports.lock.json").read_bytes())
    (kept,) = (each["inventory"] for name, each in lock["imports"].items() if name)
    assert Inventory.of_json(kept).as_json() == kept
    assert kept["layers"]["chains"]["many"] == ["members"]
    assert dataset_builder.check(way.project, jobs=1).ok

"""The schema of a project that was imported."""

import json

from tests.formats.journey import journey


def test_what_is_said_of_articles_and_in_annotations_under_one_name_has_two_columns(tmp_path):
    value = {
        "format": "dataset-builder/standoff",
        "text": "Ada met Bo.",
        "metadata": {"topic": "a", "people": 2, "article_topic": "b", "source": "x", "annotator": "c", "article": "d"},
        "annotations": [
            {
                "annotator": "ada",
                "attributes": {"topic": "law"},
                "extra": {"seen": True},
                "layers": {"people": [{"id": "p", "start": 0, "end": 3}]},
            }
        ],
    }
    (tmp_path / "in.jsonl").write_text(json.dumps(value) + "\n")
    (row,) = journey(tmp_path / "in.jsonl", tmp_path / "project").load()
    assert (row["article_topic_"], row["topic"], row["article_topic"]) == ("a", "law", "b")
    assert (row["article_people"], [item["id"] for item in row["people"]]) == (2, ["p"])
    assert (row["article_extra"], row["extra"]) == ({"source": "x"}, {"seen": True})


def test_items_with_a_place_and_without_are_in_layers_of_their_own(tmp_path):
    items = [{"id": "a", "start": 0, "end": 3}, {"id": "b"}, {"id": "c", "start": 3, "end": 3}]
    record = {"annotator": "ada", "layers": {"people": items, "links_points": [{"id": "d"}]}}
    value = {"format": "dataset-builder/standoff", "text": "Ada met Bo.", "annotations": [record]}
    (tmp_path / "in.jsonl").write_text(json.dumps(value) + "\n")
    way = journey(tmp_path / "in.jsonl", tmp_path / "project")
    assert [code for code, _, _ in way.findings] == ["FMT005", "FMT014"]
    (row,) = way.load()
    found = {layer: [item["id"] for item in row[layer]] for layer in row if isinstance(row[layer], list)}
    layers = {"people": ["a"], "people_unplaced": ["b"], "people_points": ["c"], "links": ["d"]}
    assert {layer: found.get(layer) for layer in layers} == layers

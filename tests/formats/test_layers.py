"""Which layers items go to."""

import json

from tests.formats.journey import journey


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


def test_a_property_of_records_and_a_layer_of_one_name_are_kept_apart(tmp_path):
    people = {"people": [{"id": "a", "start": 0, "end": 3}]}
    records = [
        {"annotator": "ada", "layers": people, "attributes": {"topic": "law"}},
        {"annotator": "bo", "attributes": {"people": 2}, "layers": {"topic": [{"id": "b"}]}},
    ]
    value = {"format": "dataset-builder/standoff", "text": "Ada met Bo.", "annotations": records}
    (tmp_path / "in.jsonl").write_text(json.dumps(value) + "\n")
    way = journey(tmp_path / "in.jsonl", tmp_path / "project")
    assert sorted(code for code, _, _ in way.findings) == ["FMT005", "FMT011"]
    ada, bo = way.load("annotations")
    assert (ada["topic"], [item["id"] for item in ada["people"]]) == ("law", ["a"])
    assert (bo["extra"], [item["id"] for item in bo["topic_unplaced"]]) == ({"people": 2}, ["b"])

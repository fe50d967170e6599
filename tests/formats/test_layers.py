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

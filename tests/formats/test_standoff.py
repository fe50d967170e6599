"""Standoff JSON Lines, both ways: it holds all that a project says."""

import json

import pytest
from hypothesis import HealthCheck, given, settings

import dataset_builder
from tests.formats.arbitrary import articles, bring_in, export, mutated, plain
from tests.formats.journey import journey
from tests.formats.mutations import comes_in


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(articles(pieces=2))
def test_what_is_written_is_read_back(tmp_path_factory, given_articles):
    folder = tmp_path_factory.mktemp("standoff")
    assert export("standoff", given_articles, folder) == []
    found, troubles = bring_in("standoff", folder)
    assert troubles == []
    assert [plain(article) for article in found] == [plain(article) for article in given_articles]


ARTICLE = {
    "format": "dataset-builder/standoff",
    "id": "mill",
    "text": "Ada 😀 met Bo.",
    "metadata": {"page": 5},
    "annotations": [
        {
            "annotator": "ada",
            "attributes": {"topic": "trade"},
            "layers": {
                "people": [
                    {"id": "p1", "label": "PER", "start": 0, "end": 3, "quote": "Ada", "attributes": {"sure": True}},
                    {
                        "id": "p2",
                        "label": "PER",
                        "start": 0,
                        "end": 12,
                        "fragments": [{"start": 0, "end": 3}, {"start": 10, "end": 12}],
                        "notes": [{"text": "both"}],
                        "referents": [{"resource": "wd", "entry": "Q7259"}],
                    },
                    {"id": "p3", "start": 4, "end": 4},
                ],
                "meetings": [{"id": "m1", "label": "met", "arguments": [{"role": "who", "target": "p1"}]}],
            },
        }
    ],
}


def test_a_project_goes_out_and_comes_in_again(tmp_path):
    (tmp_path / "in.jsonl").write_text(json.dumps(ARTICLE) + "\n")
    first = journey(tmp_path / "in.jsonl", tmp_path / "first")
    assert first.findings == [("FMT014", str(tmp_path / "in.jsonl"), 1)]
    result = dataset_builder.export_corpus(first.project, "standoff", tmp_path / "out")
    assert result.check.diagnostics == ()
    second = journey(tmp_path / "out", tmp_path / "second")
    assert second.result.format == "standoff"
    rows = [[{**row, "source": None, "extra": None} for row in way.load("annotations")] for way in (first, second)]
    assert rows[0] == rows[1]
    assert [row["page"] for row in second.load()] == [5]


WRONG = {
    1: ({"text": 7}, "FMT008"),
    2: ({"annotations": [7]}, "FMT002"),
    3: ({"annotations": [{"annotator": "a", "layers": {"x": [{"id": "1", "start": 0}]}}]}, "FMT002"),
    4: ({"annotations": [{"annotator": "a", "layers": {"x": [{"id": "1", "start": 0, "end": 99}]}}]}, "FMT003"),
    5: ({"annotations": [{"annotator": "a", "layers": {"y": [{"id": "1", "arguments": [{"role": "r"}]}]}}]}, "FMT002"),
    6: ({"annotations": [{"annotator": "a"}, {"annotator": "a"}]}, "FMT007"),
    7: ({"annotations": [{"annotator": "a", "layers": {"y": [{"id": "1", "references": {"to": "2"}}]}}]}, "FMT006"),
}


def test_what_is_wrong_is_told_by_line(tmp_path):
    lines = [json.dumps(ARTICLE | change | {"id": str(number)}) for number, (change, _) in WRONG.items()]
    (tmp_path / "in.jsonl").write_text("\n".join(lines) + "\n")
    way = journey(tmp_path / "in.jsonl", tmp_path / "project")
    assert [(line, code) for code, _, line in way.findings] == [(line, code) for line, (_, code) in WRONG.items()]


@pytest.mark.parametrize("seed", range(150))
def test_no_mutation_ends_in_a_traceback(tmp_path, seed):
    (tmp_path / "in.jsonl").write_bytes(mutated(json.dumps(ARTICLE).encode() + b"\n", seed))
    comes_in(tmp_path / "in.jsonl", tmp_path / "project", "standoff")


@pytest.mark.parametrize("format_", ["standoff", "web-annotation"])
def test_a_project_that_was_never_imported_goes_out_whole(tmp_path, format_):
    dataset_builder.init(tmp_path / "project")
    project = dataset_builder.open_project(tmp_path / "project")
    out = dataset_builder.export_corpus(project, format_, tmp_path / "out")
    assert out.check.diagnostics == ()
    way = journey(tmp_path / "out", tmp_path / "again")
    records = [json.loads(path.read_text()) for path in (tmp_path / "project/annotations").rglob("*.json")]
    assert way.counts()["texts"] == len(list((tmp_path / "project/seeds").glob("*.txt")))
    for layer in ("quotes", "speakers"):
        items = [item for record in records for item in record.get(layer, ())]
        loaded = [item for row in way.load("annotations") for item in row.get(layer) or ()]
        assert sorted(item["quote"] for item in loaded) == sorted(item["quote"] for item in items)
    assert any(record.get("quotes") for record in records)

"""doccano exports: real ones all the way to `load_dataset`, and the shapes of its versions and tasks."""

import json
import zipfile
from collections import Counter

import pytest

import dataset_builder
from dataset_builder.errors import UsageError
from tests.formats.journey import journey


def counted(*paths):
    """What the lines of exports say, counted without reading them as the importer does."""
    found, texts = Counter(), set()
    for path in paths:
        for line in path.read_text(encoding="utf-8").split("\n"):
            if not line:
                continue
            texts.add(line.partition('"annotations"')[0].partition('"meta"')[0])
            found["spans"] += line.count('"start_offset"') + line.count('"], [') + line.count('"]]')
    found["texts"] = len(texts)
    return found


@pytest.mark.parametrize(
    ("name", "annotators"),
    [
        ("labeling", {"user-1": 1, "user-2": 2}),
        ("labeling_text_label", {"doccano": 2}),
        ("classification", {"user-1": 3}),
    ],
)
def test_a_real_export_comes_in_whole(shared_dir, tmp_path, name, annotators):
    source = shared_dir / "corpora/doccano" / f"{name}.jsonl"
    way = journey(source, tmp_path / "project")
    assert way.result.format == "doccano"  # detected
    assert way.findings == []
    assert way.result.annotators == annotators
    assert +way.counts() == +counted(source)


def test_the_categories_of_a_real_export_are_those_of_its_lines(shared_dir, tmp_path):
    source = shared_dir / "corpora/doccano/classification.jsonl"
    way = journey(source, tmp_path / "project")
    lines = [json.loads(line) for line in source.read_text().splitlines()]
    rows = way.load("annotations")
    assert {row["article"]: row["labels"] for row in rows} == {
        str(line["id"]): [str(each["label"]) for each in line["annotations"]] for line in lines
    }


def test_files_of_the_same_texts_are_put_together(shared_dir, tmp_path):
    source = shared_dir / "corpora/doccano"
    way = journey(source, tmp_path / "project")
    assert way.findings == []
    assert way.result.annotators == {"labeling_text_label": 2, "user-1": 4, "user-2": 2}
    assert +way.counts() == +counted(*source.glob("*.jsonl"))


def written(folder, *values, name="export.jsonl"):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    return folder / name


NEW = {
    "id": 7,
    "text": "Ada 😀 met Bo.",
    "entities": [
        {"id": 3, "label": "PER", "start_offset": 0, "end_offset": 3},
        {"id": 4, "label": "PER", "start_offset": 10, "end_offset": 12},
    ],
    "relations": [{"id": 3, "from_id": 3, "to_id": 4, "type": "met"}],
    "Comments": ["sure?"],
    "page": 5,
}


def test_relations_and_metadata(tmp_path):
    way = journey(written(tmp_path, NEW), tmp_path / "project")
    assert way.findings == []
    (row,) = way.load("annotations")
    assert [(item["id"], item["quote"]) for item in row["spans"]] == [("3", "Ada"), ("4", "Bo")]
    (relation,) = row["relations"]
    assert [each["target"] for each in relation["arguments"]] == ["3", "4"]
    (article,) = way.load()
    assert (article["page"], article["comments"]) == (5, ["sure?"])


def test_offsets_in_utf_16_are_converted_where_that_is_said(tmp_path):
    value = {"text": "Ada 😀 met Bo.", "labels": [[11, 13, "PER"]]}
    way = journey(written(tmp_path, value), tmp_path / "project", options={"unit": "utf-16"})
    assert [item["quote"] for row in way.load("annotations") for item in row["spans"]] == ["Bo"]


def test_half_a_pair_is_no_place(tmp_path):
    value = {"text": "Ada 😀 met Bo.", "labels": [[5, 13, "PER"], [0, 3, "PER"]]}
    way = journey(written(tmp_path, value), tmp_path / "project", options={"unit": "utf-16"})
    assert [(code, line) for code, _, line in way.findings] == [("FMT003", 1)]
    assert [item["quote"] for row in way.load("annotations") for item in row["spans"]] == ["Ada"]


def test_a_zip_has_a_file_for_each_user(tmp_path):
    lines = json.dumps(NEW), json.dumps({**NEW, "entities": NEW["entities"][:1], "relations": []})
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("ada.jsonl", lines[0])
        archive.writestr("bo.jsonl", lines[1])
    way = journey(tmp_path / "export.zip", tmp_path / "project")
    assert way.findings == []
    assert way.result.annotators == {"ada": 1, "bo": 1}
    assert +way.counts() == Counter(texts=1, spans=3, relations=1)


def test_numbers_of_labels_get_the_names_that_a_file_beside_gives_them(tmp_path):
    said = [{"label": 12, "start_offset": 0, "end_offset": 3, "user": 1}, {"label": 13, "user": 1}]
    folder = written(tmp_path / "in", {"id": 7, "text": "Ada met Bo.", "annotations": said}).parent
    labels = [{"id": 12, "text": "PER", "background_color": "#fff"}]
    (folder / "label_config.json").write_text(json.dumps(labels))
    way = journey(folder, tmp_path / "project")
    assert way.findings == []
    (row,) = way.load()
    (schema,) = (tmp_path / "project/schema").glob("annotation*")
    assert '"const": "PER"' in schema.read_text()
    assert row["labels"] == ["13"]


def test_what_is_wrong_is_told_by_line(tmp_path):
    source = written(
        tmp_path,
        {"text": "Ada met Bo.", "label": [[0, 3, "PER"], [8, 99, "PER"], [1], "topic"]},
        {"text": "Ada met Bo.", "label": [[8, 8, "PER"]], "relations": [{"from_id": 1}]},
        {"texts": "no text"},
        [],
        {"id": 1, "text": "One.", "label": []},
        {"id": 1, "text": "Two.", "label": []},
        {"text": " ", "label": []},
    )
    source.write_text(source.read_text() + '{"id": 2, "id": 3, "text": "Twice.", "label": []}\n{"text": \n')
    way = journey(source, tmp_path / "project", format="doccano")
    assert [(code, line) for code, _, line in way.findings] == [
        ("FMT003", 1),
        ("FMT011", 1),
        ("FMT002", 2),
        ("FMT014", 2),
        ("FMT008", 3),
        ("FMT002", 4),
        ("FMT005", 6),
        ("FMT009", 7),
        ("FMT002", 8),
        ("FMT002", 9),
    ]
    assert way.counts()["texts"] == 5


@pytest.mark.parametrize("options", [{"unit": "bytes"}, {"annotators": "suffix"}, {"colour": "red"}])
def test_an_option_that_makes_no_sense_is_a_usage_error(tmp_path, options):
    with pytest.raises(UsageError):
        dataset_builder.import_corpus(written(tmp_path, NEW), tmp_path / "project", options=options)

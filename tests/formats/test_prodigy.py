"""Prodigy exports: spans, relations, choices, answers, tokens, sessions."""

import json
from collections import Counter

import pytest

import dataset_builder
from dataset_builder.errors import UsageError
from tests.formats.arbitrary import mutated
from tests.formats.journey import journey
from tests.formats.mutations import comes_in

TEXT = "Ada 😀 met Bo."
TOKENS = [
    {"text": quote, "start": TEXT.index(quote), "end": TEXT.index(quote) + len(quote), "id": number, "ws": True}
    for number, quote in enumerate(["Ada", "😀", "met", "Bo", "."])
]
ADA = {"start": 0, "end": 3, "token_start": 0, "token_end": 0, "label": "PER"}
BO = {"start": 10, "end": 12, "token_start": 3, "token_end": 3, "label": "PER"}
FULL = {
    "text": TEXT,
    "meta": {"page": 5},
    "_input_hash": -17,
    "_task_hash": 4,
    "tokens": TOKENS,
    "spans": [ADA, BO],
    "relations": [
        {"head": 0, "child": 3, "label": "met", "color": "#fff", "head_span": ADA, "child_span": BO},
        {"head": 2, "child": 3, "label": "obj", "head_span": {"start": 6, "end": 9, "label": None}, "child_span": BO},
    ],
    "answer": "accept",
    "_session_id": "news-ada",
    "_view_id": "relations",
}


def written(folder, *tasks):
    path = folder / "in.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in tasks), encoding="utf-8")
    return path


def counted(*tasks):
    """What accepted tasks say, counted by their own lists."""
    found = Counter(texts=len({task["text"] for task in tasks}))
    for task in tasks:
        for layer in ("tokens", "spans", "relations"):
            found[layer] += len(task.get(layer, ()))
    return found


def test_a_task_comes_in_whole(tmp_path):
    way = journey(written(tmp_path, FULL), tmp_path / "project")
    assert (way.result.format, way.findings, way.result.annotators) == ("prodigy", [], {"news-ada": 1})
    found = way.counts()
    assert {layer: found[layer] for layer in ("texts", "tokens", "spans", "relations")} == counted(FULL)
    (row,) = way.load("annotations")
    assert [item["quote"] for item in row["spans"]] == ["Ada", "Bo"]
    assert [item["quote"] for item in row["tokens"]] == ["Ada", "😀", "met", "Bo", "."]
    assert [[each["target"] for each in item["arguments"]] for item in row["relations"]] == [["s1", "s2"], ["t2", "s2"]]
    assert row["answer"] == "accept"
    (article,) = way.load()
    assert (article["id"], article["page"]) == ("-17", 5)


def test_sessions_are_annotators_of_one_text(tmp_path):
    other = {**FULL, "_session_id": "news-bo", "spans": [BO], "relations": []}
    way = journey(written(tmp_path, FULL, {"text": "Else.", "answer": "accept"}, other), tmp_path / "project")
    assert way.findings == []
    assert way.result.annotators == {"news-ada": 1, "news-bo": 1, "prodigy": 1}
    assert (way.counts()["texts"], way.counts()["spans"]) == (2, 3)


def test_what_was_rejected_or_ignored_is_in_layers_of_its_own(tmp_path):
    tasks = [{**FULL, "relations": [], "spans": [BO], "answer": answer} for answer in ("reject", "ignore", "accept")]
    way = journey(written(tmp_path, *tasks), tmp_path / "project")
    assert way.findings == []
    (row,) = way.load("annotations")
    assert [len(row[layer]) for layer in ("spans", "rejected_spans", "ignored_spans")] == [1, 1, 1]
    assert [task["answer"] for task in row["extra"]["tasks"]] == ["reject", "ignore", "accept"]


def test_choices_and_labels_of_the_text(tmp_path):
    choice = {"text": "One.", "options": [{"id": "a", "text": "A"}], "accept": ["a"], "answer": "accept"}
    binary = {"text": "Two.", "label": "SPAM", "answer": "reject"}
    way = journey(written(tmp_path, choice, binary), tmp_path / "project")
    assert way.findings == []
    rows = {row["article"]: row for row in way.load("annotations")}
    assert (rows["in-1"]["labels"], rows["in-2"]["rejected_labels"]) == (["a"], ["SPAM"])
    assert rows["in-1"]["extra"]["tasks"][0]["options"] == choice["options"]


def test_tokens_can_stay_out(tmp_path):
    way = journey(written(tmp_path, FULL), tmp_path / "project", options={"tokens": "none"})
    assert way.counts()["tokens"] == 0
    (row,) = way.load("annotations")
    assert [item["quote"] for item in row["spans"]] == ["Ada", "Bo", "met"]  # which a relation goes from


def test_what_is_wrong_is_told_by_line(tmp_path):
    tasks = [
        {"text": "One.", "spans": [{"start": 0, "end": 99, "label": "X"}]},
        {"text": "Two.", "spans": [{"start": 0}], "tokens": [{"start": None}]},
        {"text": "Three.", "relations": [{"head": 0, "child": 1}]},
        {"text": "Four.", "answer": "maybe"},
        {"html": "<b>"},
        {"text": "Five.", "spans": {}},
        {**FULL, "spans": [{**ADA, "token_end": 2}], "relations": []},
        {**FULL, "text": "Ada met Cy.", "tokens": [], "spans": [], "relations": []},
        {"text": "Six.", "spans": [{"start": 0, "end": 3, "text": "Sex", "label": "X"}]},
    ]
    way = journey(written(tmp_path, *tasks), tmp_path / "project", format="prodigy")
    assert [(line, code) for code, _, line in way.findings] == [
        (1, "FMT003"),
        (2, "FMT002"),
        (2, "FMT002"),
        (3, "FMT002"),
        (4, "FMT005"),
        (5, "FMT008"),
        (6, "FMT002"),
        (7, "FMT005"),
        (8, "FMT005"),
        (9, "FMT004"),
    ]


def test_an_option_that_makes_no_sense_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError):
        dataset_builder.import_corpus(written(tmp_path, FULL), tmp_path / "project", options={"tokens": "some"})


@pytest.mark.parametrize("seed", range(150))
def test_no_mutation_ends_in_a_traceback(tmp_path, seed):
    (tmp_path / "in.jsonl").write_bytes(mutated(json.dumps(FULL).encode() + b"\n", seed))
    comes_in(tmp_path / "in.jsonl", tmp_path / "project", "prodigy")

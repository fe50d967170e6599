"""Whole projects whose articles have texts that are alike."""

import json
import random

import pytest

import dataset_builder
from dataset_builder.errors import UsageError
from dataset_builder.merge.likeness import shingles, similarity
from dataset_builder.pipeline import alike, plan

pytest.importorskip("rensa")

CONFIG = """name = "alike"
title = "Alike"
version = "1.0.0"
license = "CC0-1.0"
languages = ["en"]
[splits]
field = "part"
near = {near}
"""
RIGHTS = {"type": "object", "properties": {"license": {"type": "string"}, "text": {"type": "string"}}}
SCHEMA = {"type": "object", "properties": {"part": {"type": "string"}, "rights": RIGHTS}}
ABOUT = {"rights": {"license": "CC0-1.0", "text": "included"}}


def text(seed, *, changes=0):
    """A hundred made-up words, some of them exchanged."""
    chance = random.Random(seed)
    words = [f"word{chance.randrange(10**6)}" for _ in range(100)]
    for number in range(changes):
        words[(number * 37) % 100] = f"other{number}"
    return " ".join(words) + "\n"


def make(root, texts, near=0.6, packed=False):
    for folder in ("seeds", "schema"):
        (root / folder).mkdir(parents=True)
    (root / "dataset.toml").write_text(CONFIG.format(near=near))
    (root / "schema/article.schema.json").write_text(json.dumps(SCHEMA))
    for id_, (content, part) in texts.items():
        about = {**ABOUT, "part": part}
        if packed:
            with (root / "seeds/all.jsonl").open("a") as lines:
                lines.write(json.dumps({**about, "id": id_, "text": content}) + "\n")
        else:
            (root / "seeds" / f"{id_}.txt").write_text(content)
            (root / "seeds" / f"{id_}.json").write_text(json.dumps(about) + "\n")
    return dataset_builder.open_project(root)


def found(project, **options):
    result = dataset_builder.check(project, select=["SPL004"], **options)
    return [(each.place.file, each.place.line, each.related[0].file, each.message) for each in result.diagnostics]


TEXTS = {
    "a": (text(1), "train"),
    "b": (text(1, changes=2), "test"),
    "c": (text(1, changes=1), "test"),
    "d": (text(1), "test"),  # the same text as that of a: what SPL003 says
    "e": (text(2), "validation"),
    "f": (text(3), "train"),
    "g": (text(3, changes=1), "train"),
    "h": (text(4), "train"),
    "i": (text(4, changes=30), "test"),  # too different
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("compared", [1 << 22, 2])
@pytest.mark.parametrize("jobs", [1, 2])
def test_texts_that_are_alike_are_found_across_splits(tmp_path, monkeypatch, jobs, compared, packed):
    monkeypatch.setattr(plan, "_MOST_COMPARED", compared)  # in one go, or in partitions
    project = make(tmp_path, TEXTS, packed=packed)
    place = (
        (lambda id_: ("seeds/all.jsonl", 1 + list(TEXTS).index(id_)))
        if packed
        else (lambda id_: (f"seeds/{id_}.txt", 1))
    )
    shares = [similarity(shingles(TEXTS["a"][0]), shingles(TEXTS[id_][0])) for id_ in "bc"]
    assert [(file, line, message) for file, line, _, message in found(project, jobs=jobs)] == [
        (*place(id_), f'the texts of "{id_}" and "a" are {share:.0%} alike, in splits "test" and "train"')
        for id_, share in zip("bc", shares, strict=True)
    ]


def test_each_is_told_with_the_one_most_like_it(tmp_path):
    texts = {"a": (text(1, changes=6), "train"), "b": (text(1, changes=1), "train"), "z": (text(1), "test")}
    ((_, _, other, _),) = found(make(tmp_path, texts))
    assert other == "seeds/b.txt"


def test_of_very_many_each_is_measured_with_few(tmp_path, monkeypatch):
    monkeypatch.setattr(alike, "_MOST", 4)
    texts = {f"{part}-{number}": (text(1, changes=number), part) for part in ("train", "test") for number in range(6)}
    assert {file for file, *_ in found(make(tmp_path, texts))} >= {
        f"seeds/train-{number}.txt" for number in range(6)
    } - {"seeds/train-0.txt"}


def test_a_build_that_takes_shards_over_finds_what_a_first_one_finds(tmp_path):
    project = make(tmp_path / "project", TEXTS)
    first = dataset_builder.build(project, output=tmp_path / "out").check
    (tmp_path / "project/seeds/e.txt").write_text(text(5))
    again = dataset_builder.build(project, output=tmp_path / "out").check
    assert again.diagnostics == first.diagnostics
    assert "SPL004" in {each.code for each in again.diagnostics}


def test_nothing_is_looked_for_unless_asked(tmp_path, monkeypatch):
    project = make(tmp_path, TEXTS)
    (tmp_path / "dataset.toml").write_text(CONFIG.replace("near = {near}\n", ""))
    monkeypatch.setattr(alike, "shingles", None)
    assert found(dataset_builder.open_project(project.root)) == []


def test_without_the_library_it_is_said_what_to_install(tmp_path, monkeypatch):
    project = make(tmp_path, TEXTS)
    monkeypatch.setattr(plan, "can_sketch", lambda: False)
    with pytest.raises(UsageError, match=r"pip install 'dataset-builder\[near\]'"):
        dataset_builder.check(project)

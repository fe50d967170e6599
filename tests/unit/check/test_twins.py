"""Whole projects whose articles share texts."""

import json

import pytest

import dataset_builder
from dataset_builder.engines.exchange import Exchange
from dataset_builder.pipeline import plan

ABOUT = {"rights": {"license": "CC0-1.0", "text": "included"}}
CONFIG = """name = "twins"
title = "Twins"
version = "1.0.0"
license = "CC0-1.0"
languages = ["en"]
[splits]
field = "part"
"""
RIGHTS = {"type": "object", "properties": {"license": {"type": "string"}, "text": {"type": "string"}}}
SCHEMA = {"type": "object", "properties": {"part": {"type": "string"}, "rights": RIGHTS}}


@pytest.fixture
def project(tmp_path):
    """Makes a project of texts, each with its split."""

    def make(**articles):
        for folder in ("seeds", "schema"):
            (tmp_path / folder).mkdir()
        (tmp_path / "dataset.toml").write_text(CONFIG)
        (tmp_path / "schema" / "article.schema.json").write_text(json.dumps(SCHEMA))
        for id_, (text, part) in articles.items():
            (tmp_path / "seeds" / f"{id_}.txt").write_bytes(text.encode())
            (tmp_path / "seeds" / f"{id_}.json").write_text(json.dumps({**ABOUT, "part": part}) + "\n")
        return dataset_builder.open_project(tmp_path)

    return make


def found(project, **options):
    diagnostics = dataset_builder.check(project, select=["ART018", "SPL003"], **options).diagnostics
    return [(each.code, each.place.file, each.related[0].file) for each in diagnostics]


def test_many_texts_are_compared_in_partitions(project, monkeypatch):
    taken, take = [], Exchange.take

    def noted(exchange, givers, partition):
        taken.append(partition)
        return take(exchange, givers, partition)

    monkeypatch.setattr(Exchange, "take", noted)
    monkeypatch.setattr(plan, "_MOST_COMPARED", 1)
    assert found(project(a=("One.\n", "train"), b=("Two.\n", "train"), c=("One.\n", "train"))) == [
        ("ART018", "seeds/c.txt", "seeds/a.txt")
    ]
    assert taken == [0, 1, 2]


@pytest.mark.parametrize("compared", [1 << 22, 2])
@pytest.mark.parametrize("jobs", [1, 2])
def test_twins_are_found_within_and_across_splits(project, jobs, compared, monkeypatch):
    monkeypatch.setattr(plan, "_MOST_COMPARED", compared)  # in one go, or in partitions
    made = project(
        a=("One.\n", "test"),
        b=("Two.\n", "train"),
        c=("One.\n", "train"),
        d=("One.\n", "test"),
        e=("Two.\n", "train"),
        f=("One.\n\n", "train"),
    )
    assert found(made, jobs=jobs) == [
        ("SPL003", "seeds/c.txt", "seeds/a.txt"),
        ("ART018", "seeds/d.txt", "seeds/a.txt"),
        ("ART018", "seeds/e.txt", "seeds/b.txt"),
    ]


def test_what_has_no_text_is_nobodys_twin(project):
    assert found(project(a=("", "test"), b=("", "train"), c=("\n", "train"))) == []

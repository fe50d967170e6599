"""The build as those who train load it: `datasets`, DuckDB, Polars, pandas, the Hub's card reader."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import datasets
import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from datasets import ClassLabel, load_dataset
from huggingface_hub import DatasetCard

from tests.acceptance.conftest import git

TABLES = ("articles", "annotations", "segments", "entities", "cues", "quotes", "framing", "links")
SPLITS = {"train", "validation", "test"}


def sources(project: Path, pattern: str) -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(project.glob(pattern))}


def all_rows(loaded: Any) -> list[dict[str, Any]]:
    return [row for split in loaded for row in loaded[split]]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("streaming", [False, True])
def test_every_table_loads_with_its_splits(dist: Path, table: str, streaming: bool) -> None:
    loaded = load_dataset(str(dist), table, streaming=streaming)
    assert set(loaded) == SPLITS
    assert all_rows(loaded)


def test_streaming_gives_the_same_rows(dist: Path) -> None:
    assert all_rows(load_dataset(str(dist))) == all_rows(load_dataset(str(dist), streaming=True))


def test_a_clean_process_loads_it_by_a_relative_path(dist: Path, tmp_path: Path) -> None:
    code = 'from datasets import load_dataset; print(load_dataset("dist")["train"].num_rows > 0)'
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=dist.parent, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "True"


def test_a_git_clone_loads(dist: Path, tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    shutil.copytree(dist, origin)
    git("init", "--quiet", cwd=origin)
    git("add", "--all", cwd=origin)
    git("-c", "filter.lfs.required=false", "-c", "filter.lfs.clean=cat", "commit", "--quiet", "-m", "data", cwd=origin)
    git("clone", "--quiet", str(origin), "clone", cwd=tmp_path)
    assert all_rows(load_dataset(str(tmp_path / "clone"), "quotes")) == all_rows(load_dataset(str(dist), "quotes"))


def test_article_rows_equal_their_sources(dist: Path, project_dir: Path) -> None:
    rows = {row["id"]: row for row in all_rows(load_dataset(str(dist)))}
    metadata = sources(project_dir, "seeds/*.json")
    assert set(rows) == set(metadata)
    for id_, stated in metadata.items():
        row = rows[id_]
        text = project_dir / "seeds" / f"{id_}.txt"
        assert row["text"] == (text.read_bytes().decode() if text.exists() else None)
        assert (row["sha256"], row["length"], row["title"]) == (stated["sha256"], stated["length"], stated["title"])
        assert (row["language"], row["event"]) == (stated["language"], stated["event"])


@pytest.mark.parametrize("annotator", ["a1", "a2", "gold"])
def test_annotation_rows_equal_their_sources(dist: Path, project_dir: Path, annotator: str) -> None:
    loaded = load_dataset(str(dist), "annotations")
    features = loaded["train"].features
    rows = {row["article"]: row for row in all_rows(loaded) if row["annotator"] == annotator}
    records = sources(project_dir, f"annotations/{annotator}/*.json")
    assert set(rows) == set(records)
    for id_, record in records.items():
        for layer in ("segments", "entities", "cues", "quotes", "framing"):
            published = [named(item, features[layer].feature) for item in rows[id_][layer]]
            assert published == [complete(item, features[layer].feature) for item in record[layer]]
        assert named(rows[id_]["labels"], features["labels"]) == record["labels"]
        assert "remarks" not in rows[id_]


def named(value: dict[str, Any], features: dict[str, Any]) -> dict[str, Any]:
    """`value` with the names of its labels."""
    return {
        name: features[name].int2str(inner) if isinstance(features[name], ClassLabel) else inner
        for name, inner in value.items()
    }


def complete(item: dict[str, Any], features: dict[str, Any]) -> dict[str, Any]:
    """`item` with null for the properties that it leaves out, as a row has them."""
    return {name: item.get(name) for name in features}


def test_flat_tables_hold_the_gold_items(dist: Path, project_dir: Path) -> None:
    gold = sources(project_dir, "annotations/gold/*.json")
    for layer in ("segments", "entities", "cues", "quotes", "framing"):
        loaded = load_dataset(str(dist), layer)
        features = loaded["train"].features
        rows = sorted(
            (named(row, features) for row in all_rows(loaded)), key=lambda r: (r["article"], r["start"], -r["end"])
        )
        expected = [
            {"article": id_, **complete(item, {name: None for name in features if name != "article"})}
            for id_, record in sorted(gold.items())
            for item in record[layer]
        ]
        assert rows == sorted(expected, key=lambda r: (r["article"], r["start"], -r["end"]))


def test_both_reports_of_an_event_fall_together(dist: Path) -> None:
    loaded = load_dataset(str(dist))
    events = [set(loaded[split]["event"]) for split in loaded]
    assert sum(map(len, events)) == len(set().union(*events)) == 8


def test_labels_keep_their_names_and_order(dist: Path, project_dir: Path) -> None:
    schema = json.loads((project_dir / "schema/annotation.schema.json").read_text())
    stated = [branch["const"] for branch in schema["properties"]["framing"]["items"]["properties"]["device"]["oneOf"]]
    features = load_dataset(str(dist))["train"].features
    assert features["framing"].feature["device"].names == stated
    assert features["rights"]["text"].names == ["included", "withheld"]


def test_duckdb_polars_and_pandas_open_every_table(dist: Path) -> None:
    for table in TABLES:
        pattern = str(dist / "data" / table / "*.parquet")
        rows = sum(pq.read_metadata(path).num_rows for path in (dist / "data" / table).iterdir())
        assert duckdb.sql(f"select count(*) from read_parquet('{pattern}')").fetchall() == [(rows,)]
        assert pl.read_parquet(pattern).height == rows
        assert sum(len(pd.read_parquet(path)) for path in (dist / "data" / table).iterdir()) == rows


def test_duckdb_reads_nested_layers(dist: Path) -> None:
    query = f"select sum(len(entities)) from read_parquet('{dist}/data/articles/*.parquet')"
    flat = f"select count(*) from read_parquet('{dist}/data/entities/*.parquet')"
    assert duckdb.sql(query).fetchall() == duckdb.sql(flat).fetchall()


def test_the_hub_reads_the_card(dist: Path) -> None:
    card = DatasetCard.load(dist / "README.md")
    assert card.data.license == "cc-by-4.0"
    assert sorted(card.data.language) == ["de", "en", "ja"]
    assert [config["config_name"] for config in card.data.configs] == list(TABLES)


def test_card_and_files_state_the_same_features(dist: Path) -> None:
    card = DatasetCard.load(dist / "README.md")
    for info in card.data.to_dict()["dataset_info"]:
        stated = datasets.Features._from_yaml_list(info["features"])
        for path in (dist / "data" / info["config_name"]).iterdir():
            assert datasets.Features.from_arrow_schema(pq.read_schema(path)) == stated


def test_parquet_is_laid_out_for_the_hub(dist: Path) -> None:
    for path in dist.glob("data/*/*.parquet"):
        metadata = pq.read_metadata(path)
        if metadata.num_rows:
            column = metadata.row_group(0).column(0)
            assert column.compression == "ZSTD"
            assert column.has_column_index
            assert column.has_offset_index
        assert b"content_defined_chunking" in metadata.metadata

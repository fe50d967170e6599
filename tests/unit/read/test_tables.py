import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dataset_builder.errors import UsageError
from dataset_builder.model.manifest import FileEntry, SplitFacts, TableFacts
from dataset_builder.read.tables import TableFiles, one_chunk

FEATURES = {"id": {"dtype": "string", "_type": "Value"}, "text": {"dtype": "string", "_type": "Value"}}
ROWS = pa.table({"id": ["a", "b", "c", "d", "e"], "text": ["A", None, "C", "D", "E"]})


def written(directory, rows=ROWS, features=FEATURES, path="data/articles/train-00000-abc.parquet"):
    """A table of one file, in row groups of two rows."""
    info = {"huggingface": json.dumps({"info": {"features": features}})} if features is not None else None
    file = directory / path
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows.replace_schema_metadata(info), file, row_group_size=2)
    entry = FileEntry(path=path, bytes=1, sha256="0" * 64, rows=rows.num_rows)
    return TableFacts(name="articles", digest="0" * 64, splits={"train": SplitFacts(rows=5, bytes=1, files=(entry,))})


def test_rows_and_single_values(tmp_path):
    table = TableFiles(tmp_path, written(tmp_path))
    assert table.features == FEATURES
    assert one_chunk(table.rows(0, ["id"]), "id").to_pylist() == ["a", "b", "c", "d", "e"]
    assert table.rows(0, ["text", "id"]).column_names == ["text", "id"]
    assert table.values_at(0, "text", np.array([4, 0, 1])) == ["E", "A", None]
    assert table.has_nulls(0, "text")
    assert not table.has_nulls(0, "id")


def test_a_build_without_the_table(tmp_path):
    table = TableFiles(tmp_path, None)
    assert (table.files, table.features) == ((), {})


@pytest.mark.parametrize(
    ("features", "said"),
    [
        (None, "states no features"),
        ({"id": FEATURES["id"]}, "columns don't have: text"),
        ({**FEATURES, "text": {"dtype": "int64", "_type": "Value"}}, "columns don't have: text"),
        ({**FEATURES, "more": FEATURES["id"]}, "columns don't have: more"),
        ({**FEATURES, "text": ["?"]}, "columns don't have: text"),
        ({**FEATURES, "text": {"_type": "Video"}}, "columns don't have: text"),
    ],
)
def test_features_that_are_not_those_of_the_columns(tmp_path, features, said):
    with pytest.raises(UsageError, match=said):
        TableFiles(tmp_path, written(tmp_path, features=features)).features  # noqa: B018


def test_columns_that_are_not_there(tmp_path):
    table = TableFiles(tmp_path, written(tmp_path))
    for ask in (
        lambda: table.rows(0, ["id", "sha256"]),
        lambda: table.values_at(0, "sha256", np.array([0])),
        lambda: table.has_nulls(0, "sha256"),
    ):
        with pytest.raises(UsageError, match=r"sha256.*verify"):
            ask()


@pytest.mark.parametrize("path", ["../elsewhere.parquet", "data/../../elsewhere.parquet", "{}/elsewhere.parquet"])
def test_nothing_outside_of_the_build_is_opened(tmp_path, path):
    path = path.format(tmp_path)
    build = tmp_path / "build"
    facts = written(build)
    written(tmp_path, path="elsewhere.parquet")
    (entry,) = facts.splits["train"].files
    outside = replace(facts, splits={"train": replace(facts.splits["train"], files=(replace(entry, path=path),))})
    with pytest.raises(UsageError, match="outside of the build"):
        TableFiles(build, outside).rows(0, ["id"])

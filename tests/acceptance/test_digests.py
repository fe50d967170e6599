"""The digests that a build states are those that docs/digests.md specifies, however its tables are cut into files."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dataset_builder
from tests.unit.schemas import TEXT, WHOLE, array, record
from tests.unit.tables import naive

ARTICLES = 700
TABLES = ["articles", "annotations", "items", "links"]
SPLITS = ["train", "test"]
SHARDS = ["", "articles = 1", "articles = 256\nrow_group = 1"]
SCHEMAS = {
    "article": record({"id": TEXT, "text": TEXT, "part": TEXT, "free": array({"x-column": {"type": "json"}})}),
    "annotation": record(
        {
            "article": {**TEXT, "x-ref": "@article"},
            "annotator": TEXT,
            "mood": {"enum": ["good", "bad", None]},
            "items": array(
                record({"id": TEXT, "n": WHOLE}, required=["id"]),
                **{"x-key": "id", "x-table": "items"},
            ),
        }
    ),
    "link": record({"id": TEXT, "one": {**TEXT, "x-ref": "@article"}, "other": {**TEXT, "x-ref": "@article"}}),
}


def article(n):
    free = {"free": [{"n": n}, None]} if n % 5 == 4 else {}
    return {"id": f"a{n:04}", "text": f"Text {n}. 🌊", "part": "test" if n % 3 else "train", **free}


def annotation(n):
    items = [{"id": str(i), "n": i} for i in range(n % 4)]
    return {"article": f"a{n:04}", "annotator": "ada", "mood": [None, "good", "bad"][n % 3], "items": items}


def link(n):
    return {"id": f"k{n}", "one": f"a{n:04}", "other": f"a{n + 1:04}"}


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    """Builds of a project with several blocks and tables of every kind, each cut into files in another way."""
    root = tmp_path_factory.mktemp("many")
    files = {f"schema/{role}.schema.json": json.dumps(schema) for role, schema in SCHEMAS.items()}
    files["seeds/all.jsonl"] = lines(map(article, range(ARTICLES)))
    files["annotations/all.jsonl"] = lines(map(annotation, range(1, ARTICLES, 2)))
    files["annotations/links/all.jsonl"] = lines(map(link, range(0, ARTICLES - 1, 2)))
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return [built(root, shards) for shards in SHARDS]


def lines(values):
    return "".join(json.dumps(value) + "\n" for value in values)


def built(root, shards):
    (root / "dataset.toml").write_text(
        'name = "many"\ntitle = "Many"\nversion = "1.0.0"\nlicense = "MIT"\n'
        f'[splits]\nfield = "part"\nshares = {{train = 1, test = 2}}\n[shards]\n{shards}\n'
    )
    output = root / f"build-{SHARDS.index(shards)}"
    return dataset_builder.build(dataset_builder.open_project(root), output=output, jobs=1).output


def files_of(build, table, split="*"):
    return sorted((build / "data" / table).glob(f"{split}-*"))


def stated(build, table):
    return json.loads((build / "manifest.json").read_text())["tables"][table]["digest"]


def test_the_builds_are_cut_otherwise(builds):
    files = [files_of(build, "articles") for build in builds]
    groups = [sum(pq.ParquetFile(path).num_row_groups for path in paths) for paths in files]
    assert len(files[0]) == groups[0] == 2
    assert len(files[1]) > 2
    assert groups[2] > 2


@pytest.mark.parametrize("table", TABLES)
def test_builds_state_the_digests_that_the_page_specifies(builds, table):
    splits = []
    for split in SPLITS:
        rows = pa.concat_tables(map(pq.read_table, files_of(builds[1], table, split)))
        own = table in ("articles", "links")
        owners = rows["id" if own else "article"].to_pylist()
        ids = [id_ for path in files_of(builds[1], "articles", split) for id_ in pq.read_table(path)["id"].to_pylist()]
        parts = naive.blocks(owners, owners if own else ids)
        splits.append((split, [naive.block_digest(rows.slice(part.start, len(part))) for part in parts]))
    assert sum(len(digests) for _, digests in splits) > 2
    assert {stated(build, table) for build in builds} == {naive.table_digest(splits)}


def test_files_have_the_digests_that_are_stated(builds):
    for build in builds:
        assert dataset_builder.verify(build).diagnostics == ()

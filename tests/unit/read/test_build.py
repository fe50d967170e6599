import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dataset_builder.describe.manifest import parse_manifest
from dataset_builder.errors import UsageError
from dataset_builder.model.build import Manifest, ParquetFile, Unreadable
from dataset_builder.read.build import read_build
from tests.unit.build import BESIDE, entry, write_build
from tests.unit.reviews import reviews

SHARD = "data/aspects/train-00000-abc.parquet"


@pytest.fixture
def build(tmp_path):
    write_build(tmp_path, reviews())
    return tmp_path


def read(directory, **arguments):
    return read_build(directory, parse_manifest=parse_manifest, **arguments)


def test_a_build_is_read_whole(build):
    found = read(build)
    assert isinstance(found.manifest, Manifest)
    assert set(found.files) == {path.relative_to(build).as_posix() for path in build.rglob("*.*")} - {*BESIDE}
    assert found.files["README.md"] == entry(build, "README.md")
    assert found.card["pretty_name"] == "Kettle *reviews*"
    assert found.croissant["@type"] == "sc:Dataset"
    assert set(found.parquet) == {path for path in found.files if path.endswith(".parquet")}
    shard = found.parquet[SHARD]
    assert (shard.rows, shard.unfit) == (6, ())
    assert shard.features["feeling"] == {"names": ["good", "bad", "mixed"], "_type": "ClassLabel"}


def test_what_git_and_the_hub_keep_beside_it_is_passed_over(build):
    for folder in (".git", ".cache/huggingface", "data/.git"):
        (build / folder).mkdir(parents=True)
        (build / folder / "file").write_text("x")
    (build / ".gitattributes").write_text("x")
    assert {path for path in read(build).files if "/." in f"/{path}"} == {".gitattributes"}


@pytest.mark.parametrize(
    ("file", "data", "message", "line", "column"),
    [
        ("manifest.json", b'{\n "a": }', "it is no JSON", 2, 7),
        ("manifest.json", b"[]", "format 1", None, None),
        ("manifest.json", b"\xff", "not UTF-8", None, None),
        ("croissant.json", b"[]", "no JSON object", None, None),
        ("croissant.json", b"", "it is no JSON", 1, 1),
        ("README.md", b"# T\n", "no YAML", None, None),
        ("README.md", b"---\na: 1\n", "no YAML", None, None),
        ("README.md", b"---\n- a\n---\n", "no mapping", None, None),
        ("README.md", b"---\na: 1\nb: [\n---\n", "YAML can't be read", 3, 5),
        ("README.md", b"---\na: 1\na: 1\n---\n", "occurs twice", 2, 1),
        ("README.md", b"---\nb: {a: 1, a: 1}\n---\n", "occurs twice", 2, 4),
        ("README.md", b"\xff\n", "not UTF-8", None, None),
    ],
)
def test_what_cannot_be_read_says_why_and_where(build, file, data, message, line, column):
    (build / file).write_bytes(data)
    found = read(build)
    part = {"manifest.json": found.manifest, "croissant.json": found.croissant, "README.md": found.card}[file]
    assert isinstance(part, Unreadable)
    assert message in part.message
    assert "\n" not in part.message
    assert (part.line, part.column) == (line, column)


@pytest.mark.parametrize("file", ["manifest.json", "croissant.json", "README.md"])
def test_what_is_missing_is_none(build, file):
    (build / file).unlink()
    found = read(build)
    parts = {"manifest.json": found.manifest, "croissant.json": found.croissant, "README.md": found.card}
    assert [name for name, part in parts.items() if part is None] == [file]


@pytest.mark.parametrize("data", [b"", b"PAR1", b"no Parquet at all, but long enough"])
def test_a_damaged_parquet_file_says_so(build, data):
    (build / SHARD).write_bytes(data)
    found = read(build).parquet[SHARD]
    assert isinstance(found, Unreadable)
    assert "\n" not in found.message


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        {b"huggingface": b"{"},
        {b"huggingface": b"{}"},
        {b"huggingface": b"[]"},
        {b"huggingface": b'{"info": {"features": 1}}'},
    ],
)
def test_a_parquet_file_may_lack_features(build, metadata):
    pq.write_table(pa.table({"a": [1]}).replace_schema_metadata(metadata), build / SHARD)
    assert read(build).parquet[SHARD] == ParquetFile(rows=1, features=None)


@pytest.mark.parametrize(
    ("feature", "field", "unfit"),
    [
        ({"dtype": "int64", "_type": "Value"}, pa.field("a", pa.int64()), ()),
        ({"dtype": "int64", "_type": "Value"}, pa.field("a", pa.int64(), nullable=False), ("a",)),
        ({"dtype": "int32", "_type": "Value"}, pa.field("a", pa.int64()), ("a",)),
        ({"dtype": "no type", "_type": "Value"}, pa.field("a", pa.int64()), ("a",)),
        ({"_type": "Audio"}, pa.field("a", pa.int64()), ("a",)),
        ("a", pa.field("a", pa.int64()), ("a",)),
        ({"dtype": "int64", "_type": "Value"}, pa.field("b", pa.int64()), ("b", "a")),
    ],
)
def test_features_that_do_not_fit_their_column_are_named(build, feature, field, unfit):
    metadata = {b"huggingface": json.dumps({"info": {"features": {"a": feature}}}).encode()}
    pq.write_table(pa.table({field.name: [1]}, schema=pa.schema([field], metadata=metadata)), build / SHARD)
    assert read(build).parquet[SHARD].unfit == unfit


def test_content_digests_are_asked_for_tables_that_are_whole(build):
    asked = {}

    def digest(table, files):
        asked[table] = {split: [path.relative_to(build).as_posix() for path in paths] for split, paths in files.items()}
        if table == "links":
            message = "a damaged page"
            raise pa.ArrowInvalid(message)
        return table * 2

    (build / SHARD).unlink()
    found = read(build, table_digest=digest)
    assert found.digests == {"articles": "articlesarticles", "annotations": "annotationsannotations", "links": ""}
    assert asked["links"] == {
        "train": ["data/links/train-00000-abc.parquet"],
        "test": ["data/links/test-00000-abc.parquet"],
    }
    assert read(build).digests == {}


def test_a_directory_there_must_be(tmp_path):
    with pytest.raises(UsageError, match="no directory"):
        read(tmp_path / "none")

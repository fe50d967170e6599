"""The rules that `verify` runs, on a small build that is damaged in one way at a time."""

import json
import re
import shutil
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dataset_builder.check.build_view import BuildView
from dataset_builder.check.rule import Looks
from dataset_builder.check.rules.release import RELEASE_RULES
from dataset_builder.describe.manifest import parse_manifest
from dataset_builder.read.build import read_build
from tests.unit.build import write_build, write_manifest
from tests.unit.reviews import reviews

SHARD = "data/aspects/train-00000-abc.parquet"
CODES = ["REL001", "REL002", "REL003", "REL004", "REL005", "REL006"]


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    directory = tmp_path_factory.mktemp("clean") / "build"
    directory.mkdir()
    return directory, write_build(directory, reviews())


@pytest.fixture
def build(clean, tmp_path):
    """A copy to damage, and the facts that it was made of."""
    shutil.copytree(clean[0], tmp_path / "build")
    return tmp_path / "build", clean[1]


def verify(directory, **arguments):
    """Code, file and message of everything found, sorted."""
    view = BuildView(build=read_build(directory, parse_manifest=parse_manifest, **arguments))
    found = [diagnostic for rule in RELEASE_RULES for diagnostic in rule(view)]
    assert all(diagnostic.help for diagnostic in found)
    return sorted((diagnostic.code, diagnostic.place.file, diagnostic.message) for diagnostic in found)


def edit(path, change):
    """Rewrites a JSON file."""
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")


def replace_in(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_rules_are_of_a_kind():
    assert [rule.code for rule in RELEASE_RULES] == CODES
    for rule in RELEASE_RULES:
        assert rule.looks == {Looks.AT_BUILD}
        assert rule.broken.by == "verify"
        assert "**Why it matters.**" in rule.documentation
        assert "**How to fix it.**" in rule.documentation


def test_a_build_as_it_was_written_is_clean(clean):
    assert verify(clean[0]) == []
    assert verify(clean[0], table_digest=lambda table, files: "d" * 64) == []


def test_a_build_of_several_shards_is_clean(tmp_path):
    write_build(tmp_path, reviews(), shards=3)
    assert verify(tmp_path) == []


def test_missing_changed_and_foreign_files(build):
    directory, _ = build
    (directory / SHARD).rename(directory / "data/aspects/train-00001-abc.parquet")
    replace_in(directory / "README.md", "# Kettle", "# Bottle")
    replace_in(directory / "croissant.json", '"@language": "en"', '"@language": "en" ')
    assert [(code, file) for code, file, _ in verify(directory) if code == "REL001"] == [
        ("REL001", "README.md"),
        ("REL001", "croissant.json"),
        ("REL001", "data/aspects/train-00000-abc.parquet"),
        ("REL001", "data/aspects/train-00001-abc.parquet"),
    ]
    messages = {file: message for code, file, message in verify(directory) if code == "REL001"}
    assert messages["README.md"].endswith("its SHA-256 differs")
    assert re.search(r"\(\d[\d,]* bytes instead of \d", messages["croissant.json"])


def test_rows_that_are_not_those_of_the_manifest(build):
    directory, facts = build
    table = pq.read_table(directory / SHARD)
    pq.write_table(table.slice(1), directory / SHARD)
    write_manifest(directory, facts)
    message = 'split "train" of the table "aspects" has 5 rows, and the manifest states 6'
    assert ("REL002", "manifest.json", message) in verify(directory)


def test_content_that_is_not_that_of_the_digest(build):
    found = verify(build[0], table_digest=lambda table, files: ("x" if table == "links" else "d") * 64)
    assert found == [
        ("REL002", "manifest.json", 'the content of the table "links" is not what the manifest\'s digest says')
    ]


def test_a_damaged_parquet_file(build):
    directory, facts = build
    (directory / SHARD).write_bytes(b"PAR1 and nothing more PAR1")
    write_manifest(directory, facts)
    ((file, message),) = [found[1:] for found in verify(directory) if found[0] == "REL002"]
    assert file == SHARD
    assert message.startswith("this Parquet file can't be read: ")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda table: table.replace_schema_metadata(None),
            "the file's metadata has no features, so labels would load as numbers",
        ),
        (
            lambda table: table.set_column(2, "from", table["from"].cast(pa.int32())),
            "the file's features don't fit its columns: \"from\"",
        ),
        (lambda table: table.drop_columns("to"), "the file's features don't fit its columns: \"to\""),
    ],
)
def test_a_parquet_file_that_contradicts_itself(build, change, message):
    directory, facts = build
    pq.write_table(change(pq.read_table(directory / SHARD)), directory / SHARD)
    write_manifest(directory, facts)
    found = [each for each in verify(directory) if each[0] == "REL003"]
    assert found == [("REL003", SHARD, message)]


def test_a_card_that_describes_other_columns(build):
    directory, facts = build
    replace_in(directory / "README.md", "'0': same_writer", "'0': other_writer")
    write_manifest(directory, facts)
    message = 'the features in README.md are not those of the file: "kind"'
    assert verify(directory) == [
        ("REL003", f"data/links/{split}-00000-abc.parquet", message) for split in ("test", "train")
    ]


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        (
            "path: data/links/test-*.parquet",
            "path: data/links/*.parquet",
            ['the path of split "test" of "links" matches 2 files, and the table has 1 there'],
        ),
        (
            "path: data/links/test-*.parquet",
            "path: data/links/tests-*.parquet",
            ['the path of split "test" of "links" matches 0 files, and the table has 1 there'],
        ),
        (
            "path: data/links/test-*.parquet",
            "path: data/links/train-*.parquet",
            ['the path of split "test" of "links" matches other files than the table has there'],
        ),
        (
            "- config_name: links\n  data_files",
            "- config_name: lynx\n  data_files",
            [
                'configs has an entry "lynx", and the build has no such table',
                'configs has no entry for the table "links"',
            ],
        ),
        ("  default: true\n", "", ["one of the configs must be the default, and 0 are"]),
        (
            "    num_examples: 3\n",
            "    num_examples: 4\n",
            ['dataset_info states 4 rows for split "train" of "articles", which has 3 rows'],
        ),
        (
            "  splits:\n  - name: train",
            "  splits:\n  - name: dev",
            [
                f'dataset_info states {first} for split "{split}" of "{table}", which has {second}'
                for table, rows in (("annotations", 6), ("articles", 3), ("aspects", 6), ("links", 1))
                for split, first, second in (
                    ("dev", f"{rows} row{'s'[: rows > 1]}", "no rows"),
                    ("train", "no rows", f"{rows} row{'s'[: rows > 1]}"),
                )
            ],
        ),
    ],
)
def test_a_card_that_lists_other_tables_files_or_rows(build, old, new, messages):
    directory, facts = build
    replace_in(directory / "README.md", old, new)
    write_manifest(directory, facts)
    found = verify(directory)
    assert {(code, file) for code, file, _ in found} == {("REL004", "README.md")}
    assert [message for _, _, message in found] == sorted(messages)


def test_the_star_of_a_glob_does_not_cross_folders(build):
    directory, _ = build
    (directory / "data/links/test-old").mkdir()
    (directory / "data/links/test-old/x.parquet").write_bytes((directory / SHARD).read_bytes())
    assert {code for code, _, _ in verify(directory)} == {"REL001"}


@pytest.mark.parametrize("yaml", ["configs: 1\ndataset_info: x\n", "configs: [1]\ndataset_info: {}\n", "a: 1\n"])
def test_a_card_whose_yaml_is_of_another_shape(build, yaml):
    directory, facts = build
    (directory / "README.md").write_text(f"---\n{yaml}---\n", encoding="utf-8")
    write_manifest(directory, facts)
    found = verify(directory)
    assert {code for code, _, _ in found} == {"REL004"}
    assert len(found) == 9  # each of four tables twice, and no default


@pytest.mark.parametrize(
    ("change", "messages"),
    [
        (
            lambda files: files[0].update(sha256="0"),
            ['it states another SHA-256 for the file "data/articles/train-00000'],
        ),
        (
            lambda files: files.pop(0),
            ['it does not name the file "data/articles/train-00000'],
        ),
        (
            lambda files: files[0].update(contentUrl="data/x.parquet"),
            [
                'it does not name the file "data/articles/train',
                'it names the file "data/x.parquet", which is in no table',
            ],
        ),
    ],
)
def test_a_croissant_description_of_other_files(build, change, messages):
    directory, facts = build
    edit(directory / "croissant.json", lambda document: change(document["distribution"]))
    write_manifest(directory, facts)
    found = verify(directory)
    assert {(code, file) for code, file, _ in found} == {("REL005", "croissant.json")}
    assert len(found) == len(messages)
    assert all(message.startswith(start) for (_, _, message), start in zip(found, messages, strict=True))


@pytest.mark.parametrize("file", ["README.md", "croissant.json", "manifest.json"])
def test_what_describes_a_build_and_is_missing(build, file):
    directory, facts = build
    (directory / file).unlink()
    if file != "manifest.json":
        assert verify(directory) == [("REL001", file, "the manifest names this file, and it is not there")]
        write_manifest(directory, facts)
    assert verify(directory) == [("REL006", file, "there is no such file, and every build has one")]


def test_what_describes_a_build_and_cannot_be_read(build):
    directory, facts = build
    (directory / "README.md").write_text("# T\n", encoding="utf-8")
    (directory / "croissant.json").write_text("[]", encoding="utf-8")
    write_manifest(directory, facts)
    assert [(code, file) for code, file, _ in verify(directory)] == [
        ("REL006", "README.md"),
        ("REL006", "croissant.json"),
    ]
    edit(directory / "manifest.json", lambda document: document.pop("tables"))
    assert ("REL006", "manifest.json", 'the manifest lacks "tables"') in verify(directory)


def test_an_empty_directory_is_no_build(tmp_path):
    assert [(code, file) for code, file, _ in verify(tmp_path)] == [
        ("REL006", "README.md"),
        ("REL006", "croissant.json"),
        ("REL006", "manifest.json"),
    ]


def test_tables_without_files_need_no_entries(build):
    directory, facts = build
    empty = {name: replace(split, rows=0, files=()) for name, split in facts.tables[3].splits.items()}
    without = replace(facts, tables=(*facts.tables[:3], replace(facts.tables[3], splits=empty)))
    shutil.rmtree(directory / "data/links")
    for key in ("configs", "dataset_info"):
        text = (directory / "README.md").read_text(encoding="utf-8")
        head, rest = text.split(f"{key}:\n", 1)
        entry = re.search(r"- config_name: links\n(?:  .*\n)+", rest)
        (directory / "README.md").write_text(f"{head}{key}:\n{rest.replace(entry[0], '', 1)}", encoding="utf-8")
    edit(
        directory / "croissant.json",
        lambda document: document.update(
            distribution=[part for part in document["distribution"] if "links" not in part["@id"]]
        ),
    )
    write_manifest(directory, without)
    assert verify(directory) == []

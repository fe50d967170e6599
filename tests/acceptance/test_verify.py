"""Descriptions of a real build that say different things: each disagreement has its code, and no other shows."""

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import dataset_builder

pytestmark = pytest.mark.acceptance


@pytest.fixture
def copy(dist: Path, tmp_path: Path) -> Path:
    """A build to damage."""
    return Path(shutil.copytree(dist, tmp_path / "copy"))


def edit(path: Path, change: Callable[[Any], object]) -> None:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def restate(build: Path) -> None:
    """Has manifest, package and statement name the files as they are now, so that only what they say is left wrong."""
    entries = {}
    for path in sorted(build.rglob("*")):
        if path.is_file() and path.name not in ("manifest.json", "statement.json"):
            data = path.read_bytes()
            entries[path.relative_to(build).as_posix()] = {"bytes": len(data), "sha256": sha256(data).hexdigest()}

    def manifest(document: dict) -> None:
        for path, entry in document["files"].items():
            entry.update(entries[path])

    edit(build / "manifest.json", manifest)
    entries["manifest.json"] = {"sha256": sha256((build / "manifest.json").read_bytes()).hexdigest()}

    def statement(document: dict) -> None:
        for subject in document["subject"]:
            subject["digest"]["sha256"] = entries[subject["name"]]["sha256"]
        for each in document["predicate"]["buildDefinition"]["resolvedDependencies"]:
            if each["name"] in entries:
                each["digest"]["sha256"] = entries[each["name"]]["sha256"]

    edit(build / "statement.json", statement)


def found(build: Path) -> list[tuple[str, str, str]]:
    result = dataset_builder.verify(build)
    assert all(each.help for each in result.diagnostics)
    return [(each.code, each.place.file, each.message) for each in result.diagnostics]


def record_set(document: dict, name: str) -> dict:
    return next(each for each in document["recordSet"] if each["@id"] == name)


def field(document: dict, table: str, name: str) -> dict:
    return next(each for each in record_set(document, table)["field"] if each["name"] == name)


def rename(document: dict, table: str, old: str, new: str) -> None:
    field(document, table, old)["name"] = new


CROISSANT = {
    "another version": (
        lambda document: document.update(version="9.9.9"),
        ['its version is "9.9.9", and the manifest\'s is "0.1.0"'],
    ),
    "another name": (
        lambda document: document.pop("name"),
        ['its name is not given, and the manifest\'s is "paired-news-framing"'],
    ),
    "no record set": (
        lambda document: document["recordSet"].remove(record_set(document, "cues")),
        ['it has no record set of the table "cues"'],
    ),
    "another column": (
        lambda document: rename(document, "cues", "manner", "manners"),
        [
            'its record set "cues" has a field "manners", and the table has no such column',
            'its record set "cues" has no field of the column "manner"',
        ],
    ),
    "another part": (
        lambda document: field(document, "articles", "labels")["subField"][0].update(name="topics"),
        ['its field "articles.labels" has a part "topics", and the column has none'],
    ),
    "another label": (
        lambda document: record_set(document, "articles/labels/topic-labels")["data"].reverse(),
        [f'its labels of "{table}.labels.topic" are not those of the column' for table in ("annotations", "articles")],
    ),
    "another split": (
        lambda document: record_set(document, "quotes-splits")["data"].pop(),
        ['its splits of the table "quotes" are not those of the manifest'],
    ),
}


@pytest.mark.parametrize("name", CROISSANT)
def test_a_croissant_description_of_something_else(copy: Path, name: str) -> None:
    change, messages = CROISSANT[name]
    edit(copy / "croissant.json", change)
    restate(copy)
    assert found(copy) == [("REL020", "croissant.json", message) for message in messages]


def fields(document: dict, table: str) -> list[dict]:
    return next(each for each in document["resources"] if each["name"] == f"{table}/train/00000")["schema"]["fields"]


PACKAGE = {
    "another version": (
        lambda document: document.update(version="9.9.9"),
        ['its version is "9.9.9", and the manifest\'s is "0.1.0"'],
    ),
    "another digest": (
        lambda document: document["resources"][0].update(hash="sha256:0"),
        ["it states another digest for the file"],
    ),
    "another size": (
        lambda document: document["resources"][0].update(bytes=1),
        ["it states another size for the file"],
    ),
    "a file less": (lambda document: document["resources"].pop(), ["it does not name the file"]),
    "another file": (
        lambda document: document["resources"].append({"path": "data/x.parquet"}),
        ['it names the file "data/x.parquet", which is in no table'],
    ),
    "another column": (
        lambda document: fields(document, "cues").pop(0),
        ['its fields of the table "cues" are not the table\'s columns'],
    ),
    "another label": (
        lambda document: fields(document, "cues")[-1]["categories"].reverse(),
        ['its labels of "cues.manner" are not those of the column'],
    ),
}


@pytest.mark.parametrize("name", PACKAGE)
def test_a_data_package_of_something_else(copy: Path, name: str) -> None:
    change, messages = PACKAGE[name]
    edit(copy / "datapackage.json", change)
    restate(copy)
    assert [(code, file) for code, file, _ in found(copy)] == [("REL021", "datapackage.json")] * len(messages)
    for (_, _, message), start in zip(found(copy), messages, strict=True):
        assert message.startswith(start)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("CITATION.cff", "version: 0.1.0", "version: 0.2.0", 'its version is "0.2.0", and the manifest\'s is "0.1.0"'),
        ("CITATION.cff", "version: 0.1.0\n", "", 'its version is not given, and the manifest\'s is "0.1.0"'),
        ("CITATION.cff", "authors:", "authors: [", "its YAML can't be read"),
        ("datacite.json", '"version": "0.1.0"', '"version": 1', 'its version is "1", and the manifest\'s is "0.1.0"'),
        ("datacite.json", "{", "[", "it is no JSON"),
        ("datapackage.json", "{", "[", "it is no JSON"),
    ],
)
def test_a_citation_of_another_version(copy: Path, file: str, old: str, new: str, message: str) -> None:
    path = copy / file
    path.write_text(path.read_text().replace(old, new, 1))
    restate(copy)
    ((code, where, said),) = found(copy)
    assert (code, where) == ("REL022", file)
    assert said.startswith(message)


def schema_of(build: Path, role: str) -> Path:
    return build / f"schema/{role}.schema.json"


SCHEMAS = {
    "a label more": (
        "annotation",
        ('{"const": "labour"', '{"const": "sport"}, {"const": "labour"'),
        {"articles": '"labels"', "annotations": '"labels"'},
    ),
    "another type": (
        "article",
        ('"minLength": 1\n    },\n    "published"', '"x-column": {"type": "large_string"}\n    },\n    "published"'),
        {"articles": '"outlet"'},
    ),
    "another column": ("link", ('"kind": {', '"sort": {'), {"links": '"sort", "kind"'}),
    "another name in a layer": (
        "annotation",
        ('"manner": {', '"way": {'),
        {"articles": '"cues"', "annotations": '"cues"', "cues": '"way", "manner"'},
    ),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_of_other_columns(copy: Path, name: str) -> None:
    role, (old, new), tables = SCHEMAS[name]
    path = schema_of(copy, role)
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    restate(copy)
    message = "the schemas give other columns than the table"
    assert found(copy) == [
        ("REL023", "manifest.json", f'{message} "{table}" has: {names}') for table, names in sorted(tables.items())
    ]


STATEMENT = {
    "another digest": (
        lambda document: document["subject"][1]["digest"].update(sha256="0" * 64),
        'its SHA-256 of the file ".gitattributes" is not the manifest\'s',
    ),
    "another manifest": (
        lambda document: document["subject"][0]["digest"].update(sha256="0" * 64),
        'its SHA-256 of the file "manifest.json" is not that of the file',
    ),
    "a file less": (lambda document: document["subject"].pop(1), 'it does not name the file ".gitattributes"'),
    "a file more": (
        lambda document: document["subject"].append({"name": "x", "digest": {}}),
        'it names the file "x", which the manifest does not',
    ),
    "another version": (
        lambda document: document["predicate"]["buildDefinition"]["externalParameters"].update(version="2.0.0"),
        "its name and version are not those of the manifest",
    ),
    "another tool": (
        lambda document: document["predicate"]["runDetails"]["builder"]["version"].update(pyarrow="1"),
        "its tools are not those of the manifest",
    ),
    "other inputs": (
        lambda document: document["predicate"]["buildDefinition"]["resolvedDependencies"].pop(0),
        "its inputs are not those of the manifest",
    ),
}


@pytest.mark.parametrize("name", STATEMENT)
def test_a_statement_on_something_else(copy: Path, name: str) -> None:
    change, message = STATEMENT[name]
    edit(copy / "statement.json", change)
    assert found(copy) == [("REL024", "statement.json", message)]


def test_a_build_without_a_statement(copy: Path) -> None:
    (copy / "statement.json").unlink()
    assert found(copy) == [("REL024", "statement.json", "there is no such file, and every build has one")]


@pytest.mark.parametrize("text", ["[]", "{", '{"subject": 1, "predicate": []}', '{"subject": [1, {"digest": 2}]}'])
def test_a_statement_of_another_shape(copy: Path, text: str) -> None:
    (copy / "statement.json").write_text(text)
    assert {code for code, _, _ in found(copy)} <= {"REL022", "REL024"}
    assert found(copy)


def rewrite(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    pq.write_table(change(pq.read_table(path)), path)


ORIGINS = {
    "of another text": (
        "articles",
        lambda rows: rows.set_column(6, rows.schema.field(6), pa.array(["0" * 64] * len(rows))),
    ),
    "of nobody": ("articles", lambda rows: rows.filter(pc.not_equal(rows["part"], "annotation"))),
    "of one link twice": ("links", lambda rows: pa.concat_tables([rows, rows.slice(0, 1)])),
}


@pytest.mark.parametrize("name", ORIGINS)
def test_rows_without_an_origin(copy: Path, name: str) -> None:
    kind, change = ORIGINS[name]
    (path,) = copy.glob(f"provenance/{kind}/train-*.parquet")
    rewrite(path, change)
    restate(copy)
    ((code, file, message),) = found(copy)
    assert code == "REL025"
    table = {"of another text": "articles", "of nobody": "annotations"}.get(name, "links")
    assert file.startswith(f"data/{table}/train-")
    count = {
        "articles": ("8 rows", "8 others"),
        "annotations": ("24 rows", "0 others"),
        "links": ("0 rows", "1 others"),
    }
    assert all(part in message for part in count[table])


def test_a_build_without_provenance(copy: Path) -> None:
    shutil.rmtree(copy / "provenance")
    edit(
        copy / "manifest.json",
        lambda document: [document["files"].pop(path) for path in [*document["files"]] if "provenance" in path],
    )
    edit(
        copy / "statement.json",
        lambda document: document.update(
            subject=[each for each in document["subject"] if "provenance" not in each["name"]]
        ),
    )
    restate(copy)
    assert {code for code, _, _ in found(copy)} == {"REL025"}
    assert len(found(copy)) == 9  # articles, annotations and links, in three splits


def test_a_card_that_states_other_sizes(copy: Path) -> None:
    card = copy / "README.md"
    text = card.read_text()
    stated = text.index("num_bytes: ") + len("num_bytes: ")
    card.write_text(f"{text[:stated]}9{text[stated:]}")
    restate(copy)
    ((code, file, message),) = found(copy)
    assert (code, file) == ("REL004", "README.md")
    assert message.startswith("dataset_info states another num_bytes for split")

import json

import pytest

from dataset_builder.describe.manifest import parse_manifest, render_manifest
from dataset_builder.model.manifest import AgreementFacts, FileEntry

AGREEMENT = (
    AgreementFacts(
        path="mood", measure="nominal", annotators=("a", "b"), n=4, values={"alpha": None, "agreement": 0.75}
    ),
)
CARD = FileEntry(path="README.md", bytes=10, sha256="1" * 64)


@pytest.fixture
def arguments(corpus):
    facts = corpus.facts()
    tables = [file for table in facts.tables for split in table.splits.values() for file in split.files]
    return {
        "project": facts.project,
        "tables": facts.tables,
        "inputs": facts.inputs,
        "files": (*tables, CARD),
        "versions": {"pyarrow": "26.0.1", "dataset-builder": "1.2.3"},
        "summary": facts.summary,
        "agreement": AGREEMENT,
    }


def test_the_manifest_reads_as_it_should(arguments, golden):
    golden("manifest.json", render_manifest(**arguments))


def test_the_order_of_files_and_versions_never_shows(arguments):
    turned = {
        **arguments,
        "files": arguments["files"][::-1],
        "versions": dict(reversed(arguments["versions"].items())),
    }
    assert render_manifest(**turned) == render_manifest(**arguments)


def test_what_was_written_is_what_is_read(arguments):
    found = parse_manifest(render_manifest(**arguments))
    assert found.tables == arguments["tables"]
    assert found.files == tuple(sorted(arguments["files"], key=lambda file: file.path))
    assert found.by_path["README.md"] == CARD
    assert found.inputs == arguments["inputs"]
    assert found.versions == arguments["versions"]
    assert (found.name, found.version, found.license) == ("kettle-reviews", "1.0.0", "CC-BY-4.0")
    assert found.counts == {"articles": 4, "annotations": 8}
    assert list(found.tables[0].splits) == ["train", "test"]
    assert found.agreement == AGREEMENT


def test_a_manifest_need_not_tell_of_agreement(arguments):
    text = damaged(render_manifest(**arguments), lambda m: m.pop("agreement"))
    assert parse_manifest(text).agreement is None


def damaged(text, change):
    document = json.loads(text)
    change(document)
    return json.dumps(document)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m.update(format=2), "format 1"),
        (lambda m: m.pop("tables"), 'lacks "tables"'),
        (lambda m: m["tables"]["links"].pop("digest"), 'lacks "digest"'),
        (lambda m: m["files"].pop("data/links/train-00000-abc.parquet"), 'lacks "data/links'),
        (lambda m: m["files"]["README.md"].update(bytes="10"), "shape"),
        (lambda m: m["files"]["README.md"].update(bytes=True), "shape"),
        (lambda m: m.update(tables=[]), "shape"),
        (lambda m: m["files"].update({"x": None}), "shape"),
        (lambda m: m["made_by"].update(x=1), "shape"),
        (lambda m: m["agreement"][0]["values"].update(alpha="1"), "shape"),
        (lambda m: m.update(agreement=None), "shape"),
        (lambda m: m["agreement"][0].pop("n"), 'lacks "n"'),
    ],
)
def test_what_is_no_manifest_is_refused(arguments, change, message):
    text = render_manifest(**arguments)
    with pytest.raises(ValueError, match=message):
        parse_manifest(damaged(text, change))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", b"\xff"])
def test_what_is_no_json_object_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parse_manifest(text)

"""Properties of metadata and of annotations that would meet in the table of articles."""

import json

import pytest

import dataset_builder

CONFIG = 'name = "meet"\ntitle = "Meet"\nversion = "1.0.0"\nlicense = "CC0-1.0"\nlanguages = ["en"]\n'
RIGHTS = {"type": "object", "properties": {"license": {"type": "string"}, "text": {"type": "string"}}}
ABOUT = {"topic": "mills", "rights": {"license": "CC0-1.0", "text": "included"}}


def project(root, metadata, annotation, name="topic"):
    for folder in ("seeds", "schema", "annotations/ada"):
        (root / folder).mkdir(parents=True)
    (root / "dataset.toml").write_text(CONFIG)
    article = {"type": "object", "properties": {"topic": {"type": "string", **metadata}, "rights": RIGHTS}}
    record = {"type": "object", "properties": {name: {"type": "string", **annotation}}}
    for kind, schema in (("article", article), ("annotation", record)):
        (root / f"schema/{kind}.schema.json").write_text(json.dumps(schema))
    (root / "seeds/a.txt").write_text("Ada met Bo.\n")
    (root / "seeds/a.json").write_text(json.dumps(ABOUT) + "\n")
    (root / "annotations/ada/a.json").write_text(json.dumps({name: "rivers"}) + "\n")
    return dataset_builder.open_project(root)


@pytest.mark.parametrize(
    ("metadata", "annotation"),
    [
        ({}, {}),
        ({}, {"x-column": {"name": "subject"}}),
        ({"x-column": {"name": "subject"}}, {}),
        ({}, {"x-column": False}),
        ({}, {"x-private": True}),
        ({"x-column": False}, {}),
    ],
)
def test_one_property_of_both_is_found_once(tmp_path, metadata, annotation):
    found = dataset_builder.check(project(tmp_path, metadata, annotation)).diagnostics
    assert [each.code for each in found if each.severity == "error"] == ["SCH006"]


@pytest.mark.parametrize("name", ["id", "text", "sha256", "length"])
@pytest.mark.parametrize("column", [{}, {"x-column": {"name": "subject"}}, {"x-column": False}])
def test_what_the_compiler_fills_is_met_once(tmp_path, name, column):
    found = dataset_builder.check(project(tmp_path, {}, column, name)).diagnostics
    assert [each.code for each in found if each.severity == "error"] == ["SCH006"]


def test_other_names_are_fine(tmp_path):
    built = dataset_builder.build(project(tmp_path, {}, {}, "subject"), output=tmp_path / "out")
    assert built.check.ok

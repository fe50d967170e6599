"""The base project with its schemas in draft 7: it builds the same, and what breaks it is found the same."""

import json
import shutil

import pytest

from dataset_builder.check.runner import RULES_BY_CODE
from dataset_builder.pipeline.build import build
from dataset_builder.pipeline.opening import open_project
from dataset_builder.schema.dialect import DRAFT_7
from tests.rules.test_rules import BASE, found_in, lay, placed

# Rules whose case breaks the project, its schemas left alone.
CODES = [
    code
    for code, rule in sorted(RULES_BY_CODE.items())
    if rule.broken.by == "check"
    and not any(file.startswith("schema/") for file in (*rule.broken.edits, *rule.broken.files))
]


def in_draft_7(value):
    """A schema of the base project, or a part of it, as draft 7 would have it."""
    if isinstance(value, list):
        return [in_draft_7(item) for item in value]
    if not isinstance(value, dict):
        return value
    said = {name: in_draft_7(inner) for name, inner in value.items()}
    for new, old in (("$defs", "definitions"), ("dependentRequired", "dependencies")):
        if new in said:
            said[old] = said.pop(new)
    if "$ref" in said:
        said["$ref"] = said["$ref"].replace("#/$defs/", "#/definitions/")
    if "$ref" in said and len(said) > 1:
        said["allOf"] = [{"$ref": said.pop("$ref")}]
    if said.pop("unevaluatedProperties", True) is False:
        spans = dict.fromkeys(("id", "start", "end", "quote", "digest"), True) if "allOf" in said else {}
        said |= {"additionalProperties": False, "properties": {**spans, **said["properties"]}}
    return said


@pytest.fixture
def seventh(tmp_path):
    """The base project in draft 7."""
    shutil.copytree(BASE, tmp_path / "seventh")
    for path in (tmp_path / "seventh/schema").iterdir():
        schema = {**in_draft_7(json.loads(path.read_bytes())), "$schema": DRAFT_7.uri}
        path.write_text(json.dumps(schema, ensure_ascii=False))
    return tmp_path / "seventh"


def test_it_is_clean_and_builds_the_same(seventh, tmp_path):
    assert found_in(seventh) == ()
    shutil.copytree(BASE, tmp_path / "latest")
    contents = []
    for folder in (seventh, tmp_path / "latest"):
        output = build(open_project(folder), jobs=1).output
        assert json.loads((output / "schema/article.schema.json").read_bytes())["$schema"]
        contents.append({path.name: path.read_bytes() for path in (output / "data").rglob("*.parquet")})
    assert contents[0] == contents[1]


@pytest.mark.parametrize("code", CODES)
def test_a_broken_project_gives_the_same_finding(code, seventh):
    schemas = {path: path.read_bytes() for path in (seventh / "schema").iterdir()}
    lay(RULES_BY_CODE[code].broken, seventh)
    for path, schema in schemas.items():
        path.write_bytes(schema)
    assert placed(found_in(seventh)) == [(code, *RULES_BY_CODE[code].broken.at)]

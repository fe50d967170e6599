"""Labels that nothing has."""

import shutil
from pathlib import Path

import pytest

from dataset_builder.check.runner import RULES_BY_CODE
from dataset_builder.pipeline.build import build, card
from dataset_builder.pipeline.opening import open_project

BASE = Path(__file__).parents[2] / "rules" / "base"
RULE = RULES_BY_CODE["LAB002"]


@pytest.fixture
def project(tmp_path):
    """The broken case without its label too many."""
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    for file, content in RULE.broken.files.items():
        (tmp_path / file).write_text(content, "utf-8", newline="")
    return tmp_path


def lay(project, file, old, new):
    path = project / file
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8", newline="")


def unused(project, run=card):
    found = run(open_project(project), jobs=1).check.diagnostics
    return [(each.place.file, each.place.line, each.place.column) for each in found if each.code == "LAB002"]


def test_a_set_of_which_all_are_used_gives_nothing(project):
    assert unused(project) == []


@pytest.mark.parametrize("run", [card, build])
def test_a_label_that_nothing_has_is_noted_where_it_stands(project, run):
    for file, (old, new) in RULE.broken.edits.items():
        lay(project, file, old, new)
    assert unused(project, run) == [RULE.broken.at]


def test_a_constant_of_a_set_is_found_too(project):
    lay(
        project,
        "schema/annotation.schema.json",
        '{"enum": ["person", "place", "thing"]}',
        '{"oneOf": [{"const": "event"}, {"const": "person"}, {"const": "place"}, {"const": "thing"}]}',
    )
    assert unused(project) == [("schema/annotation.schema.json", 33, 40)]


def test_a_set_with_few_values_is_left_alone(project):
    lay(
        project,
        "schema/annotation.schema.json",
        '"enum": ["person", "place", "thing"]',
        '"enum": ["person", "place", "thing", "a", "b"]',
    )
    assert unused(project) == []


def test_a_set_of_several_properties_counts_as_one(project):
    few = '"about": {"enum": ["person", "place", "thing"]},\n    "see": {'
    lay(project, "schema/annotation.schema.json", '"see": {', few)
    assert unused(project) == []

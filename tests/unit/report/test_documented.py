"""The reports that README and documentation show are those that one gets."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from dataset_builder.cli.app import app

ROOT = Path(__file__).parents[3]
REVIEW, SHIMPO = (f"annotations/a1/satellite-loss_{name}.json" for name in ("orbit-review", "minato-shimpo"))
MISTAKES = [
    (
        REVIEW,
        '"start": 1543, "end": 1555, "quote": "Daigo Kurobe", "type": "person"',
        '"start": 1544, "end": 1556, "quote": "Daigo Kurobe", "type": "persn"',
    ),
    (REVIEW, '"form": "mixed", "speaker": "e8"', '"form": "mixed", "speaker": "e88"'),
    (SHIMPO, '{"id": "e1", "start": 8,', '{"id": "e1", "start": 9,'),
]


@pytest.fixture
def corpus(tmp_path):
    for folder in ("seeds", "annotations", "schema"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns(".hydrated"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(("page", "width", "mistakes"), [("README.md", 110, 2), ("docs/reports.md", 100, 3)])
def test_the_report_is_what_one_gets(page, width, mistakes, corpus, monkeypatch):
    for file, right, wrong in MISTAKES[:mistakes]:
        text = (corpus / file).read_text(encoding="utf-8")
        assert text.count(right) == 1
        (corpus / file).write_text(text.replace(right, wrong), encoding="utf-8", newline="")
    monkeypatch.setenv("COLUMNS", str(width))
    found = CliRunner().invoke(app, ["check", "--project", str(corpus)], prog_name="dataset-builder")
    assert f"$ dataset-builder check\n{found.stdout}```\n" in (ROOT / page).read_text(encoding="utf-8")

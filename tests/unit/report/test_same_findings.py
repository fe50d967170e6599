"""One broken project through the command line, in every format."""

import json
import re
import shutil

import pytest
from click.testing import CliRunner

from dataset_builder.cli.app import app
from dataset_builder.report.formats import FORMATS
from tests.unit.report.test_formats import READ, normal


def run(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)), prog_name="dataset-builder")


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    project = tmp_path_factory.mktemp("report") / "broken"
    assert run("init", project).exit_code == 0
    record = project / "annotations" / "a1" / "bakery-reopens.json"
    text = record.read_text(encoding="utf-8")
    text = text.replace('"type": "person"}\n', '"type": "persn"}\n').replace('"start": ', '"start": 1', 1)
    record.write_text(text, encoding="utf-8")
    (project / "annotations" / "a1" / "night-bus-stays.json").write_text('{"a": 1,\n', encoding="utf-8")
    (project / "seeds" / "alone ä.txt").write_text("nobody knows of me", encoding="utf-8")
    return project


def test_every_format_has_the_same_findings(broken):
    found = {name: run("check", "--project", broken, "--format", name) for name in FORMATS}
    assert {each.exit_code for each in found.values()} == {1}
    read = {name: normal(READ[name](each.stdout)) for name, each in found.items()}
    expected = read["json"]
    assert len(expected) >= 4
    assert all(each == expected for each in read.values())


def test_paths_lead_from_where_the_repository_is(broken, monkeypatch):
    monkeypatch.setenv("GITHUB_WORKSPACE", str(broken.parent))
    for name in ("github", "sarif"):
        files = {file for _, file, *_ in READ[name](run("check", "--project", broken, "--format", name).stdout)}
        assert files
        assert all((broken.parent / file).exists() for file in files)
        assert all(file.startswith("broken/") for file in files)


def test_paths_lead_from_here_where_there_is_no_workflow(broken, monkeypatch):
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.chdir(broken.parent)
    assert "::error file=broken/annotations/" in run("check", "--project", "broken", "--format", "github").stdout
    monkeypatch.chdir(broken / "seeds")
    assert "::error file=annotations/" in run("check", "--format", "github").stdout


def test_a_configuration_that_is_wrong_is_annotated_too(broken, monkeypatch):
    monkeypatch.setenv("GITHUB_WORKSPACE", str(broken.parent))
    config = broken / "dataset.toml"
    kept = config.read_text(encoding="utf-8")
    try:
        config.write_text(f'nam = "x"\n{kept}', encoding="utf-8")
        found = run("check", "--project", broken, "--format", "github")
    finally:
        config.write_text(kept, encoding="utf-8")
    assert found.exit_code == 2
    assert "::error file=broken/dataset.toml,line=1,col=1," in found.stdout


def test_rules_are_described_in_sarif(broken):
    driver = json.loads(run("check", "--project", broken, "--format", "sarif").stdout)["runs"][0]["tool"]["driver"]
    by_id = {rule["id"]: rule for rule in driver["rules"]}
    assert by_id["SPN003"]["help"]["markdown"]
    assert all(len(rule["shortDescription"]["text"]) > 10 for rule in driver["rules"])


def test_no_format_shows_anything_of_a_withheld_text_even_where_it_is_here(broken, tmp_path):
    project = tmp_path / "withheld"
    assert run("init", project).exit_code == 0
    text = (project / "seeds" / "night-bus-stays.txt").read_text(encoding="utf-8")
    (tmp_path / "texts").mkdir()
    shutil.copy(project / "seeds" / "night-bus-stays.txt", tmp_path / "texts")
    assert run("withhold", "night-bus-stays", "--project", project).exit_code == 0
    assert run("hydrate", "--from", tmp_path / "texts", "--project", project).exit_code == 0
    record = project / "annotations" / "a1" / "night-bus-stays.json"
    written = record.read_text(encoding="utf-8")
    record.write_text(re.sub(r'"end": (\d)', r'"end": 1\1', written), encoding="utf-8")
    windows = {text[start : start + 20] for start in range(len(text) - 19)}
    for name in FORMATS:
        found = run("check", "--project", project, "--format", name)
        assert found.exit_code == 1
        assert "night-bus-stays.json" in found.stdout
        assert not [window for window in windows if window in found.stdout]


def test_a_build_is_told_of_in_no_format_that_is_for_findings_alone(broken):
    assert run("build", "--project", broken, "--format", "sarif").exit_code == 2

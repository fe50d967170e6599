"""The way of a newcomer: a new project, built, broken, mended."""

import json

import pytest


@pytest.fixture
def project(run, tmp_path, monkeypatch):
    assert run("init", tmp_path / "my-news").exit_code == 0
    monkeypatch.chdir(tmp_path / "my-news")
    monkeypatch.setenv("COLUMNS", "110")
    return tmp_path / "my-news"


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_it_builds_at_once(run, project):
    assert run("check").stdout == "no findings in 2 articles, 2 annotations\n"
    found = run("build", "--jobs", "1")
    assert (found.exit_code, found.stderr) == (0, "")
    assert found.stdout.endswith('\nload_dataset("dist")  # or load_dataset("dist", "entities")\n')
    assert run("verify", "dist").exit_code == 0
    assert run("card").exit_code == 0
    assert run("card", "--check").exit_code == 0


def test_it_is_built_from_anywhere_within(run, project, monkeypatch):
    monkeypatch.chdir(project / "annotations" / "a1")
    assert run("build", "--jobs", "1").stdout.startswith(f"Built my-news 0.1.0 into {project / 'dist'}: ")


def test_every_format_for_programs_is_json(run, project):
    for line in (("check",), ("build", "--jobs", "1"), ("schema",), ("stats",), ("verify", "dist")):
        found = run(*line, "--format", "json")
        assert found.exit_code == 0
        json.loads(found.stdout)


def test_a_mistake_is_shown_where_it_is(run, project):
    replace(project / "annotations" / "a1" / "bakery-reopens.json", '"type": "person"}\n', '"type": "persn"}\n')
    for command in ("check", "build"):
        found = run(command, "--jobs", "1")
        assert found.exit_code == 1
        assert found.stdout.startswith("annotations/a1/bakery-reopens.json:10:74: error[")
        assert '"Tom Reyes", "type": "persn"}\n' in found.stdout
        assert found.stdout.endswith("1 error in 2 articles, 2 annotations\n")
    assert not (project / "dist").exists()


def test_a_broken_record_is_shown(run, project):
    replace(project / "annotations" / "a1" / "night-bus-stays.json", '"topic": "transport",', '"topic": "transport"')
    found = run("check")
    assert found.exit_code == 1
    assert ' 5 |   "topic": "transport"\n' in found.stdout


def test_a_withheld_text_is_not_shown(run, project):
    assert run("withhold", "night-bus-stays").exit_code == 0
    record = project / "annotations" / "a1" / "night-bus-stays.json"
    replace(record, '"speaker": "e3"', '"speaker": "e9", "note": "Elm Hill wants a bus"')
    for line in (("check",), ("build",), ("check", "--format", "json")):
        found = run(*line)
        assert found.exit_code == 1
        assert "Elm Hill" not in found.stdout + found.stderr
        assert "e9" in found.stdout

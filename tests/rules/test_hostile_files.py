"""Files of a project's own that are not what they should be: links out of it, folders that are files, other bytes."""

import json
import shutil
from pathlib import Path

import pytest

import dataset_builder

BASE = Path(__file__).parent / "base"
CACHE = ".dataset-builder"


@pytest.fixture
def project(tmp_path):
    return Path(shutil.copytree(BASE, tmp_path / "project", ignore=shutil.ignore_patterns(CACHE)))


def check(project):
    return dataset_builder.check(dataset_builder.open_project(project))


def test_a_configuration_outside_of_the_project_is_not_read(project):
    outside = (project / "dataset.toml").rename(project.parent / "elsewhere.toml")
    (project / "dataset.toml").symlink_to(outside)
    with pytest.raises(dataset_builder.UsageError, match="leads out of the project"):
        dataset_builder.open_project(project)


def test_a_lock_outside_of_the_project_is_not_read(project):
    (project.parent / "lock.json").write_text("{}")
    (project / "splits.lock.json").symlink_to(project.parent / "lock.json")
    with pytest.raises(dataset_builder.ConfigurationError, match=r"dataset\.toml has 1 error"):
        check(project)


def test_a_lock_of_other_bytes_is_refused(project):
    (project / "splits.lock.json").write_bytes(b"\xff")
    with pytest.raises(dataset_builder.UsageError, match="the lock file of the splits can't be read"):
        check(project)


def test_a_cache_that_is_no_folder_is_refused(project):
    (project / CACHE).write_text("")
    with pytest.raises(dataset_builder.UsageError, match="is no folder"):
        check(project)


def test_nothing_is_written_through_a_cache_that_leads_out(project):
    (project.parent / "away").mkdir()
    (project / CACHE).symlink_to(project.parent / "away")
    with pytest.raises(dataset_builder.UsageError, match="is no folder"):
        check(project)
    assert list((project.parent / "away").iterdir()) == []


def test_nothing_is_written_through_a_link_in_the_cache(project):
    (project / CACHE).mkdir()
    (project / CACHE / ".gitignore").symlink_to(project.parent / "new")
    check(project)
    assert not (project.parent / "new").exists()


def test_values_as_deep_as_they_may_be(project):
    (project / "dataset.toml").write_text((project / "dataset.toml").read_text() + "\n[limits]\ndepth = 200\n")
    file = project / "seeds/mill.json"
    value = json.loads(file.read_text())
    file.write_text(json.dumps(value).replace('"desk": [', '"desk": [' + "[" * 190 + "]" * 190 + ", ") + "\n")
    assert check(project).diagnostics == ()


def test_a_record_of_a_packed_file_is_one_line_whatever_is_in_it(project):
    value = json.loads((project / "annotations/ada/mill.json").read_text())
    value["entities"][0]["end"] = 9999
    (project / "annotations/ada/mill.json").unlink()
    line = json.dumps(value).replace('"entities":', '\r"entities":\r')
    (project / "annotations/all.jsonl").write_text(f"\n{line}\n", newline="")
    (found,) = [each for each in check(project).diagnostics if each.code == "SPN001"]
    assert (found.place.line, found.place.column) == (2, line.index("9999") + 1)

"""Versions published to folders: each lies there as it was built, whole or not at all, and stays."""

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from datasets import load_dataset

import dataset_builder
from dataset_builder.cli.app import app
from dataset_builder.errors import FindingsError, OutputError, UsageError
from dataset_builder.pipeline import version_folders as flow
from tests.acceptance.publishing import Versions, contents, titles

pytestmark = pytest.mark.acceptance


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "public"


def command(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["publish", *map(str, arguments)])


def test_each_version_lies_there_as_it_was_built(versions: Versions, target: Path) -> None:
    first, second = versions.build("1.0.0", "One"), versions.build("1.1.0", "Two")
    for build, version in ((first, "1.0.0"), (second, "1.1.0")):
        result = dataset_builder.publish(build, target)
        assert (result.version, result.tag, result.new) == (version, f"v{version}", True)
        assert (result.written, result.kept, result.revision) == (len(contents(build)), 0, None)
    assert sorted(path.name for path in target.iterdir()) == ["v1.0.0", "v1.1.0"]
    assert contents(target / "v1.0.0") == contents(first)
    assert contents(target / "v1.1.0") == contents(second)
    assert dataset_builder.verify(target / "v1.1.0").diagnostics == ()
    assert "One" in titles(load_dataset(str(target / "v1.0.0")))
    assert "Two" in titles(load_dataset(str(target / "v1.1.0")))


def test_the_same_again_writes_nothing(versions: Versions, target: Path) -> None:
    build = versions.build("1.0.0")
    dataset_builder.publish(build, target)
    before = {path: path.stat() for path in target.rglob("*")}
    result = dataset_builder.publish(build, target)
    assert (result.new, result.written, result.kept) == (False, 0, len(contents(build)))
    assert {path: path.stat().st_mtime_ns for path in target.rglob("*")} == {
        path: stat.st_mtime_ns for path, stat in before.items()
    }


@pytest.mark.parametrize("name", ["more", "data/articles/more", "README.md", "data"])
def test_a_version_that_a_link_was_put_into_is_not_called_published(
    versions: Versions, target: Path, tmp_path: Path, name: str
) -> None:
    build = versions.build("1.0.0")
    dataset_builder.publish(build, target)
    (tmp_path / "elsewhere").mkdir()
    place = target / "v1.0.0" / name
    if place.exists():
        place.rename(tmp_path / "former")
    place.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    with pytest.raises(UsageError, match="never changed"):
        dataset_builder.publish(build, target)


def test_what_a_killed_run_left_of_another_version_goes(versions: Versions, target: Path) -> None:
    (target / ".v0.9.0.staging-12/data").mkdir(parents=True)
    (target / ".mine").mkdir()
    dataset_builder.publish(versions.build("1.0.0"), target)
    assert sorted(path.name for path in target.iterdir()) == [".mine", "v1.0.0"]


def test_other_bytes_under_a_published_version_are_refused(versions: Versions, target: Path) -> None:
    first, second = versions.build("1.0.0", "One"), versions.build("1.0.0", "Two")
    dataset_builder.publish(first, target)
    for dry_run in (False, True):
        with pytest.raises(UsageError, match=r"never changed: give what you have a new version"):
            dataset_builder.publish(second, target, dry_run=dry_run)
    assert contents(target / "v1.0.0") == contents(first)


@pytest.mark.parametrize("harm", ["a file more", "a file less", "a byte changed"])
def test_a_version_that_was_damaged_there_is_not_called_published(versions: Versions, target: Path, harm: str) -> None:
    build = versions.build("1.0.0")
    dataset_builder.publish(build, target)
    path = next((target / "v1.0.0/data/articles").iterdir())
    if harm == "a file more":
        path = target / "v1.0.0/data/articles/more.parquet"
        path.write_bytes(b"")
    elif harm == "a file less":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(UsageError, match=path.name):
        dataset_builder.publish(build, target)


def test_a_dry_run_writes_nothing(versions: Versions, target: Path) -> None:
    result = dataset_builder.publish(versions.build("1.0.0"), target, dry_run=True)
    assert (result.new, result.dry_run) == (True, True)
    assert result.written > 0
    assert not target.exists()


def test_what_is_not_what_was_built_is_not_published(versions: Versions, target: Path) -> None:
    build = versions.build("1.0.0")
    with (build / "README.md").open("a") as stream:
        stream.write("more\n")
    with pytest.raises(FindingsError, match="not what was built"):
        dataset_builder.publish(build, target)
    done = command(target, "--build", build)
    assert done.exit_code == 1
    assert "README.md" in done.stdout
    assert not target.exists()


def test_a_failure_on_the_way_leaves_nothing(versions: Versions, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = versions.build("1.0.0")
    copy = flow.copy_release

    def fail(release: object, folder: Path) -> None:
        copy(release, folder)
        raise OSError(28, os.strerror(28), str(folder / "x"))

    monkeypatch.setattr(flow, "copy_release", fail)
    with pytest.raises(OutputError, match="No space left"):
        dataset_builder.publish(build, target)
    assert list(target.iterdir()) == []


def test_a_build_that_changes_while_it_is_copied_is_not_published(
    versions: Versions, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = versions.build("1.0.0")
    copy = flow.copy_release

    def change(release: object, folder: Path) -> None:
        (build / "README.md").write_text("something else")
        copy(release, folder)

    monkeypatch.setattr(flow, "copy_release", change)
    with pytest.raises(OutputError, match="changed while it was copied"):
        dataset_builder.publish(build, target)
    assert list(target.iterdir()) == []


def test_a_build_is_no_place_to_publish_to(versions: Versions) -> None:
    build = versions.build("1.0.0")
    with pytest.raises(UsageError, match="is a build itself"):
        dataset_builder.publish(build, build)
    with pytest.raises(UsageError, match="lies in the build itself"):
        dataset_builder.publish(build, build / "data/public")
    assert dataset_builder.verify(build).diagnostics == ()
    assert not (build / "v1.0.0").exists()


def test_a_copy_with_its_texts_put_back_is_not_published(versions: Versions, target: Path, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    shutil.copy(tmp_path / "project/seeds/mill.txt", tmp_path / "texts/mill.txt")
    dataset_builder.withhold(dataset_builder.open_project(tmp_path / "project"), ["mill"])
    build = versions.build("1.0.0")
    hydrated = dataset_builder.hydrate(build, tmp_path / "texts")
    assert hydrated.hydrated == ("mill",)
    with pytest.raises(UsageError, match="is no build"):
        dataset_builder.publish(hydrated.output, target)
    assert not target.exists()
    dataset_builder.publish(build, target)
    texts = {row["id"]: row["text"] for row in load_dataset(str(target / "v1.0.0"))["train"]}
    assert texts["mill"] is None
    assert texts["ferry"] is not None


# The command line


def test_the_command_publishes_what_the_configuration_names(versions: Versions, target: Path, tmp_path: Path) -> None:
    shutil.copytree(versions.build("1.0.0"), tmp_path / "project/dist")
    done = command(target, "--project", tmp_path / "project", "--format", "json")
    assert (done.exit_code, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found == {
        "target": str(target),
        "version": "1.0.0",
        "tag": "v1.0.0",
        "revision": None,
        "new": True,
        "files": {"written": len(contents(target / "v1.0.0")), "kept": 0},
        "dry_run": False,
    }
    again = command(target, "--project", tmp_path / "project")
    assert again.stdout == f"{target} has v1.0.0 already, with the same bytes: nothing was written.\n"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("", "a target needs a name"),
        ("git+https://name:secret@example.org/x.git", "with credentials in it"),
        ("git+https://secret@example.org/x.git", "with credentials in it"),
        ("git+ssh://git:secret@example.org/x.git", "with credentials in it"),
        ("git+ssh://git@example.org", "names no repository"),
        ("git+ext://sh/-c", "of a kind that isn't known"),
        ("ftp://example.org/x", "of a kind that isn't known"),
        ("hf://datasets/secret", "names no dataset"),
        ("hf://datasets/one/two@main", "names no dataset"),
        ("hf://models/one/two", "names no dataset"),
        ("s3://key:secret@bucket/x", "with credentials in it"),
    ],
)
def test_targets_that_cannot_be_used_are_refused(versions: Versions, target: str, words: str) -> None:
    done = command(target, "--build", versions.build("1.0.0"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert ":secret" not in done.stderr
    assert "secret@" not in done.stderr


@pytest.mark.parametrize("options", [["--build", "nowhere"], ["--private", "--build", "nowhere"]])
def test_misuse_is_told_in_a_line(target: Path, options: list[str]) -> None:
    done = command(target, *options)
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1

"""Versions published to a stand-in Hub by the true client over HTTP, and loaded from there at each tag."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from huggingface_hub import constants

import dataset_builder
from dataset_builder.cli.app import app
from dataset_builder.errors import OutputError, StorageError, UsageError
from tests.acceptance.hub import READ, WRITE, Blob, Hub
from tests.acceptance.publishing import Versions, contents

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning"),  # the client's own affair with its httpx2
]

NAME = "press/river-notes"
TARGET = f"hf://datasets/{NAME}"
LOAD = (
    "import json, sys; from datasets import load_dataset\n"
    "found = {}\n"
    "for tag in sys.argv[2:]:\n"
    "    whole = load_dataset(sys.argv[1], revision=tag)\n"
    "    streamed = load_dataset(sys.argv[1], 'entities', revision=tag, split='train', streaming=True)\n"
    "    titles = [title for split in whole.values() for title in split['title']]\n"
    "    found[tag] = [titles, sum(1 for _ in streamed)]\n"
    "print(json.dumps(found))\n"
)


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path)


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of version 1.0.0; tests must not change it."""
    return Versions(tmp_path_factory.mktemp("versions")).build("1.0.0")


def failing(pattern: str, fault: int | str, times: int = 2) -> Callable[[str], int | str | None]:
    """A fault of the first `times` requests that match."""
    left = [fault] * times
    return lambda line: left.pop() if left and re.search(pattern, line) else None


def test_each_version_is_a_commit_with_a_tag_that_load_dataset_takes(
    hub: Hub, versions: Versions, tmp_path: Path
) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))} | {
        "HF_ENDPOINT": hub.endpoint,
        "HF_TOKEN": WRITE,
        "HF_HOME": str(tmp_path / "home"),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        "NO_PROXY": "127.0.0.1",
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert WRITE not in done.stdout + done.stderr
        return done.stdout

    builds = {version: versions.build(version, f"Title {version}") for version in ("1.0.0", "1.1.0")}
    for version, build in builds.items():
        shown = run("-m", "dataset_builder", "publish", TARGET, "--build", str(build), "--private")
        assert shown.startswith(f"Published v{version} to {TARGET}, commit {hub.repositories[NAME].head}: ")
    repository = hub.repositories[NAME]
    assert repository.private
    assert list(repository.titles.values()) == ["initial commit", "river-notes 1.0.0", "river-notes 1.1.0"]
    for version, build in builds.items():
        assert repository.files(f"v{version}") == contents(build)
        for path, blob in repository.commits[repository.tags[f"v{version}"]].items():
            assert blob.large == path.endswith(".parquet")
    found = json.loads(run("-c", LOAD, NAME, "v1.0.0", "v1.1.0"))
    for version, (titles, entities) in ((tag.removeprefix("v"), of) for tag, of in found.items()):
        assert f"Title {version}" in titles
        assert entities > 0


def test_the_same_again_commits_nothing(hub: Hub, build: Path) -> None:
    first = dataset_builder.publish(build, TARGET)
    hub.log.clear()
    again = dataset_builder.publish(build, TARGET)
    assert (again.new, again.written, again.revision) == (False, 0, first.revision)
    assert {line.split()[0] for line in hub.log} == {"GET"}


def test_only_changed_files_travel_and_what_is_gone_is_taken_out(hub: Hub, versions: Versions) -> None:
    first, second = versions.build("1.0.0", "One"), versions.build("1.1.0", "Two")
    dataset_builder.publish(first, TARGET)
    hub.log.clear()
    result = dataset_builder.publish(second, TARGET)
    changed = {path for path, data in contents(second).items() if contents(first).get(path) != data}
    assert len(hub.sent()) == len([path for path in changed if path.endswith(".parquet")]) > 0
    assert (result.written, result.kept) == (len(changed), len(contents(second)) - len(changed))
    assert hub.repositories[NAME].files("main") == contents(second)


def test_other_bytes_under_a_published_version_are_refused(hub: Hub, versions: Versions) -> None:
    dataset_builder.publish(versions.build("1.0.0", "One"), TARGET)
    before = dict(hub.repositories[NAME].commits)
    with pytest.raises(UsageError, match=r"has another v1\.0\.0"):
        dataset_builder.publish(versions.build("1.0.0", "Two"), TARGET)
    assert hub.repositories[NAME].commits == before


@pytest.mark.parametrize("there", [True, False])
def test_a_dry_run_writes_nothing(hub: Hub, build: Path, there: bool) -> None:
    if there:
        hub.create(NAME)
    result = dataset_builder.publish(build, TARGET, dry_run=True)
    assert (result.new, result.dry_run) == (True, True)
    assert result.written > 0
    assert {line.split()[0] for line in hub.log} == {"GET"}


def test_a_public_repository_is_not_taken_for_a_private_one(hub: Hub, build: Path) -> None:
    hub.create(NAME)
    with pytest.raises(UsageError, match="is public"):
        dataset_builder.publish(build, TARGET, private=True)
    assert len(hub.repositories[NAME].commits) == 1


def test_files_of_no_build_are_not_taken_away(hub: Hub, build: Path) -> None:
    repository = hub.create(NAME)
    repository.commit("notes", {**repository.commits[repository.head], "thesis.tex": Blob(b"mine", large=False)})
    with pytest.raises(UsageError, match=r"'thesis\.tex', which is of no build"):
        dataset_builder.publish(build, TARGET)


WHERE = {
    "look": "GET /api/datasets/press/river-notes/revision",
    "create": "/api/repos/create",
    "preupload": "/preupload/",
    "batch": "objects/batch",
    "put": "PUT ",
    "commit": "/commit/main",
    "tag": "/tag/",
    "tree": "/tree/v1",
}


@pytest.mark.parametrize("fault", [429, 503, "drop", "drop answer"])
@pytest.mark.parametrize("where", WHERE)
def test_what_fails_for_the_moment_is_tried_again(hub: Hub, build: Path, where: str, fault: int | str) -> None:
    hub.fault = failing(WHERE[where], fault)
    result = dataset_builder.publish(build, TARGET)
    repository = hub.repositories[NAME]
    assert repository.files("v1.0.0") == contents(build)
    assert list(repository.titles.values()) == ["initial commit", "river-notes 1.0.0"]  # one commit, whatever was lost
    assert result.revision == repository.head == repository.tags["v1.0.0"]


def test_what_was_interrupted_goes_on_where_it_stopped(hub: Hub, build: Path) -> None:
    hub.fault = failing(WHERE["commit"], 503, times=1000)
    with pytest.raises(StorageError):
        dataset_builder.publish(build, TARGET)
    assert len(hub.repositories[NAME].commits) == 1
    first = hub.sent()
    hub.log.clear()
    hub.fault = failing(WHERE["tag"], 503, times=1000)
    with pytest.raises(StorageError):
        dataset_builder.publish(build, TARGET)
    assert len(first) == len([path for path in contents(build) if path.endswith(".parquet")])
    assert hub.sent() == []  # the large files were there
    hub.log.clear()
    hub.fault = lambda _: None
    assert dataset_builder.publish(build, TARGET).written == 0
    assert not any("/commit/" in line for line in hub.log)  # so was the commit
    assert hub.repositories[NAME].files("v1.0.0") == contents(build)


def test_a_commit_that_somebody_forestalls_is_made_again_on_top(hub: Hub, versions: Versions) -> None:
    mine, theirs = versions.build("1.1.0", "Mine"), versions.build("1.0.0", "Theirs")
    left = ["once"]

    def before(line: str) -> None:
        if "/commit/" in line and left:
            left.pop()
            dataset_builder.publish(theirs, TARGET)

    hub.before = before
    assert dataset_builder.publish(mine, TARGET).new
    repository = hub.repositories[NAME]
    assert list(repository.titles.values()) == ["initial commit", "river-notes 1.0.0", "river-notes 1.1.0"]
    assert repository.files("v1.0.0") == contents(theirs)
    assert repository.files("main") == repository.files("v1.1.0") == contents(mine)


def test_what_the_hub_does_not_keep_is_found_out(hub: Hub, build: Path) -> None:
    def before(line: str) -> None:
        if "/tag/" in line:
            files = hub.repositories[NAME].commits[hub.repositories[NAME].head]
            files["README.md"] = Blob(b"another card", large=False)

    hub.before = before
    with pytest.raises(OutputError, match=r"doesn't give 'README\.md' at v1\.0\.0 as it was verified"):
        dataset_builder.publish(build, TARGET)


def test_a_build_that_changes_on_the_way_gets_no_tag(hub: Hub, versions: Versions) -> None:
    build = versions.build("1.0.0")

    def before(line: str) -> None:
        if "objects/batch" in line:
            (build / "croissant.json").write_text("{}")

    hub.before = before
    with pytest.raises(OutputError, match=r"doesn't give 'croissant\.json'"):
        dataset_builder.publish(build, TARGET)
    assert hub.repositories[NAME].tags == {}
    hub.before = lambda _: None
    again = versions.build("1.0.0")
    assert dataset_builder.publish(again, TARGET).new
    assert hub.repositories[NAME].files("v1.0.0") == contents(again)


@pytest.mark.parametrize("token", [None, READ, "hf_wrongSecretOfNobody"])
def test_who_may_not_write_is_told_so_and_no_token_is_shown(
    hub: Hub, build: Path, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    if token:
        monkeypatch.setenv("HF_TOKEN", token)
    done = CliRunner().invoke(app, ["publish", TARGET, "--build", str(build)])
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: {TARGET}: ")
    assert "set HF_TOKEN to a token that may write there" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not token or token not in done.output
    assert hub.repositories == {}


def test_a_hub_that_does_not_answer_is_told(hub: Hub, build: Path) -> None:
    hub.fault = lambda _: "drop"
    with pytest.raises(StorageError, match=f"^{TARGET}: "):
        dataset_builder.publish(build, TARGET)


def test_offline_means_offline(hub: Hub, build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(UsageError, match="HF_HUB_OFFLINE"):
        dataset_builder.publish(build, TARGET)
    assert hub.log == []

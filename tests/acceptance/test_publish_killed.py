"""Publishing that is killed with SIGKILL before each of its steps: a version is there whole or not at all."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import dataset_builder
from tests.acceptance.hub import WRITE, Hub
from tests.acceptance.publishing import Versions, contents
from tests.acceptance.releasing import git
from tests.acceptance.s3 import Bucket, Proxy, Request
from tests.acceptance.stepping import Steps

pytestmark = [pytest.mark.acceptance, pytest.mark.usefixtures("identity")]


@pytest.fixture(scope="module")
def steps() -> Iterator[Steps]:
    with Steps() as running:
        yield running


def kill(pid: Path) -> None:
    os.kill(int(pid.read_text()), signal.SIGKILL)


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two versions; tests must not change them."""
    versions = Versions(tmp_path_factory.mktemp("versions"))
    return versions.build("1.0.0", "One"), versions.build("1.1.0", "Two")


def copy(place: Path, to: Path) -> Path:
    return Path(shutil.copytree(place, to, symlinks=True))


def test_a_folder(builds: tuple[Path, Path], tmp_path: Path, steps: Steps) -> None:
    first, second = builds
    before = tmp_path / "before"
    dataset_builder.publish(first, before)
    found = steps.run(tmp_path, "publish", str(second), str(copy(before, tmp_path / "whole")))
    assert found.code == 0, found.said
    place = copy(before, tmp_path / "place")
    moments = found.moments(begin=r"mkdir .*staging", every=3)
    for at, step in steps.copies(place, moments, tmp_path, "publish", str(second), str(place)):
        when = f"killed before step {at}: {step}"
        assert contents(place / "v1.0.0") == contents(first), when
        assert not (place / "v1.1.0").exists(), when  # it comes into its place by the last step
        assert dataset_builder.publish(second, place).new, when
        assert contents(place / "v1.1.0") == contents(second), when
        assert sorted(path.name for path in place.iterdir()) == ["v1.0.0", "v1.1.0"], when
    assert "rename" in found.steps[-1]


@pytest.mark.skipif(shutil.which("git-lfs") is None, reason="absent: git-lfs, for the published repository")
def test_a_git_repository(
    builds: tuple[Path, Path], tmp_path: Path, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = builds
    (tmp_path / "scratch").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))  # which a killed process can't clear
    git(tmp_path, "init", "--bare", "--quiet", "--initial-branch=main", "before.git")
    before = tmp_path / "before.git"
    dataset_builder.publish(first, str(before))
    found = steps.run(tmp_path, "publish", str(second), str(copy(before, tmp_path / "whole.git")))
    assert found.code == 0, found.said
    whole = git(tmp_path / "whole.git", "rev-parse", "v1.1.0^{tree}")
    kinds = set()
    place = copy(before, tmp_path / "place.git")
    moments = found.moments(begin=r" lfs push ")
    for at, step in steps.copies(place, moments, tmp_path, "publish", str(second), str(place)):
        when = f"killed before step {at}: {step}"
        there = "v1.1.0" in git(place, "tag").split()
        kinds.add(there)
        assert (git(place, "rev-parse", "main") != git(before, "rev-parse", "main")) is there, when
        assert dataset_builder.publish(second, str(place)).new is not there, when
        assert git(place, "rev-parse", "v1.1.0^{tree}", "main^{tree}").split() == [whole, whole], when
        assert git(place, "rev-list", "--count", "main") == "2", when
        large = {path.name: path.stat().st_size for path in (place / "lfs/objects").rglob("*") if path.is_file()}
        assert large == {
            path.name: path.stat().st_size for path in (tmp_path / "whole.git/lfs/objects").rglob("*") if path.is_file()
        }, when
    assert kinds == {False, True}


def test_a_store(
    builds: tuple[Path, Path],
    tmp_path: Path,
    steps: Steps,
    bucket: Bucket,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = builds
    pid = tmp_path / "pid"
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # which a killed process can't clear
    dataset_builder.publish(first, "s3://corpus/public")
    before = bucket.contents()
    proxy.quiet()
    assert dataset_builder.publish(second, "s3://corpus/public").new
    after, writes = bucket.contents(), len(proxy.written)
    for last in sorted({*range(1, writes, 3), writes - 1, writes}):  # tables, what describes them, the manifest
        for key in bucket.contents().keys() - before.keys():
            bucket.remove(key)

        def count(request: Request, last: int = last) -> None:
            if request.writes and len(proxy.written) == last:
                kill(pid)

        proxy.quiet()
        proxy.after = count
        killed = steps.run(tmp_path, "publish", str(second), "s3://corpus/public", pid=str(pid))
        assert killed.killed, killed.said
        proxy.quiet()
        when = f"killed behind write {last} of {writes}"
        found = bucket.contents()
        assert {key: found.get(key) for key in before} == before, when
        there = "public/v1.1.0/manifest.json" in found  # without one there is no version
        assert there is (last == writes), when
        assert not there or found == after, when
        assert dataset_builder.publish(second, "s3://corpus/public").new is not there, when
        assert bucket.contents() == after, when
        assert bucket.open_uploads() == [], when


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # the client's own affair with its httpx2
def test_a_repository_on_the_hub(
    builds: tuple[Path, Path], tmp_path: Path, steps: Steps, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = builds
    pid, name = tmp_path / "pid", "press/river-notes"
    for variable, value in {
        "HF_ENDPOINT": hub.endpoint,
        "HF_TOKEN": WRITE,
        "HF_HOME": str(tmp_path / "home"),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "NO_PROXY": "127.0.0.1",
        "TMPDIR": str(tmp_path),
    }.items():
        monkeypatch.setenv(variable, value)

    def begin() -> None:
        hub.quiet()
        assert dataset_builder.publish(first, f"hf://datasets/{name}").new
        hub.log.clear()

    begin()
    assert dataset_builder.publish(second, f"hf://datasets/{name}").new
    after = hub.repositories[name].files("v1.1.0")
    asked = [line for line in hub.log if line.startswith(("POST ", "PUT "))]
    kinds = set()
    for last in range(1, len(asked) + 1):
        begin()
        left = [last]

        def count(line: str, left: list[int] = left) -> None:
            left[0] -= line.startswith(("POST ", "PUT "))
            if left[0] == 0:
                left[0] = -1
                kill(pid)

        hub.before = count
        killed = steps.run(tmp_path, "publish", str(second), f"hf://datasets/{name}", pid=str(pid))
        when = f"killed at request {last}: {asked[last - 1]}: {killed.said}"
        assert killed.killed, when
        hub.before = lambda _: None
        found = hub.repositories[name]
        assert found.files("v1.0.0") == contents(first), when
        there = "v1.1.0" in found.tags
        kinds.add(there)
        assert not there or found.files("v1.1.0") == after, when
        assert dataset_builder.publish(second, f"hf://datasets/{name}").new is not there, when
        assert found.files("v1.1.0") == found.files("main") == after, when
        assert len(found.commits) == 3, when  # with the one that a repository begins with
    assert False in kinds

"""Publishing that is killed with SIGKILL before each of its steps: a version is there whole or not at all."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import dataset_builder
from tests.acceptance.publishing import Versions, contents
from tests.acceptance.releasing import git
from tests.acceptance.stepping import Steps

pytestmark = [pytest.mark.acceptance, pytest.mark.usefixtures("identity")]


@pytest.fixture(scope="module")
def steps() -> Iterator[Steps]:
    with Steps() as running:
        yield running


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
    for at in found.moments(begin=r"mkdir .*staging"):
        place = copy(before, tmp_path / str(at))
        killed = steps.run(tmp_path, "publish", str(second), str(place), before=at)
        assert killed.killed, killed.said
        when = f"killed before step {at}: {killed.steps[-1]}"
        assert contents(place / "v1.0.0") == contents(first), when
        assert not (place / "v1.1.0").exists(), when  # it comes into its place by the last step
        assert dataset_builder.publish(second, place).new, when
        assert contents(place / "v1.1.0") == contents(second), when
        assert sorted(path.name for path in place.iterdir()) == ["v1.0.0", "v1.1.0"], when
        shutil.rmtree(place)
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
    for at in found.moments(begin=r" lfs push "):
        place = copy(before, tmp_path / f"{at}.git")
        killed = steps.run(tmp_path, "publish", str(second), str(place), before=at)
        assert killed.killed, killed.said
        when = f"killed before step {at}: {killed.steps[-1]}"
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
        shutil.rmtree(place)
    assert kinds == {False, True}

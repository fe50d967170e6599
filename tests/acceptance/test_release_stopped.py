"""Releases that are stopped: the repository is as it was or released, and the next run does the rest."""

import json
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import dataset_builder
from dataset_builder import FindingsError
from dataset_builder.model.release import ReleaseResult
from tests.acceptance.commands import run
from tests.acceptance.releasing import commit, contents, git, release, repository
from tests.acceptance.stepping import Steps, every_step
from tests.unit.versions import first_version

pytestmark = [pytest.mark.acceptance, pytest.mark.usefixtures("identity")]
PARTS = 2
MADE = r" update-ref --stdin"  # behind it there is no way back


@pytest.fixture(scope="module")
def steps() -> Iterator[Steps]:
    with Steps() as running:
        yield running


@pytest.fixture
def root(edited: Path, tmp_path: Path) -> Path:
    """A project with something to release as 1.0.1."""
    return Path(shutil.copytree(edited, tmp_path / "towns", symlinks=True))


def stop(steps: Steps, root: Path, behind: str = MADE) -> None:
    found = steps.run(root, "release", behind=behind)
    assert found.killed, found.said


@pytest.mark.parametrize("part", range(PARTS))
def test_killed_before_each_step_it_is_as_it_was_or_released(
    edited: Path, tmp_path: Path, steps: Steps, part: int
) -> None:
    """The steps are those of `Run.moments`: of what is done to several files alike, the first and the last time."""
    root, whole = (Path(shutil.copytree(edited, tmp_path / name, symlinks=True)) for name in ("towns", "whole"))
    found = steps.run(whole, "release")
    assert found.code == 0, found.said
    assert_whole(whole)
    builds = [contents(edited / "dist"), contents(whole / "dist")]
    kinds = set()
    for at, step in steps.copies(root, found.moments(begin=r" commit-tree ")[part::PARTS], root, "release"):
        kinds.add(assert_can_go_on(root, edited, builds, f"killed before step {at}: {step}"))
    assert kinds == {False, True}


def test_a_kill_leaves_what_is_copied(edited: Path, tmp_path: Path, steps: Steps) -> None:
    """So that copies may stand for kills. The next run goes on after a kill indeed, too."""
    root, whole = (Path(shutil.copytree(edited, tmp_path / name, symlinks=True)) for name in ("towns", "whole"))
    found = steps.run(whole, "release")
    builds = [contents(edited / "dist"), contents(whole / "dist")]
    moments = found.moments(begin=r" commit-tree ")  # whole folders are removed in any order
    moments = [at for at in moments if not found.steps[at - 2].startswith(("remove ", "rmdir "))]
    some = moments if every_step() else moments[1::6]
    assert len(some) > 2
    copied = {at: left(root) for at, _ in steps.copies(root, some, root, "release")}
    for at in some:
        shutil.rmtree(root)
        shutil.copytree(edited, root, symlinks=True)
        killed = steps.run(root, "release", before=at)
        assert killed.killed, killed.said or f"there is no step {at}"
        when = f"killed before step {at}: {killed.steps[-1]}"
        assert left(root) == copied[at], when
        assert_can_go_on(root, edited, builds, when)


def left(root: Path) -> list[tuple[str, int]]:
    """The files and folders at `root` with their sizes, whatever chance and the clock name them."""
    found = []
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        if path.is_dir() and name.startswith(".git/objects/"):
            continue  # named by the first digits of digests, some of which are of the clock
        name = re.sub(r"objects/.*|(tmp|unpacked-)[a-z0-9_]{8}|[0-9a-f]{32,}|(?<=staging-)\d+", "ANY", name)
        sized = path.is_file() and "ANY" not in name and "sqlite" not in name
        found.append((name, path.stat().st_size if sized else 0))
    return sorted(found)


def assert_can_go_on(root: Path, edited: Path, builds: list[dict[str, bytes]], when: str) -> bool:
    """It is as it was, or released; the next run finishes it, and nothing is left behind. Whether it was released."""
    made = git(root, "tag") == "v1.0.0\nv1.0.1"
    assert (git(root, "rev-parse", "HEAD") != git(edited, "rev-parse", "HEAD")) is made, when
    assert contents(root / "dist") in builds, when
    if not made:
        assert git(root, "status", "--porcelain") == "", when
        assert contents(root / "dist") == builds[0], when
    result = release_unless_done(root)
    if result is not None:
        assert (result.version, result.completed) == ("1.0.1", made), when
    assert contents(root / "dist") == builds[1], when
    assert_clean(root, when)
    return made


def release_unless_done(root: Path) -> ReleaseResult | None:
    """What the next run does; None where there was nothing left to do."""
    try:
        return release(root)
    except FindingsError as error:
        if [each.code for each in error.result.diagnostics] == ["REL011"]:
            return None
        raise


def test_a_run_that_does_the_rest_may_be_killed_too(edited: Path, tmp_path: Path, steps: Steps) -> None:
    half = Path(shutil.copytree(edited, tmp_path / "half", symlinks=True))
    stop(steps, half)
    whole = Path(shutil.copytree(half, tmp_path / "whole", symlinks=True))
    found = steps.run(whole, "release")
    assert_whole(whole)
    builds = [contents(edited / "dist"), contents(whole / "dist")]
    moments = found.moments(begin=r"\.CHANGELOG\.md|call renameat2", every=3)
    for at, step in steps.copies(half, moments, half, "release"):
        assert assert_can_go_on(half, edited, builds, f"killed before step {at}: {step}")


def assert_whole(root: Path) -> None:
    """1.0.1 is released, and everything says so."""
    assert_clean(root)
    project = dataset_builder.open_project(root)
    assert project.version == "1.0.1"
    assert dataset_builder.verify(root / "dist", rebuild=project, jobs=1).diagnostics == ()
    assert json.loads((root / "dist/manifest.json").read_bytes())["version"] == "1.0.1"


def assert_clean(root: Path, when: str = "") -> None:
    """1.0.1 is released, and nothing else is there."""
    assert git(root, "rev-parse", "HEAD") == git(root, "rev-parse", "v1.0.1^{commit}"), when
    assert git(root, "rev-list", "--count", "v1.0.0..HEAD") == "2", when
    assert git(root, "status", "--porcelain") == "", when
    assert (root / "CHANGELOG.md").read_text("utf-8").count("## [1.0.1]") == 1, when
    left = [path for path in (root / ".dataset-builder").rglob("*") if re.search(r"release|staging", path.name)]
    assert (left, [*root.glob(".*staging*")]) == ([], []), when


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_random_it_is_as_it_was_or_released(root: Path, seed: int) -> None:
    chance = random.Random(seed)
    head = git(root, "rev-parse", "HEAD")
    command = [sys.executable, "-m", "dataset_builder", "release"]
    kinds = set()
    for _ in range(4):
        with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(chance.uniform(0.2, 2.5))
            process.kill()
        time.sleep(0.3)  # a git that was under way ends
        tagged, moved = git(root, "tag") == "v1.0.0\nv1.0.1", git(root, "rev-parse", "HEAD") != head
        assert tagged is moved
        kinds.add(moved)
        if not moved:
            assert git(root, "status", "--porcelain") == ""
    if False in kinds and git(root, "tag") == "v1.0.0":
        release(root)
    elif (root / ".dataset-builder/release.json").exists():
        assert release(root).completed
    shutil.rmtree(root / ".dataset-builder/release", ignore_errors=True)
    assert_whole(root)


def test_files_that_were_edited_while_it_was_stopped_are_left_alone(root: Path, steps: Steps) -> None:
    stop(steps, root)
    mine = (root / "CHANGELOG.md").read_text("utf-8") + "\nMy own words.\n"
    (root / "CHANGELOG.md").write_text(mine, "utf-8")
    assert release(root).completed
    assert (root / "CHANGELOG.md").read_text("utf-8") == mine
    assert git(root, "status", "--porcelain") == "M CHANGELOG.md"  # stripped of the blank before it
    assert git(root, "diff", "--cached", "--name-only") == ""


def test_what_a_killed_build_left_is_no_change_of_the_tree(root: Path, steps: Steps) -> None:
    shutil.rmtree(root / "dist")
    found = steps.run(root, "build", behind=r"write \S+/\.dist\.staging-\d+/README\.md")
    assert found.killed, found.said
    assert "?? .dist.staging-" in git(root, "status", "--porcelain")
    assert release(root, dry_run=True).version == "1.0.1"
    assert release(root).version == "1.0.1"
    dataset_builder.build(dataset_builder.open_project(root), jobs=1)
    assert git(root, "status", "--porcelain") == ""


def test_half_of_a_release_is_made_whole(edited: Path, tmp_path: Path, steps: Steps) -> None:
    for at, command in enumerate(
        (("update-ref", "-d", "refs/tags/v1.0.1"), ("update-ref", "refs/heads/main", "HEAD^"))
    ):
        root = Path(shutil.copytree(edited, tmp_path / str(at), symlinks=True))
        stop(steps, root)
        git(root, *command)
        assert release(root).completed
        assert_whole(root)


def test_a_branch_that_went_on_is_not_touched(root: Path, steps: Steps) -> None:
    stop(steps, root)
    git(root, "reset", "--quiet", "--hard")
    retitled = (root / "seeds/report-5.json").read_text("utf-8").replace("Another", "A third")
    (root / "seeds/report-5.json").write_text(retitled, "utf-8")
    commit(root)
    assert (release(root).version, git(root, "status", "--porcelain")) == ("1.0.2", "")


def test_what_fails_after_the_release_is_said_and_done_by_the_next_run(root: Path) -> None:
    (root / ".git/index.lock").touch()
    done = run(root, "release")
    assert done.returncode == 2
    assert "v1.0.1 is released, but not all that follows is done: `git update-index` fails: " in done.stderr
    (root / ".git/index.lock").unlink()
    again = run(root, "release")
    assert again.returncode == 0
    assert "An earlier run was interrupted; what it left is done." in again.stdout
    assert_whole(root)


def test_what_can_not_be_built_any_more_is_not_called_unreleased(tmp_path: Path, steps: Steps) -> None:
    """Articles that lie outside of the repository may change after the release."""
    root = first_version().write(tmp_path / "towns")
    shutil.move(root / "seeds", tmp_path / "seeds")
    with (root / "dataset.toml").open("a") as stream:
        stream.write(f'[paths]\narticles = "{(tmp_path / "seeds").as_uri()}"\n')
    repository(root)
    stop(steps, root)
    (tmp_path / "seeds/report-1.txt").write_text("Another text.\n")
    with pytest.raises(FindingsError, match=r"v1\.0\.0 is released, but its build can't be made"):
        release(root)
    assert git(root, "status", "--porcelain") == ""


def test_two_at_once(root: Path) -> None:
    command = [sys.executable, "-m", "dataset_builder", "release"]
    both = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate()[0].decode() for process in both]
    assert sorted(process.returncode for process in both) == [0, 1]
    assert "REL011" in "".join(said)
    assert_whole(root)

"""Versions published to a bare git remote with Git LFS, cloned and loaded at each tag."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from datasets import load_dataset

import dataset_builder
from dataset_builder.cli.app import app
from dataset_builder.errors import OutputError, StorageError, UsageError
from dataset_builder.publish import git as publish_git
from tests.acceptance.conftest import git
from tests.acceptance.publishing import Versions, contents, titles

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(shutil.which("git") is None, reason="absent: git"),
    pytest.mark.skipif(shutil.which("git-lfs") is None, reason="absent: git-lfs, which keeps the Parquet files"),
]


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only settings that git has here: who commits, and what `git lfs install` writes."""
    path = tmp_path / "gitconfig"
    path.write_text(
        "[user]\nname = Ada\nemail = ada@example.org\nuseConfigOnly = true\n[init]\ndefaultBranch = main\n"
        '[filter "lfs"]\nclean = git-lfs clean -- %f\nsmudge = git-lfs smudge -- %f\n'
        "process = git-lfs filter-process\nrequired = true\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return path


@pytest.fixture
def remote(tmp_path: Path, settings: Path) -> Path:
    git("init", "--bare", "--quiet", "--initial-branch=trunk", "data.git", cwd=tmp_path)
    git("config", "uploadpack.allowFilter", "true", cwd=tmp_path / "data.git")
    return tmp_path / "data.git"


def url_of(remote: Path) -> str:
    return f"git+file://{remote}"


def cloned(remote: Path, tag: str, folder: Path) -> Path:
    """What somebody has who clones the repository at a tag."""
    git("clone", "--quiet", f"--branch={tag}", f"file://{remote}", str(folder), cwd=remote)
    return folder


def large(remote: Path) -> set[str]:
    return {path.name for path in (remote / "lfs/objects").rglob("*") if path.is_file()}


def refs(remote: Path) -> str:
    return git("for-each-ref", cwd=remote)


def hook(remote: Path, name: str, script: str) -> None:
    path = remote / "hooks" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_each_version_is_a_commit_with_a_tag_that_can_be_cloned_and_loaded(
    versions: Versions, remote: Path, tmp_path: Path
) -> None:
    builds = {name: versions.build(name, f"Title {name}") for name in ("1.0.0", "1.1.0", "2.0.0")}
    for version, build in builds.items():
        result = dataset_builder.publish(build, url_of(remote))
        assert (result.new, result.tag) == (True, f"v{version}")
        assert git("rev-parse", f"v{version}^{{commit}}", "trunk", cwd=remote).split() == [result.revision] * 2
    log = git("log", "--format=%s|%an|%D", "trunk", cwd=remote).splitlines()
    assert log == [
        "river-notes 2.0.0|Ada|HEAD -> trunk, tag: v2.0.0",
        "river-notes 1.1.0|Ada|tag: v1.1.0",
        "river-notes 1.0.0|Ada|tag: v1.0.0",
    ]
    for version, build in builds.items():
        clone = cloned(remote, f"v{version}", tmp_path / f"clone-{version}")
        assert contents(clone) == contents(build)
        assert dataset_builder.verify(clone).diagnostics == ()
        assert f"Title {version}" in titles(load_dataset(str(clone)))
        assert git("status", "--porcelain", cwd=clone) == ""
        pointers = git("lfs", "ls-files", "--name-only", cwd=clone).split()
        assert sorted(pointers) == sorted(name for name in contents(build) if name.endswith(".parquet"))
    git("fsck", "--strict", cwd=remote)


def test_only_changed_shards_travel(versions: Versions, remote: Path) -> None:
    first, second = versions.build("1.0.0", "One"), versions.build("1.1.0", "Two")
    dataset_builder.publish(first, url_of(remote))
    before = large(remote)
    shutil.rmtree(remote / "lfs/objects")  # what is sent now is all that will be there
    result = dataset_builder.publish(second, url_of(remote))
    changed = {name for name, data in contents(second).items() if contents(first).get(name) != data}
    shards = {name for name in changed if name.endswith(".parquet")}
    assert shards
    assert len(large(remote)) == len(shards) < len(before)
    assert not large(remote) & before
    assert (result.written, result.kept) == (len(changed), len(contents(second)) - len(changed))


@pytest.mark.parametrize("named", ["path", "url"])
def test_the_same_again_pushes_nothing(versions: Versions, remote: Path, named: str) -> None:
    build = versions.build("1.0.0")
    target = str(remote) if named == "path" else url_of(remote)
    first = dataset_builder.publish(build, target)
    before = refs(remote)
    hook(remote, "pre-receive", "exit 1")
    again = dataset_builder.publish(build, target)
    assert (again.new, again.written, again.revision) == (False, 0, first.revision)
    assert refs(remote) == before


def test_a_relative_path_is_one_of_here(versions: Versions, remote: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(remote.parent)
    assert dataset_builder.publish(versions.build("1.0.0"), "data.git").new
    assert "refs/tags/v1.0.0" in refs(remote)


def test_another_tree_under_the_tag_is_refused(versions: Versions, remote: Path) -> None:
    dataset_builder.publish(versions.build("1.0.0", "One"), url_of(remote))
    before = refs(remote)
    with pytest.raises(UsageError, match=r"has another v1\.0\.0"):
        dataset_builder.publish(versions.build("1.0.0", "Two"), url_of(remote))
    assert refs(remote) == before


def test_a_dry_run_pushes_nothing(versions: Versions, remote: Path) -> None:
    result = dataset_builder.publish(versions.build("1.0.0"), url_of(remote), dry_run=True)
    assert (result.new, result.revision) == (True, None)
    assert refs(remote) == ""
    assert not (remote / "lfs").exists()


def test_files_of_no_build_are_not_taken_off_the_branch(versions: Versions, remote: Path, tmp_path: Path) -> None:
    git("clone", "--quiet", str(remote), str(tmp_path / "work"), cwd=tmp_path)
    (tmp_path / "work/README.md").write_text("to come\n")
    git("add", ".", cwd=tmp_path / "work")
    git("commit", "-m", "begin", cwd=tmp_path / "work")
    git("push", "origin", "HEAD:trunk", cwd=tmp_path / "work")
    build = versions.build("1.0.0")
    assert dataset_builder.publish(build, url_of(remote), dry_run=True).new  # a card is replaced by a card
    (tmp_path / "work/thesis.tex").write_text("mine\n")
    git("add", ".", cwd=tmp_path / "work")
    git("commit", "-m", "go on", cwd=tmp_path / "work")
    git("push", "origin", "HEAD:trunk", cwd=tmp_path / "work")
    with pytest.raises(UsageError, match=r"'thesis\.tex', which is of no build"):
        dataset_builder.publish(build, url_of(remote))


def once(do: Callable[[], object]) -> Callable[..., None]:
    """`_put_large`, with `do` done right before it the first time."""
    put, left = publish_git._Job._put_large, [do]

    def wrapped(*arguments: object) -> None:
        if left:
            left.pop()()
        put(*arguments)

    return wrapped


def test_a_push_that_somebody_forestalls_is_made_again_on_top(
    versions: Versions, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs = versions.build("1.1.0", "Mine"), versions.build("1.0.1", "Theirs")
    dataset_builder.publish(versions.build("1.0.0"), url_of(remote))
    monkeypatch.setattr(publish_git._Job, "_put_large", once(lambda: dataset_builder.publish(theirs, url_of(remote))))
    assert dataset_builder.publish(mine, url_of(remote)).new
    log = git("log", "--format=%s", "trunk", cwd=remote).split("\n")
    assert log[:3] == ["river-notes 1.1.0", "river-notes 1.0.1", "river-notes 1.0.0"]


@pytest.mark.parametrize("same", [True, False])
def test_of_two_that_publish_one_version_at_a_time_one_does(
    versions: Versions, remote: Path, monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    mine = versions.build("1.0.0", "Mine")
    theirs = mine if same else versions.build("1.0.0", "Theirs")
    monkeypatch.setattr(publish_git._Job, "_put_large", once(lambda: dataset_builder.publish(theirs, url_of(remote))))
    if same:
        revision = dataset_builder.publish(mine, url_of(remote)).revision
        assert revision == git("rev-parse", "trunk", cwd=remote).strip()
    else:
        with pytest.raises(UsageError, match=r"has another v1\.0\.0"):
            dataset_builder.publish(mine, url_of(remote))
    assert len(git("log", "--format=%s", "trunk", cwd=remote).splitlines()) == 1


@pytest.mark.parametrize("name", ["README.md", "data/articles/*.parquet"])
def test_a_build_that_changes_on_the_way_is_not_pushed(
    versions: Versions, remote: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    build = versions.build("1.0.0")
    clone = publish_git._Job._clone

    def change(*arguments: object) -> object:
        next(build.glob(name)).write_bytes(b"something else")
        return clone(*arguments)

    monkeypatch.setattr(publish_git._Job, "_clone", change)
    with pytest.raises(OutputError, match="changed since the build was verified"):
        dataset_builder.publish(build, url_of(remote))
    assert refs(remote) == ""


def test_a_remote_that_refuses_has_neither_branch_nor_tag(versions: Versions, remote: Path) -> None:
    hook(remote, "update", 'case "$1" in refs/tags/*) echo no tags here >&2; exit 1;; esac')
    with pytest.raises(StorageError, match="git says"):
        dataset_builder.publish(versions.build("1.0.0"), url_of(remote))
    assert refs(remote) == ""


@pytest.mark.parametrize("harm", ["rm -rf lfs/objects", "git update-ref -d refs/tags/v1.0.0"])
def test_what_the_remote_does_not_keep_is_found_out(versions: Versions, remote: Path, harm: str) -> None:
    hook(remote, "post-receive", harm)
    with pytest.raises(OutputError, match="can't be read back"):
        dataset_builder.publish(versions.build("1.0.0"), url_of(remote))


def test_without_git_lfs_it_is_named(
    versions: Versions, remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = versions.build("1.0.0")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").symlink_to(shutil.which("git") or "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    done = CliRunner().invoke(app, ["publish", str(remote), "--build", str(build)])
    assert done.exit_code == 2
    assert done.stderr.startswith("error: git-lfs is not installed")


def test_without_a_name_to_commit_under_it_is_asked_for(versions: Versions, remote: Path, settings: Path) -> None:
    settings.write_text("[user]\nuseConfigOnly = true\n")
    with pytest.raises(UsageError, match=r"git config --global user\.name"):
        dataset_builder.publish(versions.build("1.0.0"), url_of(remote))
    assert refs(remote) == ""


def test_hooks_and_surroundings_have_no_say(
    versions: Versions, remote: Path, tmp_path: Path, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hooks").mkdir()
    for name in ("pre-push", "post-checkout"):
        (tmp_path / "hooks" / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
        (tmp_path / "hooks" / name).chmod(0o755)
    with settings.open("a") as stream:
        stream.write(f"[core]\nhooksPath = {tmp_path}/hooks\nautocrlf = true\n[lfs]\nfetchexclude = *\n")
    build = versions.build("1.0.0")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert dataset_builder.publish(build, url_of(remote)).new
    for name in ("GIT_DIR", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name)
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "index").exists()
    assert "CRLF" not in git("ls-tree", "-r", "--name-only", "v1.0.0", cwd=remote)
    assert git("show", "v1.0.0:README.md", cwd=remote).encode() == (build / "README.md").read_bytes()


def test_another_name_for_where_a_clone_is_from(versions: Versions, remote: Path, settings: Path) -> None:
    with settings.open("a") as stream:
        stream.write("[clone]\ndefaultRemoteName = upstream\n")
    assert dataset_builder.publish(versions.build("1.0.0"), url_of(remote)).new


def test_other_digests_by_default(versions: Versions, remote: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DEFAULT_HASH", "sha256")
    assert dataset_builder.publish(versions.build("1.0.0"), url_of(remote)).new


def test_a_branch_that_is_called_as_the_tag_is(versions: Versions, remote: Path) -> None:
    dataset_builder.publish(versions.build("1.0.0"), url_of(remote))
    git("branch", "v1.1.0", "trunk", cwd=remote)
    result = dataset_builder.publish(versions.build("1.1.0", "Two"), url_of(remote))
    assert git("rev-parse", "refs/tags/v1.1.0^{commit}", cwd=remote).strip() == result.revision


def test_a_repository_whose_head_names_no_branch(versions: Versions, remote: Path) -> None:
    dataset_builder.publish(versions.build("1.0.0"), url_of(remote))
    dataset_builder.publish(versions.build("1.1.0", "Two"), url_of(remote))
    (remote / "HEAD").write_text(git("rev-parse", "v1.0.0^{commit}", cwd=remote))
    before = refs(remote)
    with pytest.raises(UsageError, match="names no branch"):
        dataset_builder.publish(versions.build("1.2.0", "Three"), url_of(remote))
    assert refs(remote) == before


def pushed(remote: Path, folder: Path, files: dict[str, bytes]) -> None:
    """The branch with just these files."""
    git("clone", "--quiet", str(remote), str(folder), cwd=remote.parent)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    git("add", "--force", ".", cwd=folder)
    git("commit", "-m", "hostile", cwd=folder)
    git("push", "origin", "HEAD:trunk", cwd=folder)


@pytest.mark.parametrize(
    "manifest",
    [b"[" * 100_000, b'{"format": 1, "files": {"x": {"a":' + b"[" * 100_000, b"\xff", b"null", b'{"format": 1}'],
    ids=["nested", "nested in a manifest", "no text", "null", "a part"],
)
def test_a_manifest_there_that_makes_no_sense_is_of_no_build(
    versions: Versions, remote: Path, tmp_path: Path, manifest: bytes
) -> None:
    pushed(remote, tmp_path / "work", {"manifest.json": manifest, "x": b""})
    done = CliRunner().invoke(app, ["publish", str(remote), "--build", str(versions.build("1.0.0"))])
    assert done.exit_code == 2
    assert "'x', which is of no build" in done.stderr


def test_a_repository_that_is_not_there_is_told(versions: Versions, settings: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["publish", f"git+file://{tmp_path}/none.git", "--build", str(versions.build("1.0.0"))]
    )
    assert done.exit_code == 2
    assert "does not appear to be a git repository" in done.stderr or "does not exist" in done.stderr
    assert os.linesep not in done.stderr.rstrip()

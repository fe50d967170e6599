"""Releases where git is set up in ways of its own: line ends, checkouts in part, identities by folder, other owners."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from dataset_builder import FindingsError
from tests.acceptance.releasing import IDENTITY, commit, git, refs, release, write_hook

pytestmark = [pytest.mark.acceptance, pytest.mark.usefixtures("identity")]


@pytest.fixture
def root(edited: Path, tmp_path: Path) -> Path:
    """A project with something to release as 1.0.1."""
    return Path(shutil.copytree(edited, tmp_path / "towns", symlinks=True))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own settings, to be written to."""
    path = tmp_path / "gitconfig"
    path.touch()
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(path))
    return path


def codes(root: Path) -> list[str]:
    before = refs(root)
    with pytest.raises(FindingsError, match="nothing was released") as caught:
        release(root)
    assert refs(root) == before
    return [found.code for found in caught.value.result.diagnostics]


def numbers(root: Path) -> dict[str, int]:
    """By how many lines the last commit changes each file."""
    lines = git(root, "show", "--numstat", "--format=").splitlines()
    return {name: int(added) + int(removed) for added, removed, name in (line.split("\t") for line in lines)}


def test_files_that_stand_with_other_line_ends_than_git_would_write(root: Path) -> None:
    git(root, "config", "core.autocrlf", "true")  # as if switched on after the checkout
    release(root)
    assert git(root, "status", "--porcelain") == ""
    assert b"\r\n" in (root / "dataset.toml").read_bytes()  # as git writes it now
    assert numbers(root)["dataset.toml"] == 2


def test_line_ends_that_are_committed_stay(root: Path) -> None:
    git(root, "config", "core.autocrlf", "false")
    path = root / "dataset.toml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    git(root, "commit", "--quiet", "--all", "--message", "CR LF")
    git(root, "config", "core.autocrlf", "true")
    release(root)
    assert git(root, "status", "--porcelain") == ""
    assert numbers(root)["dataset.toml"] == 2
    assert b"\r\n" in path.read_bytes()


@pytest.mark.parametrize("attribute", ["text eol=crlf", "text=auto", "-text"])
def test_attributes_have_their_say(root: Path, attribute: str) -> None:
    (root / ".gitattributes").write_text(f"*.toml {attribute}\n*.md {attribute}\n")
    commit(root)
    for name in ("dataset.toml", "DATASET_CARD.md", "CHANGELOG.md"):
        (root / name).unlink()
    git(root, "checkout", "--quiet", ".")
    release(root)
    assert git(root, "status", "--porcelain") == ""
    assert numbers(root)["dataset.toml"] == 2
    assert (b"\r\n" in (root / "dataset.toml").read_bytes()) is ("crlf" in attribute)


def test_a_file_that_is_not_checked_out_is_not_put_there(root: Path) -> None:
    (root / "CITATION.cff").write_text("cff-version: 1.2.0\nversion: 1.0.0\n")
    git(root, "add", "CITATION.cff")
    git(root, "commit", "--quiet", "--message", "cite")
    git(root, "sparse-checkout", "set", "--no-cone", "/*", "!/CITATION.cff")
    release(root)
    assert git(root, "status", "--porcelain") == ""
    assert not (root / "CITATION.cff").exists()
    assert "version: 1.0.1" in git(root, "show", "HEAD:CITATION.cff")


def test_a_checkout_in_part_with_its_sparse_index(root: Path) -> None:
    git(root, "status")  # so that git knows the files of this copy
    git(root, "sparse-checkout", "set", "--cone", "--sparse-index", "seeds")
    assert not (root / "annotations").exists()
    assert release(root).version == "1.0.1"
    assert git(root, "status", "--porcelain") == ""
    assert not (root / "annotations").exists()


def test_commit_and_tag_are_by_the_same(root: Path, settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in IDENTITY:
        monkeypatch.delenv(name)
    there = settings.with_name("there")
    there.write_text("[user]\nname = There\nemail = there@example.org\n")
    settings.write_text(
        "[user]\nname = Anywhere\nemail = any@example.org\n"
        f'[includeIf "gitdir:{root}/.git"]\npath = {there}\n[log]\nshowSignature = true\n'
    )
    release(root)
    assert git(root, "log", "-1", "--format=%an %ae") == "There there@example.org"
    assert "\ntagger There <there@example.org> " in git(root, "cat-file", "tag", "v1.0.1")


def test_commit_and_tag_are_by_whoever_the_working_tree_names(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in IDENTITY:
        monkeypatch.delenv(name)
    git(root, "config", "extensions.worktreeConfig", "true")
    for name, value in (("name", "Of this tree"), ("email", "tree@example.org")):
        git(root, "config", "--worktree", f"user.{name}", value)
    release(root)
    assert "\ntagger Of this tree <tree@example.org> " in git(root, "cat-file", "tag", "v1.0.1")


def test_a_repository_of_another_owner_is_released_where_the_user_trusts_it(root: Path, settings: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("absent: the right to give files to another owner")
    subprocess.run(["chown", "--recursive", "12345", str(root)], check=True)
    with pytest.raises(FindingsError) as caught:
        release(root)
    assert [found.code for found in caught.value.result.diagnostics] == ["REL007"]
    settings.write_text(f"[safe]\ndirectory = {root}\n")
    assert release(root).version == "1.0.1"


def test_a_hook_on_refs_is_named_and_nothing_is_left(root: Path) -> None:
    hook = root / ".git/hooks/reference-transaction"
    write_hook(hook, "test $1 = prepared && { echo not today >&2; exit 1; }; exit 0")
    with pytest.raises(Exception, match="not today"):
        release(root)
    assert git(root, "tag") == "v1.0.0"
    assert git(root, "status", "--porcelain") == ""
    assert not (root / ".dataset-builder/release.json").exists()
    hook.unlink()
    assert not release(root).completed


def test_articles_in_a_submodule_are_not_released_as_none(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "seeds", tmp_path / "seeds")
    git(tmp_path / "seeds", "init", "--quiet", ".")
    git(tmp_path / "seeds", "add", ".")
    git(tmp_path / "seeds", "commit", "--quiet", "--message", "articles")
    git(root, "rm", "-r", "--quiet", "seeds")
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "seeds"), "seeds")
    git(root, "commit", "--quiet", "--message", "apart")
    assert "CFG006" in codes(root)


@pytest.mark.parametrize("depth", [["--depth=1"], []])
def test_a_clone_without_the_last_release_makes_no_first_one(root: Path, tmp_path: Path, depth: list[str]) -> None:
    """Shallow, as those of most CI services are, or without tags."""
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--no-tags", *depth, root.as_uri(), str(clone))
    assert codes(clone) == (["REL007"] if depth else ["REL013"])
    git(clone, "fetch", "--quiet", "--tags", *(["--unshallow"] if depth else []))
    assert release(clone).version == "1.0.1"


def test_a_shallow_clone_that_reaches_back_to_the_last_release_will_do(root: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=2", root.as_uri(), str(clone))
    assert release(clone).previous == "1.0.0"


def test_a_third_release_from_a_shallow_clone_is_built_on_what_is_there(root: Path, tmp_path: Path) -> None:
    release(root)
    (root / "seeds/report-6.json").write_text(
        (root / "seeds/report-6.json").read_text("utf-8").replace("Report 6", "A sixth"), "utf-8"
    )
    commit(root)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=2", root.as_uri(), str(clone))
    assert release(clone).version == "1.0.2"

import os
import shutil
import subprocess

import pytest

from dataset_builder.errors import UsageError
from dataset_builder.read.revision import lay_out_revision

if shutil.which("git") is None:
    pytest.skip("absent: git", allow_module_level=True)

IDENTITY = ("-c", "user.name=Test", "-c", "user.email=test@example.org")


def git(root, *arguments, given=None):
    done = subprocess.run(["git", *IDENTITY, *arguments], cwd=root, input=given, check=True, capture_output=True)
    return done.stdout.decode().strip()


@pytest.fixture
def repository(tmp_path):
    root = tmp_path / "repository"
    (root / "in" / "deep").mkdir(parents=True)
    git(root, "init", "--quiet", "--initial-branch=main", ".")
    (root / "in" / "a.txt").write_bytes(b"one\r\ntwo\n")
    (root / "in" / "deep" / "naïve name\n.txt").write_bytes(b"\x00\xff")
    (root / "in" / "empty").write_bytes(b"")
    (root / "out.txt").write_bytes(b"out")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "first")
    return root


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / "target"
    folder.mkdir()
    return folder


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def commit_of(root, *entries):
    """A commit whose tree has just these entries, whatever git itself would make of them."""
    tree = b"".join(f"{mode} {name}".encode() + b"\0" + bytes.fromhex(object_) for mode, name, object_ in entries)
    name = git(root, "hash-object", "-t", "tree", "-w", "--stdin", "--literally", given=tree)
    return git(root, "commit-tree", name, "-m", "made")


def blob(root, data):
    return git(root, "hash-object", "-w", "--stdin", given=data)


def test_the_files_of_a_folder_byte_by_byte(repository, target):
    (repository / "in" / "a.txt").write_bytes(b"changed since")
    lay_out_revision(repository / "in", "main", target)
    assert contents(target) == {"a.txt": b"one\r\ntwo\n", "deep/naïve name\n.txt": b"\x00\xff", "empty": b""}


def test_the_whole(repository, target):
    lay_out_revision(repository, "main~0", target)
    assert set(contents(target)) == {"in/a.txt", "in/deep/naïve name\n.txt", "in/empty", "out.txt"}


@pytest.mark.parametrize("name", ["nothing", "--all", "", "main:in", "HEAD~9", "a\0b", "-h"])
def test_what_is_no_revision(repository, target, name):
    with pytest.raises(UsageError):
        lay_out_revision(repository, name, target)
    assert contents(target) == {}


def test_no_repository(tmp_path, target, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    with pytest.raises(UsageError, match="neither a folder nor a revision"):
        lay_out_revision(tmp_path, "main", target)


def test_no_git(repository, target, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="git is not installed"):
        lay_out_revision(repository, "main", target)


@pytest.mark.parametrize("name", ["..", ".git", ".GIT", "."])
def test_names_that_lead_elsewhere_are_refused(repository, target, name):
    evil = commit_of(repository, ("100644", name, blob(repository, b"evil")))
    with pytest.raises(UsageError, match="no working tree may have"):
        lay_out_revision(repository, evil, target)
    assert contents(target.parent / "target") == {}


def test_nothing_is_written_through_a_link(repository, target, tmp_path):
    """A tree that has a name twice: once as a link to elsewhere, once as a folder."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    inner = git(repository, "rev-parse", "main:in")
    evil = commit_of(
        repository,
        ("120000", "a", blob(repository, os.fsencode(elsewhere))),
        ("40000", "a", inner),
    )
    with pytest.raises((UsageError, OSError)):
        lay_out_revision(repository, evil, target)
    assert list(elsewhere.iterdir()) == []


def test_links_stay_links(repository, target):
    (repository / "in" / "link").symlink_to("a.txt")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "link")
    lay_out_revision(repository / "in", "main", target)
    assert (target / "link").readlink().as_posix() == "a.txt"


def test_submodules_are_left_out(repository, target):
    found = commit_of(
        repository,
        ("100644", "a", blob(repository, b"a")),
        ("160000", "module", git(repository, "rev-parse", "main")),
    )
    lay_out_revision(repository, found, target)
    assert contents(target) == {"a": b"a"}


def test_an_object_that_is_missing(repository, target):
    name = git(repository, "rev-parse", "main:in/a.txt")
    (repository / ".git" / "objects" / name[:2] / name[2:]).unlink()
    with pytest.raises(UsageError, match="only in part here"):
        lay_out_revision(repository, "main", target)

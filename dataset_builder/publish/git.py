"""A release in a git repository: a commit on its default branch, a tag, and Parquet files in Git LFS.

The commit is made of the release alone, past every filter, attribute and working tree, so that the same release has the
same tree wherever it is made. That is what tells whether a tag stands for it.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from shutil import copyfile, which

from dataset_builder.errors import OutputError, StorageError, UsageError
from dataset_builder.git import PUBLISHING, Git, GitError
from dataset_builder.model.manifest import FileEntry
from dataset_builder.model.publication import Published, Release

__all__ = ["publish_to_git"]

Report = Callable[[str], None]
Named = Callable[[bytes], Iterable[str]]
"""The paths that a manifest names."""

_MOST_ARGUMENTS = 200  # of one command
_LARGE = ".parquet"


def publish_to_git(  # noqa: PLR0913 - it reads as the list of what goes in
    release: Release, address: str, *, scratch: Path, named: Named, dry_run: bool, report: Report
) -> Published:
    """What it took to have `release` at its tag in the repository at `address`, where it is now.

    Branch and tag are pushed in one step. If somebody else pushed meanwhile, it is tried once more on top of that.

    Raises:
        UsageError: git or git-lfs isn't installed, the tag stands for something else, or the repository holds what no
            build put there.
        StorageError: the repository can't be reached, or refuses.
        OutputError: what is there afterwards isn't what was meant.
    """
    _refuse_without_programs()
    try:
        job = _Job(release, address, Git(folder=scratch, manner=PUBLISHING), named, report)
        try:
            return job.run("first", dry_run=dry_run)
        except _MovedError:
            return job.run("second", dry_run=dry_run)
    except GitError as error:
        message = f"{address}: git says {error.gist!r}"
        raise StorageError(message) from error


class _MovedError(GitError):
    """Somebody else has pushed since the repository was looked at."""


@dataclass(frozen=True, slots=True)
class _Head:
    """The default branch as it was found."""

    branch: str  # refs/heads/…
    commit: str | None  # None where there is none yet
    objects: Mapping[str, str]  # the objects of its files, by path


@dataclass(frozen=True, slots=True)
class _Job:
    release: Release
    address: str
    outside: Git
    named: Named
    report: Report

    def run(self, attempt: str, *, dry_run: bool) -> Published:
        clone = self._clone(attempt)
        head = _head(clone)
        self._refuse_foreign(clone, head)
        entries = _entries(clone, self.release)
        tree = _write_tree(clone, entries)
        total = len(entries)
        tagged = _tree_of(clone, f"refs/tags/{self.release.tag}")
        if tagged is not None:
            if tagged != tree:
                message = f"{self.address} has another {self.release.tag}, and what was published is never changed"
                raise UsageError(f"{message}: give what you have a new version")
            return Published(written=0, kept=total, new=False, revision=_commit_of(clone, self.release.tag))
        travel = [file for file in self.release.files if head.objects.get(file.path) != entries[file.path]]
        done = Published(written=len(travel), kept=total - len(travel), new=True)
        if dry_run:
            return done
        large = [file for file in travel if file.path.endswith(_LARGE)]
        self._put_large(clone, large)
        commit = self._commit(clone, head, tree)
        self._push(clone, head, commit)
        try:
            self._read_back(f"{attempt}-read", commit, tree, large)
        except GitError as error:
            message = (
                f"{self.release.tag} was pushed to {self.address}, but can't be read back: git says {error.gist!r}"
            )
            raise OutputError(message) from error
        return Published(written=done.written, kept=done.kept, new=True, revision=commit)

    def _clone(self, name: str) -> Git:
        """The repository without its large files, and without what else isn't asked for if it can be cloned in part."""
        self.report("fetch what is there")
        folder = self.outside.folder / name
        origin = ("--origin=origin", "--filter=blob:none")  # the user's settings may have another name for it
        self.outside.line("clone", "--quiet", "--no-checkout", *origin, "--", self.address, str(folder))
        return self.outside.at(folder)

    def _refuse_foreign(self, clone: Git, head: _Head) -> None:
        """A commit is a release and nothing else, so what isn't of one would be lost from the branch."""
        manifest = self.release.manifest
        known = {manifest, *self.release.by_path}
        if head.commit and manifest in head.objects:
            known.update(self.named(clone.ask("cat-file", "blob", head.objects[manifest])))
        foreign = sorted(head.objects.keys() - known)
        if foreign:
            message = f"{self.address} holds {foreign[0]!r}, which is of no build"
            raise UsageError(f"{message}: name a repository that is empty, or that holds builds")

    def _put_large(self, clone: Git, files: list[FileEntry]) -> None:
        """Sends to the server of large files those that it doesn't hold."""
        if not files:
            return
        self.report(f"send {len(files)} Parquet files")
        for file in files:
            target = _held(clone, file.sha256)
            target.parent.mkdir(parents=True, exist_ok=True)
            copyfile(self.release.folder / file.path, target)
            if not _is_whole(target, file):
                raise _changed(file)
        digests = list(dict.fromkeys(file.sha256 for file in files))
        for start in range(0, len(digests), _MOST_ARGUMENTS):
            clone.line("lfs", "push", "--object-id", "origin", *digests[start : start + _MOST_ARGUMENTS])

    def _commit(self, clone: Git, head: _Head, tree: str) -> str:
        """A commit of `tree` on top of the branch, tagged; the head itself if that is what it holds."""
        _refuse_nameless(clone)
        message = f"{self.release.name} {self.release.version}\n".encode()
        if head.commit and _tree_of(clone, head.commit) == tree:
            commit = head.commit
        else:
            parents = ("-p", head.commit) if head.commit else ()
            commit = clone.line("commit-tree", tree, *parents, given=message)
        clone.line("tag", "--annotate", "--file=-", self.release.tag, commit, given=message)
        return commit

    def _push(self, clone: Git, head: _Head, commit: str) -> None:
        self.report("push")
        tag = f"refs/tags/{self.release.tag}"
        try:
            clone.line(
                "push", "--quiet", "--atomic", "--no-verify", "origin", f"{commit}:{head.branch}", f"{tag}:{tag}"
            )
        except GitError as error:
            lines = (line.partition("\t") for line in clone.line("ls-remote", "origin").splitlines())
            now = {name: commit for commit, _, name in lines}
            if now.get(head.branch) != head.commit or tag in now:
                raise _MovedError(error.by, error.lines, error.code) from error
            raise

    def _read_back(self, name: str, commit: str, tree: str, large: list[FileEntry]) -> None:
        """Clones the tag, and fetches the large files that were sent.

        Git and git-lfs compare what they fetch with the digests that they ask for. Large files that were there before
        were read back when they were sent; they are taken as being there by laying them into the clone.
        """
        self.report("read back")
        folder = self.outside.folder / name
        tag = f"refs/tags/{self.release.tag}"  # to clone would take a branch of that name, if there is one
        kind = "sha1" if len(commit) == 40 else "sha256"
        self.outside.line("init", "--quiet", f"--object-format={kind}", str(folder))
        clone = self.outside.at(folder)
        clone.line("remote", "add", "origin", _by_transport(self.address))
        clone.line("fetch", "--quiet", "--no-tags", "--depth=1", "origin", f"{tag}:{tag}")
        sent = {file.sha256 for file in large}
        for file in self.release.files:
            if file.path.endswith(_LARGE) and file.sha256 not in sent:
                target = _held(clone, file.sha256)
                target.parent.mkdir(parents=True, exist_ok=True)
                copyfile(self.release.folder / file.path, target)
        if sent:
            clone.line("lfs", "fetch", "--include=", "--exclude=", "origin", tag)
        held = all(_is_whole(_held(clone, file.sha256), file) for file in large)
        if _commit_of(clone, self.release.tag) != commit or _tree_of(clone, tag) != tree or not held:
            message = f"{self.address} doesn't give {self.release.tag} as it was pushed: look at it with `git clone`"
            raise OutputError(message)


def _refuse_without_programs() -> None:
    for program, words in (
        ("git", "git is not installed: install it to publish to git repositories"),
        (
            "git-lfs",
            "git-lfs is not installed, and Parquet files are kept in Git LFS: install it (https://git-lfs.com)",
        ),
    ):
        if which(program) is None:
            raise UsageError(words)


def _refuse_nameless(clone: Git) -> None:
    try:
        clone.line("var", "GIT_AUTHOR_IDENT")
        clone.line("var", "GIT_COMMITTER_IDENT")
    except GitError as error:
        remedy = "`git config --global user.name …` and `git config --global user.email …`"
        raise UsageError(f"git doesn't know who commits: tell it with {remedy}") from error


def _head(clone: Git) -> _Head:
    try:
        branch = clone.line("symbolic-ref", "--quiet", "HEAD")
    except GitError as error:
        message = "its HEAD is at a commit, and names no branch to publish to: `git symbolic-ref HEAD` there names one"
        raise UsageError(message) from error
    try:
        commit = clone.line("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except GitError:
        return _Head(branch, None, {})
    lines = clone.ask("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0")[:-1]
    found = (line.partition(b"\t") for line in lines)
    return _Head(branch, commit, {os.fsdecode(path): head.split()[2].decode("ascii") for head, _, path in found})


def _tree_of(clone: Git, revision: str) -> str | None:
    try:
        return clone.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{tree}}")
    except GitError:
        return None


def _commit_of(clone: Git, tag: str) -> str:
    return clone.line("rev-parse", "--verify", "--end-of-options", f"refs/tags/{tag}^{{commit}}")


def _entries(clone: Git, release: Release) -> dict[str, str]:
    """The objects of the release's files, written to `clone`, by path."""
    return {
        file.path: clone.line("hash-object", "-w", "--stdin", "--no-filters", given=data)
        for file, data in _contents(release)
    }


def _contents(release: Release) -> Iterator[tuple[FileEntry, bytes]]:
    """What git is given of each file."""
    for file in release.files:
        if file.path.endswith(_LARGE):
            yield file, _pointer(file)
        else:
            data = (release.folder / file.path).read_bytes()
            if sha256(data).hexdigest() != file.sha256:
                raise _changed(file)
            yield file, data


def _pointer(file: FileEntry) -> bytes:
    """What stands for a large file: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{file.sha256}\nsize {file.bytes}\n".encode()


def _write_tree(clone: Git, entries: Mapping[str, str]) -> str:
    lines = "".join(f"100644 {name}\t{path}\0" for path, name in entries.items())
    clone.line("read-tree", "--empty")
    clone.line("update-index", "-z", "--index-info", given=lines.encode())
    return clone.line("write-tree")


def _held(clone: Git, digest: str) -> Path:
    """Where git-lfs keeps the file of that digest."""
    return clone.folder / ".git/lfs/objects" / digest[:2] / digest[2:4] / digest


def _changed(file: FileEntry) -> OutputError:
    return OutputError(f"{file.path} changed since the build was verified: publish again")


def _is_whole(path: Path, file: FileEntry) -> bool:
    try:
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest() == file.sha256
    except FileNotFoundError:
        return False


def _by_transport(address: str) -> str:
    """A path as a URL: git takes from a path what it likes, and from a URL what it asks for."""
    return address if "://" in address else Path(address).absolute().as_uri()

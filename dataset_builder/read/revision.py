"""A revision of a git repository, laid out in a folder: what is stored, byte by byte, past every hook and filter.

Neither `git archive` nor a checkout will do: both convert line ends and run the filters that attributes name.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from dataset_builder.errors import UsageError
from dataset_builder.git import READING, Git, GitError

__all__ = ["lay_out_revision"]

_SECONDS = 60
_LINK, _FOLDER = "120000", "160000"  # modes: a symbolic link; a submodule, which is left out
_FORBIDDEN = frozenset(("", ".", "..", ".git"))
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*oid sha256:([0-9a-f]{64})\n(?:.*\n?)*")
_LONGEST_POINTER = 1024  # bytes, by the specification of Git LFS


class _Blob(NamedTuple):
    mode: str
    name: str  # of the object
    path: str


def lay_out_revision(repository: Path, revision: str, target: Path) -> None:
    """The files below the folder `repository`, as they were at `revision`, in the empty folder `target`.

    Files that Git LFS holds are taken from the repository's own store. Nothing is fetched.

    Raises:
        UsageError: there is no such revision, or an object isn't here.
    """
    commit = _commit(repository, revision)
    prefix = _ask(repository, "rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").rstrip("\n")
    blobs = [blob for blob in _blobs(repository, revision, f"{commit}:{prefix}") if blob.mode != _FOLDER]
    store = _large_files(repository)
    with _contents(repository, [blob.name for blob in blobs]) as stream:
        links = [(blob, data) for blob in blobs if (data := _write(stream, blob, target, store)) is not None]
    for blob, data in links:  # last, so that nothing is written through one
        (target / blob.path).symlink_to(os.fsdecode(data))


def _commit(repository: Path, revision: str) -> str:
    name = f"{revision}^{{commit}}"
    return _ask(repository, "rev-parse", "--verify", "--end-of-options", name, about=revision).decode("ascii").strip()


def _blobs(repository: Path, revision: str, tree: str) -> Iterator[_Blob]:
    """The files of a tree; paths are relative to it."""
    for line in _ask(repository, "ls-tree", "-r", "-z", "--full-tree", tree, about=revision).split(b"\0")[:-1]:
        head, _, path = line.partition(b"\t")
        mode, _, name = head.decode("ascii").split()
        shown = os.fsdecode(path)
        if not _FORBIDDEN.isdisjoint(shown.casefold().split("/")):
            message = f"the revision has a file {shown!r}, which no working tree may have"
            raise UsageError(message)
        yield _Blob(mode, name, shown)


@contextmanager
def _contents(repository: Path, names: Sequence[str]) -> Iterator[IO[bytes]]:
    """What `git cat-file --batch` says of the objects."""
    with TemporaryFile() as wanted:
        wanted.write("".join(f"{name}\n" for name in names).encode("ascii"))
        wanted.seek(0)
        with _git(repository).answering("cat-file", "--batch", questions=wanted) as stream:
            yield stream


def _write(stream: IO[bytes], blob: _Blob, target: Path, store: Path) -> bytes | None:
    """Writes the next object to its place; where it is a symbolic link, gives back what that leads to."""
    head = stream.readline().split()
    if len(head) != 3 or head[1] != b"blob":
        message = f"git doesn't have the contents of {blob.path!r}: the repository is damaged, or only in part here"
        raise UsageError(message)
    size = int(head[2])
    data = stream.read(size)
    stream.read(1)
    if blob.mode == _LINK:
        return data
    path = target / blob.path
    path.parent.mkdir(parents=True, exist_ok=True)
    found = _POINTER.fullmatch(data) if size < _LONGEST_POINTER else None
    if found:
        _fetch(store, found[1].decode("ascii"), blob.path, path)
    else:
        path.write_bytes(data)
    return None


def _fetch(store: Path, digest: str, name: str, path: Path) -> None:
    """Copies what Git LFS holds under `digest`."""
    held = store / digest[:2] / digest[2:4] / digest
    if not held.is_file():
        message = f"{name!r} is held by Git LFS and isn't here: run `git lfs fetch` for that revision"
        raise UsageError(message)
    copyfile(held, path)
    with path.open("rb") as copied:
        if file_digest(copied, "sha256").hexdigest() != digest:
            message = f"{name!r} is damaged in the store of Git LFS: run `git lfs fsck`"
            raise UsageError(message)


def _large_files(repository: Path) -> Path:
    common = os.fsdecode(_ask(repository, "rev-parse", "--git-common-dir").rstrip(b"\n"))
    return repository / common / "lfs" / "objects"


def _git(repository: Path) -> Git:
    return Git(folder=repository, manner=READING)


def _ask(repository: Path, *arguments: str, about: str | None = None) -> bytes:
    """What git prints.

    Raises:
        UsageError: it fails; `about` is what was asked for.
    """
    try:
        return _git(repository).ask(*arguments, seconds=_SECONDS)
    except GitError as error:
        named = f"{about!r} is neither a folder nor a revision of {repository}: " if about is not None else ""
        said = error.lines[0] if error.lines else error.said
        message = f"{named}git says {said!r}"
        raise UsageError(message) from error

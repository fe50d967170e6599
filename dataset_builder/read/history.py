"""Former revisions of a project's files, out of the git repository that holds it. Read only, and never fetched."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from dataset_builder.errors import UsageError
from dataset_builder.git import READING, Git

__all__ = ["History"]

_MOST = 200  # revisions of one file that are looked at, newest first
_SECONDS = 30


class History:
    """What git has of the files of the project at `root`; nothing where there is no repository, or no git.

    No setting of the user or of the environment has a say, no hook and no helper is run, nothing is fetched.
    """

    def __init__(self, root: Path, limit: int) -> None:
        self._git, self._limit = Git(folder=root, manner=READING), limit  # bytes of a revision that is looked at

    def find(self, file: str, digest: str) -> bytes | None:
        """The revision of `file` with that SHA-256; None if there is none among the newest 200."""
        for name in self._blobs(file):
            data = self._run("cat-file", "blob", name)
            if data is not None and sha256(data).hexdigest() == digest:
                return data
        return None

    def _blobs(self, file: str) -> Iterator[str]:
        """The names of the objects that hold revisions of `file`, newest first, each once."""
        revisions = self._run("rev-list", f"--max-count={_MOST}", "HEAD", "--", file)
        if not revisions or "\n" in file:
            return
        wanted = "".join(f"{revision}:./{file}\n" for revision in revisions.decode("ascii").split())
        found = self._run("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", given=wanted) or b""
        lines = (line.split() for line in found.decode("utf-8", "replace").splitlines())
        blobs = (line[0] for line in lines if line[1:2] == ["blob"] and int(line[2]) <= self._limit)
        yield from dict.fromkeys(blobs)

    def _run(self, *arguments: str, given: str = "") -> bytes | None:
        """What git prints; None where it fails, for whatever reason."""
        try:
            return self._git.ask(*arguments, given=given.encode("utf-8", "surrogateescape"), seconds=_SECONDS)
        except UsageError:
            return None

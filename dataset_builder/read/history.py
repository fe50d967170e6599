"""Former revisions of a project's files, out of the git repository that holds it. Read only, and never fetched."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

__all__ = ["History"]

_MOST = 200  # revisions of one file that are looked at, newest first
_SECONDS = 30
_SETTINGS = (
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    "--literal-pathspecs",
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "protocol.allow=never"),
)
_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


class History:
    """What git has of the files of the project at `root`; nothing where there is no repository, or no git.

    No setting of the user or of the environment has a say, no hook and no helper is run, nothing is fetched.
    """

    def __init__(self, root: Path, limit: int) -> None:
        self._root, self._limit = root, limit  # bytes of a revision that is looked at
        self._git = shutil.which("git")

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
        if self._git is None:
            return None
        try:
            done = subprocess.run(  # noqa: S603 - no shell, and the arguments are ours but for a path behind `--`
                (self._git, *_SETTINGS, *arguments),
                cwd=self._root,
                env=_environment(os.environ),
                input=given.encode("utf-8", "surrogateescape"),
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, ValueError, subprocess.SubprocessError):
            return None
        return done.stdout if done.returncode == 0 else None


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if not name.startswith("GIT_")} | _ENVIRONMENT

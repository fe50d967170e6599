"""Git, with the user's own settings and credentials, but none of the surroundings' repositories and hooks."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from dataset_builder.errors import StorageError, UsageError
from dataset_builder.model.location import shown_url

__all__ = ["Git", "GitError", "refuse_without_git"]

# What ties git to the repository that it is called in, as in a hook.
_SURROUNDINGS = frozenset(
    (
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_TEMPLATE_DIR",
        "GIT_WORK_TREE",
    )
)
_SETTINGS = (
    "--no-pager",
    "--no-replace-objects",
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "advice.detachedHead=false"),
    *("-c", "gc.auto=0"),
)

_TELLING = ("fatal:", "error:", "! [", "remote: error", "batch response:")


class GitError(StorageError):
    """Git ended with an error; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Git:
    """Runs git in one folder."""

    folder: Path

    def __call__(self, *arguments: str, data: bytes = b"") -> str:
        """What git prints, without the last line's end.

        Raises:
            GitError: it ends with an error.
        """
        return self.bytes(*arguments, data=data).decode("utf-8", "replace").rstrip("\n")

    def bytes(self, *arguments: str, data: bytes = b"") -> bytes:
        """What git prints, as it is."""
        try:
            done = subprocess.run(  # noqa: S603 - no shell; what the user names stands behind "--", or is checked
                ["git", *_SETTINGS, *arguments],  # noqa: S607 - git is where the user has it
                cwd=self.folder,
                env=_environment(),
                input=data,
                capture_output=True,
                check=False,
            )
        except OSError as error:
            message = f"git can't be run: {error.strerror or error}"
            raise StorageError(message) from error
        if done.returncode:
            raise GitError(_said(done.stderr) or f"git {arguments[0]} ended with {done.returncode}")
        return done.stdout


def refuse_without_git() -> None:
    """Nothing, where git and its extension for large files are installed.

    Raises:
        UsageError: one of them isn't.
    """
    for command, words in (
        ("git", "git is not installed: install it to publish to git repositories"),
        (
            "git-lfs",
            "git-lfs is not installed, and Parquet files are kept in Git LFS: install it (https://git-lfs.com)",
        ),
    ):
        if shutil.which(command) is None:
            raise UsageError(words)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _SURROUNDINGS}
    # Where nobody can answer, a question for a password would wait for good.
    asking = {} if sys.stdin is not None and sys.stdin.isatty() else {"GIT_TERMINAL_PROMPT": "0"}
    return {**kept, **asking, "LC_ALL": "C", "GIT_ALLOW_PROTOCOL": "file:https:ssh"}


def _said(stderr: bytes) -> str:
    """What of git's words says most, in one line, and without what may be a secret."""
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(_TELLING)]
    return shown_url("; ".join(dict.fromkeys(telling or lines[-1:])))

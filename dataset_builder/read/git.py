"""Git, asked in such a way that nobody else has a say: no settings of the user or of the environment, no hooks."""

import os
import shutil
from collections.abc import Mapping

__all__ = ["environment", "git_command"]

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


def git_command(*arguments: str) -> tuple[str, ...] | None:
    """The command line that runs git with `arguments`; None where there is no git."""
    git = shutil.which("git")
    return (git, *_SETTINGS, *arguments) if git else None


def environment(given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """`given` with nothing in it that steers git but what is meant to."""
    return {name: value for name, value in given.items() if not name.startswith("GIT_")} | _ENVIRONMENT

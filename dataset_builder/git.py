"""Git, run in one place. What its user and the surroundings have a say in is a setting: a `Manner`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import IO

from dataset_builder.errors import UsageError
from dataset_builder.model.location import shown_url

__all__ = ["COMMITTING", "PUBLISHING", "READING", "Git", "GitError", "Manner"]

_PREFIX = "GIT_"
# What ties git to the repository that it is called in, as in a hook or an alias, what has it read paths as
# patterns, and of which kind it makes new ones.
_SURROUNDINGS = frozenset(
    (
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_DEFAULT_HASH",
        "GIT_DIR",
        "GIT_GLOB_PATHSPECS",
        "GIT_GRAFT_FILE",
        "GIT_ICASE_PATHSPECS",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NAMESPACE",
        "GIT_NOGLOB_PATHSPECS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_TEMPLATE_DIR",
        "GIT_WORK_TREE",
    )
)
_ALWAYS = ("--no-pager", "--no-replace-objects", "-c", "core.fsmonitor=false")
_NO_HOOKS = ("-c", "core.hooksPath=/dev/null")
_ON_PATHS = ("--no-optional-locks", "--literal-pathspecs")
_TELLING = ("fatal:", "error:", "! [", "remote: error", "batch response:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How git is run."""

    purpose: str  # what git is needed for, where there is none
    settings: tuple[str, ...]  # before the command
    variables: Mapping[str, str]
    user: bool = True  # the user's settings and variables have a say
    asks: bool = False  # whoever sits at a terminal may be asked for a password


READING = Manner(
    purpose="revisions are read by it: install it, or name folders of builds",
    settings=(*_ON_PATHS, *_NO_HOOKS),
    variables={
        "GIT_ALLOW_PROTOCOL": "none",  # unlike the setting protocol.allow, no setting of a repository overrides it
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
    },
    user=False,
)
"""Nobody else has a say: no settings of the user but whose folders they trust, no hooks; nothing is fetched."""

COMMITTING = Manner(
    purpose="releases are made with it: install it",
    settings=_ON_PATHS,
    variables={"GIT_NO_LAZY_FETCH": "1", "GIT_EDITOR": ":", "LC_ALL": "C.UTF-8"},
)
"""As its user runs it: with their name, their settings, their hooks and their key."""

PUBLISHING = Manner(
    purpose="git repositories are published to with it: install it",
    settings=(*_NO_HOOKS, "-c", "advice.detachedHead=false", "-c", "gc.auto=0"),
    variables={"GIT_ALLOW_PROTOCOL": "file:https:ssh", "LC_ALL": "C"},
    asks=True,
)
"""With the user's settings and credentials, but no hooks."""


class GitError(UsageError):
    """Git doesn't do what it was asked for.

    Attributes:
        by: the command or the hook.
        lines: what it said, without what may be a secret.
        code: what it ended with.
    """

    def __init__(self, by: str, lines: tuple[str, ...], code: int) -> None:
        self.by, self.lines, self.code = by, lines, code
        super().__init__(f"`{by}` fails: {self.said}")

    @property
    def said(self) -> str:
        """What it said, in one line."""
        return "; ".join(self.lines[:6]) or f"it ends with {self.code} and says nothing"

    @property
    def gist(self) -> str:
        """What says most of it."""
        telling = [line for line in self.lines if line.startswith(_TELLING)]
        return "; ".join(dict.fromkeys(telling or self.lines[-1:])) or f"{self.by} ended with {self.code}"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.by, self.lines, self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """Runs git in a folder, in one manner, with variables set that say more."""

    folder: Path
    manner: Manner
    variables: Mapping[str, str] = field(default_factory=dict)

    def having(self, **variables: str) -> "Git":
        """The same, with more variables set."""
        return replace(self, variables={**self.variables, **variables})

    def at(self, folder: Path) -> "Git":
        """The same in another folder."""
        return replace(self, folder=folder)

    def ask(self, *arguments: str, given: bytes = b"", apart: bool = False, seconds: float | None = None) -> bytes:
        """What git prints. `apart`, it isn't reached by what interrupts this process.

        Raises:
            GitError: it fails.
            UsageError: there is no git, it can't be run, or it takes more than `seconds`.
        """
        command = self._command(arguments)
        try:
            done = subprocess.run(  # noqa: S603 - no shell; what the user names stands behind "--", or is checked
                command,
                cwd=self.folder,
                env=self._environment(),
                input=given,
                capture_output=True,
                check=False,
                start_new_session=apart,
                timeout=seconds,
            )
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            message = f"git can't be asked: {error}"
            raise UsageError(message) from error
        if done.returncode:
            raise GitError(_shown(arguments), _lines(done.stderr), done.returncode)
        return done.stdout

    def line(self, *arguments: str, given: bytes = b"") -> str:
        """What git prints, one line."""
        return os.fsdecode(self.ask(*arguments, given=given)).removesuffix("\n")

    def names(self, *arguments: str) -> tuple[str, ...]:
        """What git prints, parted by NUL."""
        return tuple(os.fsdecode(self.ask(*arguments)).split("\0")[:-1])

    def setting(self, name: str) -> bool:
        """Whether a setting of the user or of the repository is switched on."""
        try:
            return self.line("config", "--type=bool", "--get", name) == "true"
        except GitError:  # it isn't set
            return False

    @contextmanager
    def answering(self, *arguments: str, questions: IO[bytes]) -> Iterator[IO[bytes]]:
        """What git prints while it reads `questions`; it ends with the context."""
        with subprocess.Popen(  # noqa: S603 - no shell, and the arguments are ours
            self._command(arguments),
            cwd=self.folder,
            env=self._environment(),
            stdin=questions,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            if process.stdout is None:
                raise AssertionError
            try:
                yield process.stdout
            finally:
                process.kill()

    def _command(self, arguments: tuple[str, ...]) -> tuple[str, ...]:
        program = shutil.which("git")
        if program is None:
            message = f"git is not installed, and {self.manner.purpose}"
            raise UsageError(message)
        trusted = () if self.manner.user else _trusted(program, tuple(os.environ.get(name) for name in _OF_SETTINGS))
        return (program, *_ALWAYS, *self.manner.settings, *trusted, *arguments)

    def _environment(self) -> dict[str, str]:
        """The variables that git gets. Where nobody can answer, a question for a password would wait for good."""
        own = {**self.manner.variables, **self.variables}
        if not (self.manner.asks and sys.stdin is not None and sys.stdin.isatty()):
            own["GIT_TERMINAL_PROMPT"] = "0"
        return {name: value for name, value in os.environ.items() if self._hands_on(name)} | own

    def _hands_on(self, name: str) -> bool:
        return name not in _SURROUNDINGS if self.manner.user else not name.startswith(_PREFIX)


_OF_SETTINGS = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM", "HOME", "XDG_CONFIG_HOME")


@cache
def _trusted(program: str, _: tuple[str | None, ...]) -> tuple[str, ...]:
    """The folders of other owners that the user has told git to trust, as settings: that is theirs alone to say."""
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and the arguments are ours
            (program, "config", "-z", "--get-all", "safe.directory"),
            cwd=os.sep,
            env={name: value for name, value in os.environ.items() if name not in _SURROUNDINGS}
            | {"GIT_DIR": os.devnull},
            capture_output=True,
            check=False,
        )
    except OSError:
        return ()
    found = os.fsdecode(done.stdout).split("\0")[:-1]
    return tuple(part for folder in found for part in ("-c", f"safe.directory={folder}"))


def _shown(arguments: tuple[str, ...]) -> str:
    """The command, without settings and options; of a hook its name."""
    plain = list(arguments)
    while plain[:1] == ["-c"]:
        del plain[:2]
    if plain[:2] == ["hook", "run"]:
        return f"git hook run {next(each for each in plain[2:] if not each.startswith('-'))}"
    return f"git {plain[0]}"


def _lines(said: bytes) -> tuple[str, ...]:
    return tuple(shown_url(line.strip()) for line in said.decode("utf-8", "replace").splitlines() if line.strip())

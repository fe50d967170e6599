"""Git as its user runs it: with their name, their settings and their key; `read` has git past all settings."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dataset_builder.errors import UsageError
from dataset_builder.model.release import Refusal

__all__ = ["Git", "RefusedError"]

# Set where a hook or an alias of another repository runs us; the repository that is meant is the project's.
_OF_A_REPOSITORY = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
)
_ALWAYS = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_EDITOR": ":", "LC_ALL": "C.UTF-8"}
_SETTINGS = (
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    "--literal-pathspecs",
    "-c",
    "core.fsmonitor=false",
)


class RefusedError(UsageError):
    """Git doesn't do what it was asked for.

    Attributes:
        refusal: what it said.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"`{refusal.by}` fails: {refusal.said}")
        self.refusal = refusal

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.refusal,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """Runs git in a folder, with variables set that say more."""

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def having(self, **variables: str) -> "Git":
        """The same, with more variables set."""
        return Git(folder=self.folder, variables={**self.variables, **variables})

    def at(self, folder: Path) -> "Git":
        """The same in another folder."""
        return Git(folder=folder, variables=self.variables)

    def ask(self, *arguments: str, given: bytes = b"", apart: bool = False) -> bytes:
        """What git prints. `apart`, it isn't reached by what interrupts this process.

        Raises:
            RefusedError: it fails.
            UsageError: there is no git.
        """
        program = shutil.which("git")
        if program is None:
            message = "git is not installed, and releases are made with it: install it"
            raise UsageError(message)
        try:
            done = subprocess.run(  # noqa: S603 - no shell, and the arguments are ours
                (program, *_SETTINGS, *arguments),
                cwd=self.folder,
                env=self._environment(),
                input=given,
                capture_output=True,
                check=False,
                start_new_session=apart,
            )
        except OSError as error:
            message = f"git can't be run: {error}"
            raise UsageError(message) from error
        if done.returncode:
            raise RefusedError(Refusal(by=_shown(arguments), said=_words(done.stderr, done.returncode)))
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
        except RefusedError:  # it isn't set
            return False

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _OF_A_REPOSITORY}
        return {**kept, **_ALWAYS, **self.variables}


def _shown(arguments: tuple[str, ...]) -> str:
    """The command, without settings and options; of a hook its name."""
    plain = list(arguments)
    while plain[:1] == ["-c"]:
        del plain[:2]
    if plain[:2] == ["hook", "run"]:
        return f"git hook run {next(each for each in plain[2:] if not each.startswith('-'))}"
    return f"git {plain[0]}"


def _words(said: bytes, code: int) -> str:
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    return "; ".join(lines[:6]) or f"it ends with {code} and says nothing"

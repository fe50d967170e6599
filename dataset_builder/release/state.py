"""The repository as it is before a release."""

import os
from collections.abc import Sequence
from pathlib import Path

from dataset_builder.git import Git, GitError
from dataset_builder.model.release import Refusal, Repository

__all__ = ["look_at"]

_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "BISECT_LOG": "a bisection",
}
_READ = (".txt", ".json", ".jsonl", ".gz", ".zst")  # endings of files that hold sources


def look_at(git: Git, sources: Sequence[str], made: str | None = None) -> Repository:
    """What git says of the project in the folder of `git`, and of the folders of its `sources`, relative to it.

    Files whose paths begin with `made`, relative to the project, are made by the tool: they don't count as changes.

    Raises:
        UsageError: git isn't installed.
    """
    try:
        top = git.line("rev-parse", "--show-toplevel")
        prefix = git.line("rev-parse", "--show-prefix")
    except GitError as error:
        return Repository(problem=error.said)
    try:
        head = git.line("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except GitError:
        return Repository(problem="it has no commit yet")
    return Repository(
        top=top,
        prefix=prefix,
        head=head,
        branch=_branch(git),
        changed=_changed(git.at(Path(top)), made and f"{prefix}{made}"),
        ignored=_ignored(git, sources),
        operation=_operation(git),
        identity=_identity(git),
        shallow=git.line("rev-parse", "--is-shallow-repository") == "true",
        tags=_tags(git),
        merged=_tags(git, f"--merged={head}"),
    )


def _branch(git: Git) -> str | None:
    try:
        return git.line("symbolic-ref", "--quiet", "HEAD")
    except GitError:
        return None


def _changed(git: Git, made: str | None) -> tuple[str, ...]:
    """All that `git status` would list, but for what is made."""
    lines = git.names("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames")
    return tuple(sorted(line[3:] for line in lines if not (made and line.startswith(f"?? {made}"))))


def _ignored(git: Git, sources: Sequence[str]) -> tuple[str, ...]:
    """Sources that no commit would hold. Hidden files, as hydrated texts, are meant to be ignored."""
    if not sources:
        return ()
    found = git.names("ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", *sources)
    return tuple(
        sorted(
            path for path in found if path.endswith(_READ) and not any(part.startswith(".") for part in path.split("/"))
        )
    )


def _operation(git: Git) -> str | None:
    for name, words in _UNDER_WAY.items():
        if (git.folder / git.line("rev-parse", "--git-path", name)).exists():
            return words
    return None


def _identity(git: Git) -> Refusal | None:
    try:
        git.line("var", "GIT_COMMITTER_IDENT")
        git.line("var", "GIT_AUTHOR_IDENT")
    except GitError as error:
        return Refusal(by=error.by, said=error.said)
    return None


def _tags(git: Git, *which: str) -> tuple[str, ...]:
    listed = git.ask("for-each-ref", "--format=%(refname:lstrip=2)", *which, "refs/tags")
    return tuple(os.fsdecode(listed).splitlines())

"""Where a release goes, as it is named."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from dataset_builder.errors import UsageError
from dataset_builder.model.location import is_url, normal_url, shown_url, url_problem

__all__ = ["Target", "target_of"]

Kind: TypeAlias = Literal["folder", "git", "hub", "store"]

_GIT = re.compile(r"git\+(file|https|ssh)://")
_REPOSITORY = re.compile(r"hf://datasets/([\w.-]+/[\w.-]+)")
_UNUSABLE = re.compile(r"[\\\x00-\x20\x7f?#]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A place to publish to."""

    kind: Kind
    name: str  # as it may be told
    address: str  # a path, what git takes, OWNER/NAME, a URL


def target_of(given: str) -> Target:
    """The place that `given` names.

    Raises:
        UsageError: it can't be used.
    """
    if not given or "\0" in given:
        message = "a target needs a name: a folder, git+ssh://…, git+https://…, git+file://…, hf://datasets/…, s3://…"
        raise UsageError(message)
    if not is_url(given):
        kind: Kind = "git" if given.rstrip("/").endswith(".git") else "folder"
        return Target(kind=kind, name=given, address=str(Path(given).resolve()))
    if given.startswith("git+"):
        return _git(normal_url(given))
    problem = url_problem(given)
    if problem:
        also = "; and git+ssh://, git+https:// and git+file://" if "isn't known" in problem else ""
        raise _refused(given, problem + also)
    url = normal_url(given)
    if url.startswith("file://"):
        return Target(kind="folder", name=url, address=url.removeprefix("file://"))
    if url.startswith("hf://"):
        return _hub(url)
    return Target(kind="store", name=url, address=url)


def _git(url: str) -> Target:
    """A token in an address would be shown by whatever lists processes."""
    found = _GIT.match(url)
    if not found:
        raise _refused(url, "of a kind that isn't known: git is reached by git+ssh://, git+https:// and git+file://")
    host, _, path = url[found.end() :].partition("/")
    user = host.rpartition("@")[0]
    if ":" in user or (user and found[1] != "ssh"):
        raise _refused(url, "with credentials in it: take them out; git has its own ways to find them")
    if _UNUSABLE.search(url) or not path or bool(host) == (found[1] == "file"):
        raise _refused(url, "that names no repository")
    return Target(kind="git", name=url, address=url.removeprefix("git+"))


def _hub(url: str) -> Target:
    found = _REPOSITORY.fullmatch(url)
    if not found:
        raise _refused(
            url, "that names no dataset: the Hub's are hf://datasets/OWNER/NAME, without a revision or a path"
        )
    return Target(kind="hub", name=url, address=found[1])


def _refused(url: str, problem: str) -> UsageError:
    return UsageError(f'"{shown_url(url)}" is a URL {problem}')

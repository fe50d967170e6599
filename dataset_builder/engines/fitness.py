"""Whether a cluster's workers can do the work of this process: the same versions, the same folders."""

import os
import socket
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from dataset_builder.errors import UsageError

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["explain_versions", "own_versions", "refuse_unfit"]

_PACKAGES = ("dataset-builder", "pyarrow")  # what decides the bytes of a build
_MOST_NAMED = 5  # workers, where more have a fault


def own_versions() -> dict[str, str]:
    """The versions of this process on which the bytes of a build depend, by name."""
    return {"Python": f"{sys.version_info.major}.{sys.version_info.minor}"} | {
        name: _installed(name) for name in _PACKAGES
    }


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def explain_versions(theirs: Mapping[str, str], ours: Mapping[str, str]) -> str | None:
    """How the versions of a worker differ from ours; None where they don't."""
    differing = [f"{name} {theirs[name]} in place of {ours[name]}" for name in ours if theirs[name] != ours[name]]
    return f"it has {', '.join(differing)}" if differing else None


def refuse_unfit(client: "Client", same: Path, folders: Iterable[Path]) -> None:
    """Nothing, if every worker has our versions, sees the file `same` as it is here, and can write to `folders`.

    Each worker reads what this process wrote to each folder, and writes what this process then looks for.

    Raises:
        UsageError: a worker can't do the work.
    """
    ours = own_versions()
    found = client.get_versions(packages=list(_PACKAGES))["workers"]
    _refuse({address: explain_versions(_versions_of(each), ours) for address, each in found.items()})
    folders = list(folders)
    token = uuid4().hex
    marks = [folder / f".probe-{token}" for folder in folders]
    try:
        for mark in marks:
            mark.write_text(token)
        asked = (os.fspath(same), sha256(same.read_bytes()).hexdigest(), list(map(os.fspath, folders)), token)
        answers: dict[str, Any] = client.run(_probe, *asked, on_error="return")
        _refuse({address: _explain_answer(answer, folders, token) for address, answer in answers.items()})
    finally:
        for folder in folders:
            for left in folder.glob(f".probe-{token}*"):
                with suppress(OSError):
                    left.unlink()


def _versions_of(worker: Mapping[str, Any]) -> dict[str, str]:
    """As `own_versions`, of what Dask says about a worker."""
    packages = worker["packages"]
    return {"Python": ".".join(packages["python"].split(".")[:2])} | {
        name: packages.get(name) or "not installed" for name in _PACKAGES
    }


def _probe(same: str, digest: str, folders: list[str], token: str) -> tuple[str, str | None]:
    """On a worker: the name of the file that it wrote to each folder, and what it can't do."""
    mine = f".probe-{token}-{socket.gethostname()}-{os.getpid()}"
    try:
        if sha256(Path(same).read_bytes()).hexdigest() != digest:
            return mine, f"it sees another {same}"
    except OSError as error:
        return mine, f"it can't read {same}: {error.strerror}"
    for folder in folders:
        try:
            if Path(folder, f".probe-{token}").read_text() != token:
                return mine, f"it sees another {folder}"
            Path(folder, mine).write_text(token)
        except OSError as error:
            return mine, f"it can't read and write {folder}: {error.strerror}"
    return mine, None


def _explain_answer(answer: Any, folders: list[Path], token: str) -> str | None:
    if isinstance(answer, BaseException):
        return f"it can't be asked: {type(answer).__name__}: {answer}"
    name, reason = answer
    unseen = next((folder for folder in folders if not reason and not _holds(folder / name, token)), None)
    return f"what it writes to {unseen} isn't seen here" if unseen else reason


def _holds(path: Path, token: str) -> bool:
    try:
        return path.read_text() == token
    except OSError:
        return False


def _refuse(complaints: Mapping[str, str | None]) -> None:
    """Names the workers that have something to complain of.

    Raises:
        UsageError: there is one.
    """
    said = {address: reason for address, reason in sorted(complaints.items()) if reason}
    if not said:
        return
    lines = [f"  {address}: {reason}" for address, reason in list(said.items())[:_MOST_NAMED]]
    if len(said) > _MOST_NAMED:
        lines.append(f"  … and {len(said) - _MOST_NAMED} more")
    message = (
        f"{len(said)} of {len(complaints)} workers can't do this work; all need these versions, and the project and "
        "the output on a file system that they share with this machine, under the same paths:\n"
    )
    raise UsageError(message + "\n".join(lines))

"""By which names annotators are published, and the lock file that remembers them.

A pseudonym that is computed of a name is found out by whoever tries names; so pseudonyms are numbers that are given
once, and kept in the project. The order in which they are first given has to be the same everywhere: it is that of
SHA-256 of the dataset's name and the annotator's. Who has the list of all names can work it out, so that the numbers
in the lock file may be changed by hand before the first release.
"""

import json
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from dataset_builder.errors import UsageError

__all__ = ["assign_pseudonyms", "parse_pseudonyms", "render_pseudonyms"]

_VERSION = 1
_NUMBERED = re.compile(r"annotator-([1-9][0-9]*)")
_REMEDY = "restore it from git (in a merge, keep one line for each annotator)"


def assign_pseudonyms(names: Iterable[str], dataset: str, locked: Mapping[str, str]) -> dict[str, str]:
    """The pseudonym of each of `names`, whose order never shows: the locked one, else the next number.

    Numbers of annotators who are gone are given to nobody else.
    """
    last = max((int(found[1]) for found in map(_NUMBERED.fullmatch, locked.values()) if found), default=0)
    assigned: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (_digest(dataset, name), name)):
        if name in locked:
            assigned[name] = locked[name]
        else:
            last += 1
            assigned[name] = f"annotator-{last}"
    return assigned


def _digest(dataset: str, name: str) -> bytes:
    return sha256(f"{dataset}\0{name}".encode("utf-8", "surrogatepass")).digest()


def render_pseudonyms(assigned: Mapping[str, str], previous: Mapping[str, str]) -> str:
    """The lock file's text: `assigned` and what else `previous` has, one annotator a line, sorted."""
    annotators = dict(sorted({**previous, **assigned}.items()))
    return json.dumps({"version": _VERSION, "annotators": annotators}, ensure_ascii=False, indent=2) + "\n"


def parse_pseudonyms(data: bytes) -> dict[str, str]:
    """The pseudonym of each annotator, as the lock file `data` has it.

    Raises:
        UsageError: this isn't a lock file of this version, or two annotators have one pseudonym.
    """
    try:
        lock = json.loads(data.decode("utf-8"), object_pairs_hook=_unambiguous)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the lock file of the annotators can't be read: {error}; {_REMEDY}") from error
    found = lock.get("annotators") if isinstance(lock, dict) else None
    if not isinstance(found, dict) or not all(isinstance(name, str) and _is_name(name) for name in found.values()):
        raise UsageError(f"the lock file of the annotators has no object 'annotators' of names; {_REMEDY}")
    if lock.get("version") != _VERSION:
        raise UsageError(
            f"the lock file of the annotators has version {lock.get('version')!r}, and this dataset-builder reads only "
            f"{_VERSION}: use the dataset-builder that wrote it"
        )
    twice = sorted(name for name in found.values() if list(found.values()).count(name) > 1)
    if twice:
        raise UsageError(f"the lock file of the annotators gives {twice[0]!r} to two of them: give one another name")
    return found


def _is_name(name: str) -> bool:
    return bool(name) and name.isprintable() and "/" not in name


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if found.setdefault(name, value) != value:
            raise ValueError(f"{name!r} is given twice, as {found[name]!r} and as {value!r}")
    return found

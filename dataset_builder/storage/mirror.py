"""A copy on this machine of what lies in a store, brought up to date by what has changed there."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from dataset_builder.errors import StorageError
from dataset_builder.storage.names import hidden, refused_names
from dataset_builder.storage.store import Entry, Store

__all__ = ["Mirrored", "mirror"]

_AT_ONCE = 16  # requests under way; what a single one waits for is the network
_PARTIAL = ".fetching-"

_Known = dict[str, list[Any]]  # size, token, and the time of change of the copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """What was done to bring a copy up to date."""

    fetched: int = 0  # objects
    kept: int = 0
    refused: tuple[tuple[str, str], ...] = ()  # names, and why they aren't in the copy


def mirror(store: Store, folder: Path, index: Path, report: Callable[[int, int], None]) -> Mirrored:
    """`folder`, holding what `store` does: what is there already is kept, what is gone taken out.

    Names that begin with a dot are neither fetched nor taken out. `index` remembers which version of each object was
    fetched; without it all are fetched again. `report` is told how many objects are there, of how many.

    Raises:
        StorageError: the store can't be read. What was fetched by then is kept.
    """
    listed = {name: entry for name, entry in store.listing().items() if not hidden(name)}
    refused = dict(refused_names(listed))
    wanted = {name: entry for name, entry in listed.items() if name not in refused}
    folder.mkdir(parents=True, exist_ok=True)
    _take_out(folder, wanted)
    known = _read(index)
    missing = [name for name, entry in wanted.items() if not _is_here(folder / name, entry, known.get(name))]
    known = {name: known[name] for name in wanted.keys() & known.keys()}
    kept = len(wanted) - len(missing)
    try:
        for done, (name, found) in enumerate(_fetched(store, folder, missing, wanted), kept + 1):
            if isinstance(found, str):
                refused[name] = found
            else:
                known[name] = [found.size, found.token, (folder / name).stat().st_mtime_ns]
            report(done, len(wanted))
    finally:
        _write(index, known)
    return Mirrored(fetched=len(missing), kept=kept, refused=tuple(sorted(refused.items())))


def _is_here(path: Path, entry: Entry, known: list[Any] | None) -> bool:
    """Whether the copy at `path` is of just this version, and hasn't been touched."""
    if known is None or known[:2] != [entry.size, entry.token] or not entry.token:
        return False
    try:
        found = path.stat()
    except OSError:
        return False
    return [found.st_size, found.st_mtime_ns] == [entry.size, known[2]]


def _fetched(
    store: Store, folder: Path, names: list[str], entries: dict[str, Entry]
) -> Iterator[tuple[str, Entry | str]]:
    """Each object, fetched, in no promised order: what it is, or why it may not be read."""
    rest = iter(names)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fetch") as pool:

        def begin(count: int) -> set[Future[tuple[str, Entry | str]]]:
            return {pool.submit(_fetch, store, folder, name, entries[name]) for name in islice(rest, count)}

        running = begin(2 * _AT_ONCE)
        try:
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for each in done:
                    yield each.result()
                running |= begin(len(done))
        finally:
            for each in running:
                each.cancel()


def _fetch(store: Store, folder: Path, name: str, entry: Entry) -> tuple[str, Entry | str]:
    path = folder / name
    partial = path.with_name(f"{_PARTIAL}{hashlib.sha256(name.encode()).hexdigest()[:16]}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        found = store.fetch(name, entry, partial)
        partial.replace(path)
    except PermissionError as error:
        return name, str(error.strerror or error)
    except FileNotFoundError as error:
        message = f"{store.url_of(name)} was taken away while the rest was read: run this when nothing writes there"
        raise StorageError(message) from error
    finally:
        partial.unlink(missing_ok=True)
    return name, found


def _take_out(folder: Path, wanted: dict[str, Entry]) -> None:
    """Removes what the store no longer holds, and what an interrupted run left."""
    for current, folders, names in os.walk(folder, topdown=False):
        relative = Path(current).relative_to(folder)
        if any(part.startswith(".") for part in relative.parts):
            continue
        for name in names:
            stale = name.startswith(_PARTIAL) or not name.startswith(".")
            if stale and (relative / name).as_posix() not in wanted:
                Path(current, name).unlink()
        for name in folders:
            with suppress(OSError):  # it isn't empty
                Path(current, name).rmdir()


def _read(index: Path) -> _Known:
    try:
        found = json.loads(index.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(index: Path, known: _Known) -> None:
    index.parent.mkdir(parents=True, exist_ok=True)
    partial = index.with_name(f"{_PARTIAL}{index.name}")
    partial.write_text(json.dumps(known), encoding="utf-8")
    partial.replace(index)

"""A build put into a store, so that whoever reads there has the old one or the new one, whole."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from dataset_builder.errors import OutputError, StorageError
from dataset_builder.model.manifest import FileEntry
from dataset_builder.storage.store import Conflict, Entry, Store

__all__ = ["Former", "upload"]

_AT_ONCE = 4  # files under way, of which each may hold a part in memory
_DATA = "data/"

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """The build that lay there when work began."""

    entry: Entry | None = None  # of its manifest; None where there was none
    manifest: bytes = b""
    files: Mapping[str, FileEntry] = field(default_factory=dict)  # those that its manifest names, by path


def upload(  # noqa: PLR0913 - it reads as the list of what goes in
    store: Store,
    folder: Path,
    files: Sequence[FileEntry],
    *,
    manifest: str,
    former: Former,
    journal: Path,
    report: Report,
) -> int:
    """How many tables of `files`, the build in `folder`, lay in `store` already; all lie there now, none of `former`.

    First come the tables' files, whose names hold their digests: no build that stands is touched by them. Then what
    describes the build, then its `manifest`; then what only `former` named is removed. Where something fails before
    the manifest is written, what was done is undone. `journal` remembers tables' files that no manifest may name.

    Raises:
        OutputError: it could not be done. The message says what stands.
    """
    data = [file for file in files if file.path.startswith(_DATA)]
    left = _journal(journal)
    _remember(journal, left | {file.path for file in data})
    with _told_apart(store):
        job = _Upload(store, folder, manifest, former)
        with job.undone_on_failure():
            kept = job.put_data(data, report)
            job.describe(sorted(file.path for file in files if not file.path.startswith(_DATA)))
            job.put_manifest(files)
    try:
        job.remove((left | former.files.keys()) - {file.path for file in files})
    except (StorageError, OSError) as error:
        message = f"the new build stands at {store.url}, but files of former ones are left ({error}): build again"
        raise OutputError(message) from error
    journal.unlink(missing_ok=True)
    return kept


@contextmanager
def _told_apart(store: Store) -> Iterator[None]:
    """What goes wrong within, as an `OutputError`."""
    try:
        yield
    except _HalfUndone as error:
        message = f"{error.__cause__}; tables and manifest of the build that was at {store.url} are whole, but not all"
        raise OutputError(f"{message} that describes it: build again") from error
    except Conflict as error:
        message = f"{error} was written by somebody else meanwhile, and only one build may be put there at a time"
        raise OutputError(f"{message}: build again when that one is done") from error
    except (StorageError, OSError) as error:
        raise OutputError(f"{error}; the build that was at {store.url} is whole") from error


class _HalfUndone(Exception):  # noqa: N818 - a state
    """Something failed, and what was done by then could not be undone."""


class _Upload:
    """One build on its way."""

    def __init__(self, store: Store, folder: Path, manifest: str, former: Former) -> None:
        self._store, self._folder, self._manifest, self._former = store, folder, manifest, former
        self._listed = store.listing()
        self._new: list[str] = []  # what was put, or begun to be put, where nothing lay
        self._replaced: list[tuple[str, bytes, Entry]] = []  # what was put in the place of something, and that

    def put_data(self, files: Sequence[FileEntry], report: Report) -> int:
        """Puts those files that don't lie there; how many do."""
        missing = [file.path for file in files if not self._holds(file)]
        kept = len(files) - len(missing)
        report(kept, len(files))
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="upload") as pool:
            pending = [pool.submit(self._put, path) for path in missing]
            try:
                for done, each in enumerate(pending, kept + 1):
                    each.result()
                    report(done, len(files))
            finally:
                for each in pending:
                    each.cancel()
        return kept

    def _put(self, path: str) -> None:
        if path not in self._listed:
            self._new.append(path)
        self._store.put(path, self._folder / path)

    def _holds(self, file: FileEntry) -> bool:
        """Whether the store has just this file: by its checksum, or because the former build had it."""
        entry = self._listed.get(file.path)
        if entry is None or entry.size != file.bytes:
            return False
        former = self._former.files.get(file.path)
        return (former is not None and former.sha256 == file.sha256) or entry.holds(self._folder / file.path)

    def describe(self, paths: Sequence[str]) -> None:
        """Puts what changed of the files beside the tables, each only in the place of what was listed."""
        for path in paths:
            seen = self._listed.get(path)
            if seen is None or not seen.holds(self._folder / path):
                self._replace(path, seen)

    def put_manifest(self, files: Sequence[FileEntry]) -> None:
        """Puts the manifest, if it isn't the one that lies there, after all that it names is seen to be there."""
        listed = self._store.listing()
        for file in files:
            entry = listed.get(file.path)
            if entry is None or entry.size != file.bytes:
                raise Conflict(self._store.url_of(file.path))
        if self._former.manifest != (self._folder / self._manifest).read_bytes():
            self._replace(self._manifest, self._former.entry)

    def _replace(self, path: str, seen: Entry | None) -> None:
        data = (self._folder / path).read_bytes()
        before = self._store.read(path) if seen else None
        if seen and (before is None or before[1] != seen):
            raise Conflict(self._store.url_of(path))
        if before and before[0] == data:
            return
        if before is None:
            self._new.append(path)
            self._store.replace(path, data, None)
        else:
            self._replaced.append((path, before[0], self._store.replace(path, data, seen)))

    @contextmanager
    def undone_on_failure(self) -> Iterator[None]:
        """Takes back what was put, if something fails; nothing if the new manifest stands, or somebody else's."""
        try:
            yield
        except Conflict:
            # Somebody else puts a build there, and may count on tables' files that are in both. The journal has them.
            self._take_back(self._replaced, ())
            raise
        except (StorageError, OSError) as error:
            if self._stands():
                return
            if not self._take_back(self._replaced, self._new):
                raise _HalfUndone from error
            raise
        except BaseException:  # as when the user ends it
            self._take_back(self._replaced, self._new)
            raise

    def _stands(self) -> bool:
        """Whether the manifest was written though its answer was lost."""
        with suppress(StorageError, OSError):
            found = self._store.read(self._manifest)
            return found is not None and found[0] == (self._folder / self._manifest).read_bytes()
        return False

    def _take_back(self, replaced: Sequence[tuple[str, bytes, Entry]], new: Sequence[str]) -> bool:
        """Whether all is as it was."""
        try:
            if self._store.entry(self._manifest) != self._former.entry:
                return False
            for path, data, now in reversed(replaced):
                self._store.replace(path, data, now)
            listed = self._store.listing() if new else {}
            for path in new:
                if path in listed:
                    self._store.remove(path)
        except (Conflict, StorageError, OSError):
            return False
        return True

    def remove(self, paths: Iterable[str]) -> None:
        """Takes away those of `paths` that lay there."""
        for path in sorted(self._listed.keys() & set(paths)):
            self._store.remove(path)


def _journal(path: Path) -> set[str]:
    with suppress(OSError, ValueError, TypeError):
        return {name for name in json.loads(path.read_bytes()) if isinstance(name, str) and name.startswith(_DATA)}
    return set()


def _remember(path: Path, names: Iterable[str]) -> None:
    """In one step: half of it would be no memory at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(json.dumps(sorted(names)), encoding="utf-8")
    partial.replace(path)

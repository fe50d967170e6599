"""Where a build goes: a folder that is swapped in, or a place in a store that is written to, the manifest last."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dataset_builder.describe.manifest import parse_manifest
from dataset_builder.describe.statement import STATEMENT
from dataset_builder.errors import UsageError
from dataset_builder.model.location import is_url, place_of
from dataset_builder.model.manifest import FileEntry
from dataset_builder.model.project import Project
from dataset_builder.pipeline.describe import MANIFEST
from dataset_builder.pipeline.stores import usable
from dataset_builder.tables.commit import swap_in

if TYPE_CHECKING:
    from dataset_builder.storage.store import Store
    from dataset_builder.storage.upload import Former

__all__ = ["Destination", "destination_of"]

OUTGOING = ".dataset-builder/outgoing"
"""The folder in which builds that go to a store are made."""

Report = Callable[[int, int], None]


class Destination(Protocol):
    """A place that a build goes to."""

    @property
    def name(self) -> Path | str:
        """How the place is named: a path, or a URL."""

    @property
    def local(self) -> Path:
        """The build is staged beside this path."""

    def put(self, staging: Path, tables: tuple[FileEntry, ...], report: Report) -> int:
        """How many of `tables` were there already, now that the build in `staging` is in its place.

        Raises:
            OutputError: it can't be put there; the build before is whole.
        """


def destination_of(project: Project, output: Path | str | None) -> Destination:
    """Where `output` is, or what the configuration names if it is None.

    Raises:
        UsageError: the place can't be used, or holds something else than a build.
        StorageError: it can't be looked at.
    """
    named = str(output) if output is not None else project.paths.output
    if not is_url(named):
        return _folder(project, Path(output or project.root / named).absolute())
    url = usable(named)
    if url.startswith("file://"):
        return _folder(project, Path(place_of("", url)))
    return _bucket(project, url)


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder of this machine."""

    name: Path

    @property
    def local(self) -> Path:
        return self.name

    def put(self, staging: Path, tables: tuple[FileEntry, ...], report: Report) -> int:  # noqa: ARG002 - in one step
        reused = sum((self.name / file.path).is_file() for file in tables)  # the name holds the digest
        swap_in(staging, self.name)
        return reused


def _folder(project: Project, target: Path) -> _Folder:
    """A folder is replaced only where nothing but a build is lost."""
    if project.root == target or target in project.root.parents:
        message = f"{target} holds the project itself; name another folder with --output"
        raise UsageError(message)
    if target.exists() and not (target / MANIFEST).is_file() and (not target.is_dir() or any(target.iterdir())):
        message = f"{target} is not a build, and would be replaced: move it away, or name another folder with --output"
        raise UsageError(message)
    return _Folder(target)


@dataclass(frozen=True, slots=True)
class _Bucket:
    """A place in a store."""

    store: "Store"
    former: "Former"
    local: Path

    @property
    def name(self) -> str:
        return self.store.url

    def put(self, staging: Path, tables: tuple[FileEntry, ...], report: Report) -> int:  # noqa: ARG002 - the manifest has them
        from dataset_builder.storage.upload import upload

        files = (*parse_manifest((staging / MANIFEST).read_bytes()).files, _entry(staging, STATEMENT))
        journal = self.local.with_suffix(".json")
        return upload(self.store, staging, files, manifest=MANIFEST, former=self.former, journal=journal, report=report)


def _entry(staging: Path, name: str) -> FileEntry:
    data = (staging / name).read_bytes()
    return FileEntry(path=name, bytes=len(data), sha256=sha256(data).hexdigest())


def _bucket(project: Project, url: str) -> _Bucket:
    """A place in a store is written to only where there is nothing, or a build."""
    from dataset_builder.storage.store import open_store
    from dataset_builder.storage.upload import Former

    store = open_store(url)
    for source in (project.paths.articles, project.paths.annotations, project.paths.links):
        if f"{url}/".startswith(f"{source}/") or source.startswith(f"{url}/"):
            message = f"{url} and the project's own {source} overlap: name another place with --output"
            raise UsageError(message)
    local = project.root / OUTGOING / sha256(url.encode()).hexdigest()[:32]
    found = store.read(MANIFEST)
    if found is None:
        if store.listing():
            message = f"{url} holds something else than a build: name a place that holds nothing, or a build"
            raise UsageError(message)
        return _Bucket(store, Former(), local)
    try:
        manifest = parse_manifest(found[0])
    except ValueError as error:
        message = f"{store.url_of(MANIFEST)} can't be read: {error}; name a place that holds nothing, or a build"
        raise UsageError(message) from error
    return _Bucket(store, Former(entry=found[1], manifest=found[0], files=manifest.by_path), local)

"""What the build before knew, as far as it still holds: shards that need not be compiled, or nothing to do at all.

A shard is taken over where all that it was made of is as it was: the tool, the configuration, the schemas, its articles
and where they lie, and what their files hold. The last is told by stamps; where these tell nothing, by digests.
"""

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from hashlib import file_digest, sha256
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import msgspec

from dataset_builder.describe.plots.plot import PATHS
from dataset_builder.model.articles import Articles, Form, Ids
from dataset_builder.model.manifest import FileEntry
from dataset_builder.model.project import Project
from dataset_builder.model.result import BuildResult, CheckResult
from dataset_builder.model.source import Source
from dataset_builder.pipeline.card import beside
from dataset_builder.pipeline.plan import Plan, PlannedShard
from dataset_builder.pipeline.shard import ShardSummary
from dataset_builder.read.build import SIGNATURE
from dataset_builder.read.corpus import Corpus
from dataset_builder.read.files import split_name
from dataset_builder.release.citation import CITATION
from dataset_builder.state.index import Index
from dataset_builder.state.scan import UNKNOWN, Listing, changed, holds_unknown, scan, stamp_of

__all__ = ["Memory", "Recalled"]

_LIBRARIES = ("dataset-builder", "pyarrow", "orjson", "jsonschema-rs", "numpy", "regex")
_PACKAGE = Path(__file__).parents[1]
_MANY = 100_000  # files, to look at which takes longer than to start another process
_CONFIGURATIONS = ("dataset.toml", "pyproject.toml")
_Outputs = dict[str, tuple[int, int, int]]  # size, time and inode of each file of a build


class _Kept(msgspec.Struct, frozen=True):
    """A shard, as it is kept."""

    environment: bytes  # digest of what all shards depend on
    identity: bytes  # digest of the articles' ids, and of where they lie
    content: bytes  # digest of what their files hold
    summary: ShardSummary


class _Found(msgspec.Struct, frozen=True):
    """A corpus of loose files without any flaw, as it is kept."""

    names: bytes  # digest of the names of all files, and of what says which of them count
    ids: tuple[bytes, bytes]  # their parts
    forms: list[Form]
    which: bytes  # form of each article
    links: list[Source]


class _Outcome(msgspec.Struct, frozen=True):
    """What a build gave, as it is kept."""

    version: str
    tables: dict[str, dict[str, int]]
    check: CheckResult


@dataclass(frozen=True, slots=True)
class Recalled:
    """What is known of the shards of a plan, by the shard's index."""

    summaries: Mapping[int, ShardSummary] = field(default_factory=dict)
    contents: Mapping[int, bytes] = field(default_factory=dict)  # of those that stand only if their inputs hold this


class Memory:
    """What is known of the project's files, and of the build that stands in `target`."""

    def __init__(self, project: Project, cache: Path, target: Path, jobs: int | None = None) -> None:
        """Made before anything else of the project is read: what changes from now on shows the next time.

        Where there may be several processes, as `jobs` says, and many files, a second one helps to look at these.
        """
        self._project, self._target = project, target
        self._index = Index(cache / f"state-{sha256(os.fsencode(target)).hexdigest()[:16]}.sqlite")
        self._before = _now(cache)
        self._tool = _tool()
        self._old = _decode_seen(self._index.read("seen/"))
        many = sum(len(listing.stamps) for listing in self._old.values()) > _MANY * 8
        helped = many and jobs not in (None, 1)
        self._seen = scan(project.root, self._folders(), self._before, helped=helped)
        self._watched = self._watch()
        self._facts = self._index.read("of/")

    @cached_property
    def _changed(self) -> frozenset[str]:
        """The files that may not be what they were: not asked for before the first build, when it would be all."""
        return frozenset(changed(self._old, self._seen))

    def unchanged(self) -> BuildResult | None:
        """The result of the build that stands, if it would come out the same; None if that isn't certain."""
        same = self._facts.get("of/tool") == self._tool and self._facts.get("of/watched") == _encode(self._watched)
        if not self._old or not same or self._changed or UNKNOWN in self._watched.values():
            return None
        outputs = _decode(self._facts.get("of/outputs"), _Outputs)
        outcome = _decode(self._facts.get("of/outcome"), _Outcome)
        if not outputs or outcome is None or outputs != self._outputs():
            return None
        shards = sum(path.startswith("data/") for path in outputs)
        return BuildResult(
            output=self._target,
            version=outcome.version,
            tables=outcome.tables,
            written=0,
            reused=shards,
            check=outcome.check,
        )

    def corpus(self) -> Corpus | None:
        """What the project holds, if the names of its files are those that they were; None if that isn't certain."""
        found = _decode(self._facts.get("of/corpus"), _Found)
        if found is None or found.names != self._names():
            return None
        return Corpus(articles=Articles.of_table(Ids(*found.ids), found.forms, found.which), links=found.links)

    def recall(self, plan: Plan) -> Recalled:
        """What is known of the shards of `plan`."""
        kept = self._index.read("shard/")
        if not kept or plan.context.exchange:  # see `remember`
            return Recalled()
        environment, outputs = self._environment(plan), _decode(self._facts.get("of/outputs"), _Outputs) or {}
        packed = any(split_name(file)[1].startswith(".jsonl") for file in self._changed)
        altered = {split_name(file)[0] for file in self._changed}
        summaries: dict[int, ShardSummary] = {}
        contents: dict[int, bytes] = {}
        for index, shard in enumerate(plan.shards):
            known = _decode(kept.get(_name(shard)), _Kept)
            if known is None or known.environment != environment or known.identity != _identity(plan, shard):
                continue
            if not all(self._is_there(entry, outputs) for entry in known.summary.files.values()):
                continue
            if packed and known.summary.diagnostics:
                continue  # they name lines, which may be others now
            summaries[index] = known.summary
            if packed or not altered.isdisjoint(_ids(plan, shard)):
                contents[index] = known.content
        return Recalled(summaries, contents)

    def take_over(self, summary: ShardSummary, staging: Path) -> None:
        """Puts the files of a shard that is known into the build that is being made."""
        for entry in summary.files.values():
            source, path = self._target / entry.path, staging / entry.path
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source, path)
            except OSError:  # another file system, or one without links
                shutil.copyfile(source, path)

    def remember(self, plan: Plan, summaries: Sequence[ShardSummary], result: BuildResult) -> None:
        """Keeps what was made, now that it stands in its place. `summaries` are those of the plan's shards."""
        for lock in (self._project.splits.lock, self._project.annotators.lock):
            self._watched[lock] = stamp_of(self._project.root / lock, sys.maxsize)  # written just now, by us
        old = self._index.read("shard/") | self._facts
        kept = () if plan.context.exchange else plan.shards  # there, digests of texts are kept apart
        gone = [*(old.keys() - self._facts.keys() - set(map(_name, kept)))]
        gone += (f"seen/{folder}" for folder in self._old.keys() - self._seen.keys())

        def values() -> Iterator[tuple[str, bytes]]:
            found = chain(self._shards(plan, summaries), self._whole(plan, result))
            yield from ((name, value) for name, value in found if old.get(name) != value)
            changed = (folder for folder, listing in self._seen.items() if self._old.get(folder) != listing)
            yield from ((f"seen/{folder}", _encode(self._seen[folder])) for folder in changed)

        self._index.write(values, forgotten=gone)

    def _whole(self, plan: Plan, result: BuildResult) -> Iterator[tuple[str, bytes]]:
        """What to keep of the project and of the build."""
        yield "of/tool", self._tool
        yield "of/watched", _encode(self._watched)
        yield "of/outputs", _encode(self._outputs())
        tables = {name: dict(rows) for name, rows in result.tables.items()}
        yield "of/outcome", _encode(_Outcome(result.version, tables, result.check))
        if found := self._found(plan.corpus):
            yield "of/corpus", _encode(found)

    def _shards(self, plan: Plan, summaries: Sequence[ShardSummary]) -> Iterator[tuple[str, bytes]]:
        """What to keep of the shards of `plan`."""
        environment = self._environment(plan)
        made = () if plan.context.exchange else zip(plan.shards, summaries, strict=True)
        for shard, summary in made:
            yield _name(shard), _encode(_Kept(environment, _identity(plan, shard), summary.content, summary))

    def _found(self, corpus: Corpus) -> _Found | None:
        """What to keep of a corpus; None where more than names of files would tell whether it still is so."""
        flawed = (corpus.flaws, corpus.unread, corpus.duplicates, corpus.doubled_records, corpus.orphans)
        table, names = corpus.articles.table, self._names()
        if any(flawed) or table is None or names is None or any(link.size is not None for link in corpus.links):
            return None
        ids, forms, which = table
        return _Found(names, ids.parts, forms, which, corpus.links)

    def _names(self) -> bytes | None:
        """A digest of the names that files and folders have; None where one of these may be a link."""
        if any(holds_unknown(listing) for listing in self._seen.values()):
            return None
        found = sha256(self._tool + self._settings().encode())
        for folder, listing in sorted(self._seen.items()):
            found.update(f"{folder}\0{len(listing.stamps)}\0".encode("utf-8", "surrogateescape"))
            found.update(listing.names)
        return found.digest()

    def _settings(self) -> str:
        """The configuration, as far as shards depend on it."""
        project = {name: value for name, value in asdict(self._project).items() if name not in ("root", "version")}
        return json.dumps(project, sort_keys=True, default=_plain)

    def forget(self) -> None:
        """Lets go of everything that is known."""
        self._index.forget()

    def _folders(self) -> list[str]:
        paths = self._project.paths
        return list(dict.fromkeys((paths.articles, paths.annotations, paths.links, paths.schema)))

    def _watch(self) -> dict[str, int]:
        """Stamps of the files that a build depends on beside those of the corpus and the schemas."""
        project = self._project
        plots = (beside(project, path) for path in PATHS)
        locks = (project.splits.lock, project.annotators.lock)
        files = (*_CONFIGURATIONS, project.paths.card, *plots, project.paths.changelog, CITATION, *locks)
        return {file: stamp_of(project.root / file, self._before) for file in files}

    def _outputs(self) -> _Outputs:
        found = {str(path.relative_to(self._target)): path for path in sorted(_files(self._target))}
        found.pop(SIGNATURE, None)  # is put there once the build stands
        return {name: _facts(path) for name, path in found.items()}

    def _is_there(self, entry: FileEntry, outputs: _Outputs) -> bool:
        """Whether the build that stands has a file, as it was written."""
        path = self._target / entry.path
        try:
            if outputs.get(entry.path) == _facts(path):
                return True
            with path.open("rb") as stream:
                return file_digest(stream, "sha256").hexdigest() == entry.sha256
        except OSError:
            return False

    def _environment(self, plan: Plan) -> bytes:
        context = plan.context
        parts = (
            self._tool.hex(),
            self._settings(),
            json.dumps(dict(context.schemas.contents)),
            "\n".join(sorted(context.known_articles)),
            "\n".join(sorted(context.unread)),
        )
        return sha256("\0".join(parts).encode()).digest()


def _now(cache: Path) -> int:
    """The time as the file system tells it, which stamps are compared with."""
    with TemporaryFile(dir=cache) as file:
        return os.fstat(file.fileno()).st_mtime_ns


def _tool() -> bytes:
    """A digest of what does the work: this package, the libraries that it stands on, Python."""
    files = sorted(path for path in _PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc")
    stamps = [f"{path.relative_to(_PACKAGE)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    versions = [f"{name} {version(name)}" for name in _LIBRARIES]
    return sha256("\n".join([sys.version, *versions, *stamps]).encode()).digest()


def _name(shard: PlannedShard) -> str:
    return f"shard/{shard.split}/{shard.ordinal}"


def _ids(plan: Plan, shard: PlannedShard) -> Iterator[str]:
    return map(plan.corpus.articles.ids.__getitem__, shard.articles)


def _identity(plan: Plan, shard: PlannedShard) -> bytes:
    ids = list(_ids(plan, shard))
    example = plan.context.example if plan.context.example in ids else None
    forms = "\n".join(map(plan.corpus.articles.form_of, shard.articles))
    return sha256("\0".join(["\n".join(ids), forms, repr(example)]).encode("utf-8", "surrogateescape")).digest()


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _facts(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return sorted(value) if isinstance(value, frozenset | set) else str(value)


def _encode(value: Any) -> bytes:
    return msgspec.msgpack.encode(value)


def _decode(data: bytes | None, kind: Any) -> Any:
    """The value that was encoded; None where there is none, or it isn't of this kind any more."""
    try:
        return None if data is None else msgspec.msgpack.decode(data, type=kind, dec_hook=_counter)
    except (msgspec.DecodeError, TypeError, ValueError):
        return None


def _counter(kind: Any, value: Any) -> Any:
    if getattr(kind, "__origin__", kind) is Counter:
        return Counter(value)
    raise NotImplementedError(kind)


def _decode_seen(values: Mapping[str, bytes]) -> dict[str, Listing]:
    found = {name.removeprefix("seen/"): _decode(value, Listing) for name, value in values.items()}
    return {folder: listing for folder, listing in found.items() if listing is not None}

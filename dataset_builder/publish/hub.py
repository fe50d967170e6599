"""A release in a dataset repository of the Hugging Face Hub: one commit on its branch, and a tag."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias

from dataset_builder.errors import DatasetBuilderError, OutputError, StorageError, UsageError
from dataset_builder.model.location import shown_url
from dataset_builder.model.publication import Published, Release

if TYPE_CHECKING:
    from huggingface_hub import HfApi

__all__ = ["publish_to_hub"]

Report = Callable[[str], None]
Named = Callable[[bytes], Iterable[str]]
"""The paths that a manifest names."""
Trying: TypeAlias = Callable[[Callable[[], Any]], Any]
"""Calls what it is given, again where that fails for the moment."""

_KIND, _BRANCH = "dataset", "main"


def publish_to_hub(  # noqa: PLR0913 - it reads as the list of what goes in
    release: Release,
    repository: str,
    *,
    private: bool,
    named: Named,
    dry_run: bool,
    trying: Trying,
    report: Report,
) -> Published:
    """What it took to have `release` at its tag in `repository`, which is OWNER/NAME, where it is now.

    The address and the token are those of `huggingface_hub`: `HF_ENDPOINT`, `HF_TOKEN` or what `hf auth login` kept. A
    commit is made only on the commit that was looked at; if somebody else made one meanwhile, it is tried once more on
    top of that. A repository that isn't there is made, private where asked.

    Raises:
        UsageError: the tag stands for something else, the repository holds what no build put there, or is public where
            it was to be private.
        StorageError: the Hub can't be reached, or refuses.
        OutputError: what is there afterwards isn't what was meant.
    """
    from huggingface_hub import HfApi, constants

    if constants.HF_HUB_OFFLINE:
        message = "the Hub is not to be asked while HF_HUB_OFFLINE is set: unset it to publish"
        raise UsageError(message)
    job = _Job(HfApi(), release, repository, private, named, trying, report)
    with _told_apart(repository), _without_bars():
        try:
            return job.run(dry_run=dry_run)
        except _MovedError:
            return job.run(dry_run=dry_run)


class _MovedError(StorageError):
    """Somebody else has committed since the repository was looked at."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A file as the Hub has it."""

    size: int  # bytes
    digest: str  # SHA-256 of a large file, git's object of another

    def is_of(self, file: "_Own") -> bool:
        return self.size == file.size and self.digest in (file.sha256, file.blob)


@dataclass(frozen=True, slots=True)
class _Own:
    """A file as the release has it."""

    size: int  # bytes
    sha256: str
    blob: str  # the name of git's object


@dataclass(frozen=True, slots=True)
class _Job:
    api: "HfApi"
    release: Release
    repository: str
    private: bool
    named: Named
    trying: Trying
    report: Report

    def run(self, *, dry_run: bool) -> Published:
        self.report("look at what is there")
        own = _own(self.release)
        found = self._info()
        if found is None:
            if dry_run:
                return Published(written=len(own), kept=0, new=True)
            self._create()
            found = self._info()
        if found is None:
            message = f"{self._name} was made, and isn't there: look at it on the Hub"
            raise OutputError(message)
        if self.private and not found.private:
            message = f"{self._name} is public: make it private on the Hub first, or publish without --private"
            raise UsageError(message)
        tagged = self._tagged()
        if tagged is not None:
            self._refuse_another(own)
            return Published(written=0, kept=len(own), new=False, revision=tagged)
        held = self._tree(found.sha)
        travel = [path for path in own if path not in held or not held[path].is_of(own[path])]
        gone = self._gone(held, found.sha)
        done = Published(written=len(travel), kept=len(own) - len(travel), new=True)
        if dry_run:
            return done
        commit = self._commit(travel, gone, found.sha, own) if travel or gone else found.sha
        self._read_back(own, commit)  # before there is a tag, which would stay
        self._tag(commit)
        self._read_back(own, self.release.tag)
        return Published(written=done.written, kept=done.kept, new=True, revision=self._tagged())

    @property
    def _name(self) -> str:
        return f"hf://datasets/{self.repository}"

    def _info(self) -> Any:
        """The repository and the head of its branch; None where there is none that may be seen."""
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            return self.trying(lambda: self.api.repo_info(self.repository, repo_type=_KIND, revision=_BRANCH))
        except RepositoryNotFoundError:
            return None

    def _create(self) -> None:
        self.report("make the repository")
        self.trying(
            lambda: self.api.create_repo(
                self.repository, repo_type=_KIND, private=True if self.private else None, exist_ok=True
            )
        )

    def _tagged(self) -> str | None:
        """The commit that the tag leads to; None where there is no such tag."""
        refs = self.trying(lambda: self.api.list_repo_refs(self.repository, repo_type=_KIND))
        return next((ref.target_commit for ref in refs.tags if ref.name == self.release.tag), None)

    def _tree(self, revision: str) -> dict[str, _Held]:
        from huggingface_hub.hf_api import RepoFile

        def look() -> dict[str, _Held]:
            entries = self.api.list_repo_tree(self.repository, repo_type=_KIND, revision=revision, recursive=True)
            return {
                entry.path: _Held(entry.size, entry.lfs.sha256 if entry.lfs else entry.blob_id)
                for entry in entries
                if isinstance(entry, RepoFile)
            }

        found: dict[str, _Held] = self.trying(look)
        return found

    def _refuse_another(self, own: Mapping[str, _Own]) -> None:
        if _difference(own, self._tree(self.release.tag)) is not None:
            message = f"{self._name} has another {self.release.tag}, and what was published is never changed"
            raise UsageError(f"{message}: give what you have a new version")

    def _gone(self, held: Mapping[str, _Held], revision: str) -> list[str]:
        """What a former build had and this one hasn't; of what is of no build nothing is taken away."""
        wanted = self.release.by_path
        gone = sorted(held.keys() - wanted.keys())
        if not gone:
            return []
        known = set(self.named(self._read(self.release.manifest, revision))) if self.release.manifest in held else set()
        foreign = [path for path in gone if path not in known]
        if foreign:
            message = f"{self._name} holds {foreign[0]!r}, which is of no build"
            raise UsageError(f"{message}: name a repository that is empty, or that holds builds")
        return gone

    def _read(self, path: str, revision: str) -> bytes:
        def read() -> bytes:
            with TemporaryDirectory(prefix="dataset-builder-") as folder:
                got = self.api.hf_hub_download(
                    self.repository, path, repo_type=_KIND, revision=revision, local_dir=folder
                )
                return Path(got).read_bytes()

        found: bytes = self.trying(read)
        return found

    def _commit(self, travel: list[str], gone: list[str], parent: str, own: Mapping[str, _Own]) -> str:
        """The commit that was made on `parent`. Its answer may be lost: then it is looked for."""
        from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete

        self.report(f"send {len(travel)} files")
        operations: list[CommitOperationAdd | CommitOperationCopy | CommitOperationDelete] = [
            *(CommitOperationAdd(path_in_repo=path, path_or_fileobj=self.release.folder / path) for path in travel),
            *(CommitOperationDelete(path_in_repo=path) for path in gone),
        ]

        def commit() -> str:
            try:
                return self.api.create_commit(
                    self.repository,
                    operations,
                    repo_type=_KIND,
                    revision=_BRANCH,
                    parent_commit=parent,
                    commit_message=f"{self.release.name} {self.release.version}",
                ).oid
            except Exception as error:
                head = self._info()
                if head is None or head.sha == parent:
                    raise
                if _difference(own, self._tree(head.sha)) is None:
                    return str(head.sha)
                message = f"{self._name} has a commit that wasn't there when this one was begun: publish again"
                raise _MovedError(message) from error

        made: str = self.trying(commit)
        return made

    def _tag(self, commit: str) -> None:
        """A tag that is there already may be this one, its answer lost; what it leads to is read afterwards."""
        self.trying(
            lambda: self.api.create_tag(
                self.repository, tag=self.release.tag, revision=commit, repo_type=_KIND, exist_ok=True
            )
        )

    def _read_back(self, own: Mapping[str, _Own], revision: str) -> None:
        """Compares sizes and digests at `revision` with those of the release."""
        self.report("read back")
        changed = _difference(own, self._tree(revision))
        if changed is not None:
            message = f"{self._name} doesn't give {changed!r} at {revision} as it was verified"
            raise OutputError(f"{message}: publish again, and look at it on the Hub if that says the same")


def _own(release: Release) -> dict[str, _Own]:
    """The release's files by path. Git's name for a file is a SHA-1 of its length and contents."""
    return {file.path: _Own(file.bytes, file.sha256, _blob(release, file.path, file.bytes)) for file in release.files}


def _blob(release: Release, path: str, size: int) -> str:
    digest = hashlib.sha1(f"blob {size}\0".encode(), usedforsecurity=False)
    with (release.folder / path).open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _difference(own: Mapping[str, _Own], held: Mapping[str, _Held]) -> str | None:
    """The first path at which the Hub has something else; None if there is none."""
    for path in sorted(own.keys() | held.keys()):
        if path not in own or path not in held or not held[path].is_of(own[path]):
            return path
    return None


@contextmanager
def _told_apart(repository: str) -> Iterator[None]:
    """What the client raises within, as errors of ours that hold no token."""
    try:
        yield
    except DatasetBuilderError:
        raise
    except (AssertionError, AttributeError, NameError, TypeError):  # faults of a program
        raise
    except Exception as error:  # the client lets those of other packages through
        raise StorageError(f"hf://datasets/{repository}: {_told(error)}") from error


def _told(error: BaseException) -> str:
    """What went wrong, in one line, and what to do about it."""
    from huggingface_hub import get_token

    status = getattr(getattr(error, "response", None), "status_code", None)
    if status is None and error.__cause__ is not None:  # what was done, and of that what went wrong
        return f"{_line(error)} {_told(error.__cause__)}"
    text = _line(error)
    token = get_token()
    if token:
        text = text.replace(token, "…")
    if status in (401, 403):
        text += " (set HF_TOKEN to a token that may write there)"
    return text


def _line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return shown_url(" ".join(lines[:2]) or type(error).__name__)


@contextmanager
def _without_bars() -> Iterator[None]:
    """The client draws bars of its own, which would mix with ours."""
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    if are_progress_bars_disabled():
        yield
        return
    disable_progress_bars()
    try:
        yield
    finally:
        enable_progress_bars()

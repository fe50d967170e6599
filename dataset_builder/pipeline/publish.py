"""A build published: verified, taken to where others get it, and read back from there."""

import re
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from dataset_builder.describe.manifest import parse_manifest
from dataset_builder.errors import FindingsError, OutputError, UsageError
from dataset_builder.model.manifest import FileEntry
from dataset_builder.model.publication import Published, Release
from dataset_builder.model.result import Progress, PublishResult, silent
from dataset_builder.pipeline.stores import build_at
from dataset_builder.pipeline.verify import verify
from dataset_builder.pipeline.version_folders import publish_to_folder, publish_to_store
from dataset_builder.publish.git import publish_to_git
from dataset_builder.publish.target import Target, target_of
from dataset_builder.read.build import BESIDE, MANIFEST, read_manifest

__all__ = ["publish"]

# As the configuration wants it; it is also a name of a folder and of a tag.
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")


def publish(
    build: Path | str,
    target: Path | str,
    *,
    private: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> PublishResult:
    """The build at `build` as it lies at `target` now, at the tag of its version, read back from there.

    `build` is a folder or a URL. `target` is a folder, or the URL of a place in a store: it gets a folder a version. Or
    it is a git repository (`git+ssh://…`, `git+https://…`, `git+file://…`, a path that ends in `.git`), or one on the
    Hub (`hf://datasets/OWNER/NAME`): it gets a commit and a tag.

    A version that is there already is left as it is: with the same bytes there is nothing to do, with others it is
    refused. Where `dry_run`, nothing is written there.

    Raises:
        FindingsError: the build isn't what its manifest says.
        UsageError: there is no build, the target can't be used, or it has other bytes under this version.
        StorageError: the target doesn't answer, or refuses.
        OutputError: what was written isn't what is read back.
    """
    place = target_of(str(target))
    if private and place.kind != "hub":
        message = f"only a repository on the Hub is made private here: who may read {place.name} is decided there"
        raise UsageError(message)
    report = progress or silent
    with build_at(build) as folder:
        report("verify the build", 0, None)
        release = _release(folder)
        try:
            done = _taken(release, place, private=private, dry_run=dry_run, report=report)
        except OSError as error:
            message = f"{error.filename or place.name}: {error.strerror or error}"
            raise OutputError(message) from error
    return PublishResult(
        target=place.name,
        version=release.version,
        tag=release.tag,
        revision=done.revision,
        written=done.written,
        kept=done.kept,
        new=done.new,
        dry_run=dry_run,
    )


def _release(folder: Path) -> Release:
    """The build in `folder`, all of which is what its manifest says."""
    manifest = read_manifest(folder, parse_manifest)
    found = verify(folder)
    if not found.ok:
        message = f"{folder} is not what was built, so it isn't published: build it again"
        raise FindingsError(message, found)
    if not _VERSION.fullmatch(manifest.version):
        message = f"{manifest.version!r} is no version to publish: write it as Semantic Versioning does (1.0.0)"
        raise UsageError(message)
    beside = [_entry(folder, name) for name in (MANIFEST, *BESIDE) if (folder / name).is_file()]
    files = (*manifest.files, *beside)
    return Release(
        folder=folder,
        name=manifest.name,
        version=manifest.version,
        manifest=MANIFEST,
        files=tuple(sorted(files, key=lambda file: file.path)),
    )


def _entry(folder: Path, name: str) -> FileEntry:
    data = (folder / name).read_bytes()
    return FileEntry(path=name, bytes=len(data), sha256=sha256(data).hexdigest())


def _taken(release: Release, target: Target, *, private: bool, dry_run: bool, report: Progress) -> Published:
    if target.kind == "folder":
        return publish_to_folder(release, Path(target.address), dry_run=dry_run, report=report)
    if target.kind == "git":
        with TemporaryDirectory(prefix="dataset-builder-") as scratch:
            return publish_to_git(
                release,
                target.address,
                scratch=Path(scratch),
                named=_paths_of,
                dry_run=dry_run,
                report=lambda stage: report(stage, 0, None),
            )
    if target.kind == "hub":
        from dataset_builder.publish.hub import publish_to_hub
        from dataset_builder.storage.retry import Patience

        return publish_to_hub(
            release,
            target.address,
            private=private,
            named=_paths_of,
            dry_run=dry_run,
            trying=Patience(attempts=5).keep_trying,
            report=lambda stage: report(stage, 0, None),
        )
    return publish_to_store(release, target.address, dry_run=dry_run, report=report)


def _paths_of(manifest: bytes) -> tuple[str, ...]:
    """What a manifest names, and what may lie beside it; none if it can't be read, so that all counts as foreign."""
    with suppress(ValueError, RecursionError):
        return (*(file.path for file in parse_manifest(manifest).files), *BESIDE)
    return ()

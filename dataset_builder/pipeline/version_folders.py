"""Versions side by side in a folder, here or in a store: each appears whole, and is never changed."""

from pathlib import Path
from tempfile import TemporaryDirectory

from dataset_builder.errors import OutputError, UsageError
from dataset_builder.model.publication import Published, Release
from dataset_builder.model.result import Progress
from dataset_builder.publish.directory import copy_release, difference
from dataset_builder.read.build import MANIFEST
from dataset_builder.tables.commit import clear_staged, exclusive, staging_for, swap_in

__all__ = ["publish_to_folder", "publish_to_store"]

_VERSIONS = "v*"


def publish_to_folder(release: Release, folder: Path, *, dry_run: bool, report: Progress) -> Published:
    """The release as `folder/v<version>`, which appears whole, and is never changed."""
    if folder.exists() and not folder.is_dir():
        message = f"{folder} is a file: name a folder that versions are to lie in"
        raise UsageError(message)
    if (folder / MANIFEST).exists():
        message = f"{folder} is a build itself: name a folder that versions are to lie in"
        raise UsageError(message)
    new = Published(written=len(release.files), kept=0, new=True)
    if release.folder.resolve() in folder.resolve().parents:
        message = f"{folder} lies in the build itself: name a folder outside of it"
        raise UsageError(message)
    target = folder / release.tag
    if dry_run:
        return _standing(release, target) or new
    with exclusive(folder, lambda: report("wait for another run", 0, None)):
        standing = _standing(release, target)
        if standing:
            return standing
        clear_staged(folder, _VERSIONS)
        with staging_for(target) as staging:
            report("copy", 0, None)
            copy_release(release, staging)
            swap_in(staging, target)
    report("read back", 0, None)
    changed = difference(release, target)
    if changed:
        message = f"{target / changed} is not what was written to it"
        raise OutputError(message)
    return new


def _standing(release: Release, target: Path) -> Published | None:
    """What is said of a version that is there already.

    Raises:
        UsageError: it is another.
    """
    if not target.exists():
        return None
    changed = difference(release, target) if target.is_dir() else ""
    if changed is not None:
        raise _another(str(target / changed))
    return Published(written=0, kept=len(release.files), new=False)


def publish_to_store(release: Release, url: str, *, dry_run: bool, report: Progress) -> Published:
    """The release below `url/v<version>`, its manifest last: without one there is no version."""
    from dataset_builder.storage.copies import copy_all
    from dataset_builder.storage.store import open_store
    from dataset_builder.storage.upload import Former, upload

    report(f"look at {url}", 0, None)
    if open_store(url).entry(MANIFEST) is not None:
        message = f"{url} is a build itself: name a place that versions are to lie in"
        raise UsageError(message)
    store = open_store(f"{url}/{release.tag}")
    found, listed, total = store.read(MANIFEST), store.listing(), len(release.files)
    sizes = {file.path: file.bytes for file in release.files}
    changed = [path for path, entry in sorted(listed.items()) if sizes.get(path) != entry.size]
    missing = [] if found is None else sorted(sizes.keys() - listed.keys())
    if found is not None and found[0] != (release.folder / MANIFEST).read_bytes():
        changed.insert(0, MANIFEST)
    if changed and found is None:
        message = f"{store.url} holds no version, and yet {store.url_of(changed[0])}, which isn't of this one"
        raise UsageError(f"{message}: take away what an interrupted run may have left there, or raise the version")
    if changed or missing:
        raise _another(store.url_of((changed + missing)[0]))
    if found is not None:
        return Published(written=0, kept=total, new=False)
    if dry_run:
        return Published(written=total, kept=0, new=True)
    files = [file for file in release.files if file.path != MANIFEST]
    with TemporaryDirectory(prefix="dataset-builder-") as scratch:
        kept = upload(
            store,
            release.folder,
            files,
            manifest=MANIFEST,
            former=Former(),
            journal=Path(scratch, "journal.json"),
            report=lambda done, count: report("put", done, count),
        )
        report("read back", 0, None)
        copy_all(store, Path(scratch, "copy"))
        changed_path = difference(release, Path(scratch, "copy"))
    if changed_path:
        message = f"{store.url_of(changed_path)} is not what was written to it"
        raise OutputError(message)
    return Published(written=total - kept, kept=kept, new=True)


def _another(file: str) -> UsageError:
    message = f"{file} is not as in the build, and what was published is never changed"
    return UsageError(f"{message}: give what you have a new version")

"""What a project, or a build, has in stores: brought here before anything looks at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from dataset_builder.check.runner import report_flaws
from dataset_builder.errors import OutputError, UsageError
from dataset_builder.model.diagnostic import Diagnostic
from dataset_builder.model.location import MIRROR, is_remote, is_url, normal_url, place_of, shown_url, url_problem
from dataset_builder.model.project import Project
from dataset_builder.model.result import Progress, silent
from dataset_builder.pipeline.cache import cache_folder
from dataset_builder.read.files import flawed_file
from dataset_builder.tables.commit import exclusive

__all__ = ["brought_here", "build_at", "refuse_elsewhere", "usable"]


def brought_here(project: Project, progress: Progress | None) -> list[Diagnostic]:
    """What may not be read of `project`'s sources in stores, all else of which is copied to this machine by now.

    Raises:
        StorageError: a store can't be read.
        UsageError: the package that a store needs is missing.
    """
    return [found for url in _sources(project) for found in _mirrored(project, url, progress or silent)]


def _sources(project: Project) -> tuple[str, ...]:
    """The URLs of stores that hold all of the project's sources that lie in any."""
    paths = project.paths
    urls = {url for url in (paths.articles, paths.annotations, paths.links) if is_remote(url)}
    return tuple(sorted(url for url in urls if not any(url.startswith(f"{other}/") for other in urls)))


def _mirrored(project: Project, url: str, report: Progress) -> Iterator[Diagnostic]:
    from dataset_builder.storage.mirror import mirror
    from dataset_builder.storage.store import open_store

    store = open_store(url)
    root = str(project.root)
    index = Path(root, MIRROR, "index", f"{sha256(url.encode()).hexdigest()[:32]}.json")
    stage = f"fetch {url}"
    try:
        cache_folder(project)
        (project.root / MIRROR).mkdir(exist_ok=True)
        with exclusive(project.root / MIRROR, lambda: report("wait for another run", 0, None)):
            report(stage, 0, None)
            found = mirror(store, Path(place_of(root, url)), index, lambda done, total: report(stage, done, total))
    except OSError as error:
        message = f"{error.filename or project.root / MIRROR} can't be written: {error.strerror or error}"
        raise OutputError(message) from error
    for name, problem in found.refused:
        yield from report_flaws(flawed_file(f"{url}/{name}", "unreadable", f"the object can't be read: {problem}"))


@contextmanager
def build_at(place: Path | str) -> Iterator[Path]:
    """The folder that `place` is or names; of what lies in a store, a copy that is gone afterwards.

    Raises:
        StorageError: the store can't be read.
        UsageError: there is nothing, or the URL can't be used.
    """
    if isinstance(place, Path) or not is_url(place):
        yield Path(place)
        return
    url = usable(place)
    if not is_remote(url):
        yield Path(place_of("", url))
        return
    from dataset_builder.storage.copies import copy_all
    from dataset_builder.storage.store import open_store

    with TemporaryDirectory(prefix="dataset-builder-") as folder:
        if not copy_all(open_store(url), Path(folder)):
            message = f"{url} holds nothing; name a place that a build was written to"
            raise UsageError(message)
        yield Path(folder)


def usable(url: str) -> str:
    """`url` as it is written here.

    Raises:
        UsageError: it can't be used.
    """
    problem = url_problem(url)
    if problem:
        message = f'"{shown_url(url)}" is a URL {problem}'
        raise UsageError(message)
    return normal_url(url)


def refuse_elsewhere(project: Project, what: str) -> None:
    """Nothing, if the sources of `project` lie within it.

    Raises:
        UsageError: some lie elsewhere, where `what` changes nothing.
    """
    paths = project.paths
    for url in (paths.articles, paths.annotations, paths.links):
        if is_url(url):
            message = f"{url} is only read: {what} a copy of it that lies within the project, and put that there"
            raise UsageError(message)

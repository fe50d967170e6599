"""What a plan needs to know of every article's metadata, read a stretch of articles at a time."""

from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from dataset_builder.model.articles import Articles
from dataset_builder.model.project import Project
from dataset_builder.model.result import Progress
from dataset_builder.model.source import Source
from dataset_builder.pipeline.workers import Workers
from dataset_builder.read.files import Reader

__all__ = ["has_metadata", "stated"]

_STRETCH = 4096  # articles in a task
_LIGHT = 16  # articles whose metadata is read while one is compiled
_WORTH_A_PROCESS = 32_000  # articles, that is; where a project has fewer, starting one takes longer than it saves


def stated(project: Project, articles: Articles, name: str, workers: Workers, report: Progress) -> list[str]:
    """What each article's metadata says under `name`; its id where that is no string."""
    found: list[str] = []
    shared: dict[str, str] = {}  # one string for all articles that say the same
    with closing(_run(_Values, (project.root, name), articles, workers)) as stretches:
        for values in stretches:
            ids = articles.ids[len(found) : len(found) + len(values)]
            found += [shared.setdefault(value, value) if value else id_ for value, id_ in zip(values, ids, strict=True)]
            report("read", len(found), len(articles))
    return found


def has_metadata(project: Project, articles: Articles, workers: Workers) -> bool:
    """Whether an article's metadata has a property beside those that the compiler reads itself."""
    fields = project.fields
    own = frozenset((fields.id, fields.text, fields.sha256, fields.length, fields.rights))
    with closing(_run(_Others, (project.root, own), articles, workers)) as stretches:
        return any(stretches)


def _run(make: Any, arguments: tuple[Any, ...], articles: Articles, workers: Workers) -> Generator[Any, None, None]:
    most = len(articles) // _WORTH_A_PROCESS
    return workers.run(make, arguments, _stretches(articles), most=most, articles=len(articles) // _LIGHT)


def _stretches(articles: Articles) -> Iterator[tuple[Source | None, ...]]:
    for begin in range(0, len(articles), _STRETCH):
        yield tuple(articles[index].metadata for index in range(begin, min(begin + _STRETCH, len(articles))))


class _Values:
    """Reads what metadata says under one name."""

    def __init__(self, root: Path, name: str) -> None:
        self._reader, self._name = Reader(root), name

    def __call__(self, sources: tuple[Source | None, ...]) -> list[str | None]:
        """What each says; None where that is no string."""
        values = (_object(self._reader, source).get(self._name) for source in sources)
        return [value if isinstance(value, str) else None for value in values]


class _Others:
    """Looks for properties beside `own`."""

    def __init__(self, root: Path, own: frozenset[str]) -> None:
        self._reader, self._own = Reader(root), own

    def __call__(self, sources: tuple[Source | None, ...]) -> bool:
        """Whether there are some."""
        return any(not self._own.issuperset(_object(self._reader, source)) for source in sources)


def _object(reader: Reader, source: Source | None) -> dict[str, Any]:
    # What can't be read here is reported with its article.
    try:
        value = orjson.loads(reader.read(source)) if source else None
    except (OSError, orjson.JSONDecodeError):
        return {}
    return value if isinstance(value, dict) else {}

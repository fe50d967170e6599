"""Whether the provenance of a build speaks of the rows that its tables have."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dataset_builder.model.build import ParquetFile, Unreadable

__all__ = ["untold_origins"]

_ORIGINS = "provenance/"

_Key = tuple[Any, ...]


def untold_origins(directory: Path, parquet: Mapping[str, ParquetFile | Unreadable]) -> Iterator[tuple[str, str]]:
    """The files of tables some of whose rows have no origin, or another one, and how that shows.

    A shard is compared at a time: articles by id and the text's SHA-256, annotations by article and annotator, links by
    id. Files that can't be read are passed over, as are all where there is no provenance.
    """
    shards: dict[tuple[str, str], dict[str, str]] = {}
    for path, found in parquet.items():
        folder, _, name = path.rpartition("/")
        if isinstance(found, ParquetFile):
            shards.setdefault(_place(folder, name), {})[folder] = path
    for (kind, _), files in sorted(shards.items()):
        if kind == "links" and "data/links" in files:
            yield from _compare(directory, files, "data/links", ("id",), "links", "link", ("link",))
        if kind == "articles" and "data/articles" in files:
            yield from _compare(
                directory, files, "data/articles", ("id", "sha256"), "articles", "text", ("article", "sha256")
            )
        if kind == "articles" and "data/annotations" in files:
            pair = ("article", "annotator")
            yield from _compare(directory, files, "data/annotations", pair, "articles", "annotation", pair)


def _place(folder: str, name: str) -> tuple[str, str]:
    """Of which shard a file is: links have shards of their own."""
    return ("links" if folder.endswith("/links") else "articles"), name.rpartition("-")[0]


def _compare(  # noqa: PLR0913, PLR0917 - what is compared with what
    directory: Path,
    files: Mapping[str, str],
    folder: str,
    columns: tuple[str, ...],
    kind: str,
    part: str,
    named: tuple[str, ...],
) -> Iterator[tuple[str, str]]:
    origins = files.get(f"{_ORIGINS}{kind}")
    if origins is None:
        yield files[folder], "no file of provenance has its rows"
        return
    try:
        rows = Counter(_keys(directory / files[folder], columns))
        told = Counter(_keys(directory / origins, named, part))
    except (pa.ArrowException, OSError, KeyError):  # a damaged page, or other columns, of which other rules speak
        return
    if rows != told:
        missing, foreign = sum((rows - told).values()), sum((told - rows).values())
        yield files[folder], f"of {missing:,} rows {origins} has no origin, and of {foreign:,} others it has one"


def _keys(path: Path, columns: Iterable[str], part: str | None = None) -> Iterator[_Key]:
    wanted = [*columns, *(("part",) if part else ())]
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=wanted):
            for row in zip(*(batch.column(name).to_pylist() for name in wanted), strict=True):
                if part is None:
                    yield row
                elif row[-1] == part:
                    yield row[:-1]

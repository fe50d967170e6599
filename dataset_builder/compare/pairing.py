"""Which row of a table is which in the other build, by key."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Index", "Paired", "index_of", "pair_rows"]

Numbers = np.ndarray[Any, np.dtype[np.int64]]


class Index(NamedTuple):
    """The keys of all rows that are looked at, with where each row is."""

    keys: pa.Array
    files: Numbers  # the number of the file
    rows: Numbers  # the row within it


class Paired(NamedTuple):
    """Rows that are in a file of the old build and one of the new build: which rows of either, in one order."""

    files: tuple[int, int]
    rows: tuple[Numbers, Numbers]


def index_of(keys: Sequence[tuple[int, pa.Array]]) -> Index:
    """The index of the rows whose `keys` are given file by file."""
    sizes = [len(found) for _, found in keys]
    whole = pa.chunked_array([found.cast(pa.large_string()) for _, found in keys], pa.large_string()).combine_chunks()
    files = np.repeat(np.array([number for number, _ in keys], np.int64), sizes)
    rows = np.concatenate([np.arange(size, dtype=np.int64) for size in sizes] or [np.empty(0, np.int64)])
    return Index(whole, files, rows)


def pair_rows(old: Index, new: Index) -> tuple[Numbers, Numbers, Iterator[Paired]]:
    """The places in `old` and in `new` of what only that has, and all other rows, by pairs of files."""
    at = pc.fill_null(pc.index_in(old.keys, new.keys), -1).to_numpy(zero_copy_only=False).astype(np.int64)
    removed = np.flatnonzero(at < 0)
    is_new = np.ones(len(new.keys), dtype=np.bool_)
    kept = np.flatnonzero(at >= 0)
    is_new[at[kept]] = False
    return removed, np.flatnonzero(is_new), _by_files(old, new, kept, at[kept])


def _by_files(old: Index, new: Index, ours: Numbers, theirs: Numbers) -> Iterator[Paired]:
    order = np.lexsort((old.rows[ours], new.files[theirs], old.files[ours]))
    ours, theirs = ours[order], theirs[order]
    files = np.stack((old.files[ours], new.files[theirs]), axis=1)
    bounds = np.flatnonzero(np.any(files[1:] != files[:-1], axis=1)) + 1
    for mine, other in zip(np.split(ours, bounds), np.split(theirs, bounds), strict=True):
        if len(mine):
            pair = int(old.files[mine[0]]), int(new.files[other[0]])
            yield Paired(pair, (old.rows[mine], new.rows[other]))

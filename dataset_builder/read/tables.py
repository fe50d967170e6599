"""The tables of a build, read file by file and only as far as they are asked for."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dataset_builder.errors import UsageError
from dataset_builder.model.manifest import TableFacts
from dataset_builder.read.build import features_of, unfit
from dataset_builder.read.files import lies_within
from dataset_builder.schema.columns import stored

__all__ = ["TableFile", "TableFiles", "one_chunk"]

_OPEN = 4  # files whose rows are kept


class TableFile(NamedTuple):
    """One file of a table."""

    split: str
    path: str  # relative to the build
    sha256: str


class TableFiles:
    """The files of one table of the build in `directory`; none where the build has no such table."""

    def __init__(self, directory: Path, facts: TableFacts | None) -> None:
        self._directory = directory
        self.name = facts.name if facts else ""
        splits = facts.splits.items() if facts else ()
        self.files = tuple(TableFile(name, file.path, file.sha256) for name, split in splits for file in split.files)
        self._kept: dict[int, pa.Table] = {}

    @cached_property
    def features(self) -> Mapping[str, Any]:
        """The features of its columns, as `datasets.Features.to_dict` writes them.

        Raises:
            UsageError: the first file can't be read, or doesn't say.
        """
        if not self.files:
            return {}
        with self._open(0) as file:
            schema = file.schema_arrow
        found = features_of(schema)
        if found is None:
            raise self._damaged(0, "it states no features")
        if wrong := list(unfit(schema, found)):
            raise self._damaged(0, f"it states features that its columns don't have: {', '.join(wrong)}")
        return found

    def rows(self, number: int, columns: Sequence[str]) -> pa.Table:
        """The rows of the file `number` in one chunk a column, JSON as text. Those of the last few files are kept.

        Raises:
            UsageError: the file can't be read.
        """
        kept = self._kept.pop(number, None)
        missing = [name for name in columns if kept is None or name not in kept.column_names]
        if kept is None:
            kept = self.read(number, missing)
        elif missing:
            more = self.read(number, missing)
            kept = pa.table([*kept.columns, *more.columns], names=[*kept.column_names, *more.column_names])
        self._kept[number] = kept
        if len(self._kept) > _OPEN:
            del self._kept[next(iter(self._kept))]
        return kept.select(list(columns))

    def read(self, number: int, columns: Sequence[str]) -> pa.Table:
        """The rows of the file `number`, as `rows` gives them, but not kept; columns may be named leaf by leaf."""
        try:
            with self._open(number) as file:
                found: pa.Table = stored(file.read(columns=list(columns))).combine_chunks()
        except (pa.ArrowException, OSError, KeyError) as error:
            raise self._damaged(number, str(error)) from error
        known = found.column_names
        if not all(any(name == own or name.startswith(f"{own}.") for own in known) for name in columns):
            raise self._damaged(number, f"it lacks some of the columns {', '.join(columns)}")
        return found

    def values_at(self, number: int, column: str, rows: np.ndarray[Any, Any]) -> list[Any]:
        """The values of a column in the given rows, in their order; row groups without any aren't read."""
        try:
            with self._open(number) as file:
                sizes = [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)]
                starts = np.concatenate(([0], np.cumsum(sizes)))
                groups = np.searchsorted(starts, rows, side="right") - 1
                found: dict[int, Any] = {}
                for group in dict.fromkeys(groups.tolist()):
                    chosen = rows[groups == group]
                    values = file.read_row_group(group, columns=[column])[column].take(pa.array(chosen - starts[group]))
                    found.update(zip(chosen.tolist(), values.to_pylist(), strict=True))
        except (pa.ArrowException, OSError, KeyError) as error:
            raise self._damaged(number, str(error)) from error
        return [found[row] for row in rows.tolist()]

    def has_nulls(self, number: int, column: str) -> bool:
        """Whether the column may have nulls in that file, by its statistics."""
        with self._open(number) as file:
            names = [file.schema.column(at).path for at in range(len(file.schema))]
            if column not in names:
                raise self._damaged(number, f"it has no column {column}")
            at = names.index(column)
            chunks = (file.metadata.row_group(group).column(at) for group in range(file.num_row_groups))
            return any(not (chunk.statistics and chunk.statistics.null_count == 0) for chunk in chunks)

    def _open(self, number: int) -> pq.ParquetFile:
        file = self.files[number]
        if Path(file.path).is_absolute() or not lies_within(self._directory, file.path):
            raise self._damaged(number, "it lies outside of the build")
        try:
            return pq.ParquetFile(self._directory / file.path)
        except (pa.ArrowException, OSError) as error:
            raise self._damaged(number, str(error)) from error

    def _damaged(self, number: int, reason: str) -> UsageError:
        path = self._directory / self.files[number].path
        first = reason.partition("\n")[0]
        return UsageError(f"{path} can't be read: {first}; `dataset-builder verify {self._directory}` says more")


def one_chunk(table: pa.Table, column: str) -> pa.Array:
    """The column of a table whose chunks were combined."""
    found = table[column]
    return found.chunk(0) if found.num_chunks else pa.array([], found.type)

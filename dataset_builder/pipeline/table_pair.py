"""One table of two builds: the rows that only one has, those that differ, and their values."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataset_builder.compare.decode import values_of
from dataset_builder.compare.features import common
from dataset_builder.compare.pairing import Index, Paired, index_of, pair_rows
from dataset_builder.compare.rows import Mask, unequal
from dataset_builder.model.diff import SchemaChange
from dataset_builder.model.manifest import TableFacts
from dataset_builder.pipeline.sides import Opened
from dataset_builder.read.tables import TableFile, TableFiles, one_chunk

__all__ = ["BETWEEN", "TablePair"]

BETWEEN = "\0"
"""Stands between the parts of a key; no id and no annotator's name has it."""

_AT_ONCE = 256  # rows that become Python objects together

Row = dict[str, Any]


class TablePair:
    """The table `name` of both builds, some of which may lack it."""

    def __init__(self, name: str, old: Opened, new: Opened) -> None:
        self.name = name
        self.facts: tuple[TableFacts | None, TableFacts | None] = _facts(old, name), _facts(new, name)
        self.sides = TableFiles(old.directory, self.facts[0]), TableFiles(new.directory, self.facts[1])

    @property
    def in_both(self) -> bool:
        """Whether both builds have the table."""
        return None not in self.facts

    @property
    def same_digest(self) -> bool:
        """Whether the table is the same by its digest, which doesn't tell of the names of labels."""
        old, new = self.facts
        return old is not None and new is not None and old.digest == new.digest

    def is_same(self, changes: Sequence[SchemaChange]) -> bool:
        """Whether nothing in it can differ; `changes` are those of all schemas."""
        return self.same_digest and not any(
            change.table == self.name and change.kind != "label added" for change in changes
        )

    @cached_property
    def features(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The features of what both builds have and can be compared."""
        return common(self.sides[0].features, self.sides[1].features)

    @cached_property
    def _numbers(self) -> tuple[list[int], list[int]]:
        """The numbers of the files that only one build has."""
        shared = {_name(file) for file in self.sides[0].files} & {_name(file) for file in self.sides[1].files}
        old, new = (
            [number for number, file in enumerate(side.files) if _name(file) not in shared] for side in self.sides
        )
        return old, new

    def paired(self, *keys: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[Paired]]:
        """Keys that only the old build has, and only the new one, with their splits; and pairs of all other rows.

        What is in files that both have isn't looked at. Several columns `keys` are joined by `BETWEEN`.
        """
        old, new = (self._index(side, keys) for side in (0, 1))
        removed, added, pairs = pair_rows(old, new)
        return self._named(0, old, removed), self._named(1, new, added), list(pairs)

    def _index(self, side: int, keys: tuple[str, ...]) -> Index:
        return index_of([(number, self._keys(side, number, keys)) for number in self._numbers[side]])

    def _keys(self, side: int, number: int, keys: tuple[str, ...]) -> pa.Array:
        rows = self.sides[side].read(number, keys)
        parts = [one_chunk(rows, key).cast(pa.large_string()) for key in keys]
        return (
            pc.binary_join_element_wise(*parts, pa.scalar(BETWEEN, pa.large_string())) if len(parts) > 1 else parts[0]
        )

    def _named(self, side: int, index: Index, places: np.ndarray[Any, Any]) -> list[tuple[str, str]]:
        files = self.sides[side].files
        keys = index.keys.take(pa.array(places)).to_pylist()
        return [(key, files[number].split) for key, number in zip(keys, index.files[places].tolist(), strict=True)]

    def splits(self, pair: Paired) -> tuple[str, str]:
        """The splits that the rows of a pair are in."""
        return self.sides[0].files[pair.files[0]].split, self.sides[1].files[pair.files[1]].split

    def masks(self, pair: Paired, columns: Sequence[str]) -> dict[str, Mask]:
        """For each of `columns` that both have: in which rows it differs."""
        ours, theirs = self.features
        chosen = [name for name in columns if name in ours]
        old, new = self._aligned(pair, chosen)
        return {name: unequal(one_chunk(old, name), one_chunk(new, name), ours[name], theirs[name]) for name in chosen}

    def _aligned(self, pair: Paired, columns: Sequence[str]) -> tuple[pa.Table, pa.Table]:
        old, new = (
            _taken(side.rows(number, columns), rows)
            for side, number, rows in zip(self.sides, pair.files, pair.rows, strict=True)
        )
        return old, new

    def rows(self, pair: Paired, chosen: Mask, columns: Sequence[str]) -> Iterator[tuple[Row, Row]]:
        """The values of `columns` in those rows of the pair that are `chosen`, decoded."""
        names = [name for name in columns if name in self.features[0]]
        at = np.flatnonzero(chosen)
        for begin in range(0, len(at), _AT_ONCE):
            some = at[begin : begin + _AT_ONCE]
            part = Paired(pair.files, (pair.rows[0][some], pair.rows[1][some]))
            tables = self._aligned(part, names)
            old, new = (
                [values_of(one_chunk(table, name), features[name]) for name in names]
                for table, features in zip(tables, self.features, strict=True)
            )
            for mine, other in zip(zip(*old, strict=True), zip(*new, strict=True), strict=True):
                yield dict(zip(names, mine, strict=True)), dict(zip(names, other, strict=True))

    def texts(self, pair: Paired, chosen: Mask) -> Iterator[tuple[str | None, str | None]]:
        """The texts in those rows of the pair that are `chosen`."""
        at = np.flatnonzero(chosen)
        for begin in range(0, len(at), _AT_ONCE):
            some = at[begin : begin + _AT_ONCE]
            old, new = (
                side.values_at(number, "text", rows[some])
                for side, number, rows in zip(self.sides, pair.files, pair.rows, strict=True)
            )
            yield from zip(old, new, strict=True)

    def ids_without_text(self, side: int) -> set[str]:
        """The articles whose text isn't there, among those in files that only this build has."""
        found: set[str] = set()
        files = self.sides[side]
        for number in self._numbers[side]:
            if files.has_nulls(number, "text"):
                rows = files.read(number, ("id", "text"))
                found.update(one_chunk(rows, "id").filter(one_chunk(rows, "text").is_null()).to_pylist())
        return found


def _facts(build: Opened, name: str) -> TableFacts | None:
    return next((table for table in build.manifest.tables if table.name == name), None)


def _name(file: TableFile) -> tuple[str, str]:
    return file.split, file.sha256


def _taken(table: pa.Table, rows: np.ndarray[Any, Any]) -> pa.Table:
    """The given rows; the table itself where these are all, in order."""
    if len(rows) == table.num_rows and np.array_equal(rows, np.arange(len(rows))):
        return table
    return table.take(pa.array(rows)).combine_chunks()

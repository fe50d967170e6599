"""Rows that many tasks give and others take, each a partition: through files in a folder that all of them see."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

__all__ = ["Exchange"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Keys of so many bytes, as digests begin with, parted by their first: equal ones meet, whoever gave them.

    Each giver writes one file, with its rows in the order of partitions. So a taker reads a stretch of each file, and
    nobody ever holds more than one partition.
    """

    folder: Path
    partitions: int  # at most 2 ** 16
    width: int = 16  # bytes of a key: a multiple of two

    @property
    def _row(self) -> "np.dtype[Any]":
        return np.dtype([("key", f"V{self.width}"), ("row", "<u4")])

    def give(self, giver: int, keys: bytes | bytearray) -> None:
        """Has `keys` taken by others, less those that are all zeros. What `giver` gives a second time is the same."""
        found = np.frombuffer(keys, dtype=f"V{self.width}")
        rows = np.empty(len(found), dtype=self._row)
        rows["key"], rows["row"] = found, np.arange(len(found))
        rows = rows[found != np.void(bytes(self.width))]
        parts = np.frombuffer(rows["key"].tobytes(), dtype=">u2").reshape(-1, self.width // 2)[:, 0].astype(np.int64)
        parts = parts * self.partitions >> 16
        order = np.argsort(parts, kind="stable")
        bounds = np.searchsorted(parts[order], np.arange(self.partitions + 1)).astype("<u8")
        attempt = self.folder / f"{giver}-{uuid4().hex}"
        attempt.write_bytes(bounds.tobytes() + rows[order].tobytes())
        attempt.replace(self._file(giver))

    def take(self, givers: int, partition: int) -> tuple[Any, Any, Any]:
        """Three arrays, in the order of givers and their rows: the keys of a partition, who gave each, as which row.

        `givers` are all that there are: 0 and on.
        """
        stretches = [self._stretch(giver, partition) for giver in range(givers)]
        rows = np.frombuffer(b"".join(stretches), dtype=self._row)
        whose = np.repeat(np.arange(givers), [len(stretch) // self._row.itemsize for stretch in stretches])
        return rows["key"], whose, rows["row"]

    def _stretch(self, giver: int, partition: int) -> bytes:
        handle = os.open(self._file(giver), os.O_RDONLY | os.O_CLOEXEC)
        try:
            begin, end = (int(bound) for bound in np.frombuffer(os.pread(handle, 16, 8 * partition), dtype="<u8"))
            start = 8 * (self.partitions + 1)
            return os.pread(handle, (end - begin) * self._row.itemsize, start + begin * self._row.itemsize)
        finally:
            os.close(handle)

    def _file(self, giver: int) -> Path:
        return self.folder / f"{giver}.rows-{self.width}"

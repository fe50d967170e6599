"""Packed files: one JSON record a line, plain or compressed. Indexed once; records are read when they are needed."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson
import pyarrow as pa

from dataset_builder.model.document import Document
from dataset_builder.model.source import Source
from dataset_builder.read.files import flawed_file

__all__ = ["PackedRecord", "index_packed"]

_COMPRESSION = {".jsonl.gz": "gzip", ".jsonl.zst": "zstd"}
_CHUNK = 1 << 20


class PackedRecord(NamedTuple):
    """One line of a packed file. `value` is None where the line isn't JSON that can be read at once."""

    source: Source
    value: Any


def index_packed(root: Path, file: str, ending: str, spool: Path, flaws: list[Document], limit: int) -> Iterator[PackedRecord]:
    """The records of the packed `file`, in its order; lines of white space alone are passed over.

    A compressed file is unpacked into `spool` first, a chunk at a time, so that records can be read in any order.
    """
    unpacked = None
    path = root / file
    if ending in _COMPRESSION:
        unpacked = _unpack(path, file, _COMPRESSION[ending], spool, flaws)
        if unpacked is None:
            return
        path = Path(unpacked)
    with path.open("rb") as stream:
        offset = 0
        for number, (content, size) in enumerate(_lines(stream, limit), 1):
            source = Source(file, offset, len(content), number, unpacked)
            offset += size
            if len(content) > limit:
                flaws.append(flawed_file(file, "size", f"the record is larger than {limit:,} bytes", line=number))
            elif content.strip():
                yield PackedRecord(source, _parse(content))


def _lines(stream: BinaryIO, limit: int) -> Iterator[tuple[bytes, int]]:
    """Each line without its end, and its size with it; of a line over the limit, just more than the limit is held."""
    while line := stream.readline(limit + 2):
        size, rest = len(line), line
        while not rest.endswith(b"\n") and (rest := stream.readline(_CHUNK)):
            size += len(rest)
        yield line.rstrip(b"\r\n"), size


def _parse(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _unpack(path: Path, file: str, codec: str, spool: Path, flaws: list[Document]) -> str | None:
    target = spool / (file.replace("/", "%") + ".unpacked")
    spool.mkdir(parents=True, exist_ok=True)
    try:
        with pa.CompressedInputStream(pa.OSFile(os.fspath(path)), codec) as packed, target.open("wb") as stream:
            while chunk := packed.read(_CHUNK):
                stream.write(chunk)
    except (OSError, pa.ArrowException) as error:
        flaws.append(flawed_file(file, "compression", f"the file can't be unpacked: {error}"))
        return None
    return os.fspath(target)

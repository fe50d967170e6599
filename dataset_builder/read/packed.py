"""Packed files: one JSON record a line, plain or compressed. Indexed once; records are read when they are needed.

Of a record, the index needs no more than where it belongs. So the rest of it is passed over, not made into values.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec
import orjson
import pyarrow as pa

from dataset_builder.model.document import Document
from dataset_builder.model.location import place_of
from dataset_builder.model.source import Source
from dataset_builder.read.files import flawed_file

__all__ = ["PackedReader", "PackedRecord"]

_COMPRESSION = {".jsonl.gz": "gzip", ".jsonl.zst": "zstd"}
_CHUNK = 1 << 20
_LEAST_UNPACKED = 64 * 1024 * 1024  # bytes that any file may unpack to
_MOST_TIMES_LARGER = 256  # text packs to a tenth, the most alike records to a hundredth; gzip itself goes to 1,032


class PackedRecord(NamedTuple):
    """One line of a packed file."""

    source: Source
    value: (
        dict[str, Any] | None
    )  # those members that are asked for; None where it is no object or can't be read at once
    has_text: bool  # whether the member that is asked for as its text is a string


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedReader:
    """Reads packed files of the project at `root`; what is wrong with them is added to `flaws`."""

    root: Path
    spool: Path  # where compressed files are unpacked to
    limit: int  # bytes of one record
    flaws: list[Document]

    def index(self, file: str, ending: str, names: Sequence[str] = (), text: str = "") -> Iterator[PackedRecord]:
        """The records of `file`, in its order, with their members `names`; lines of white space alone are passed over.

        `text` names a member that is only looked at.

        A compressed file is unpacked first, a chunk at a time, so that its records can be read in any order afterwards.
        One that unpacks to far more than such files hold is refused, however small it is itself.
        """
        codec = _COMPRESSION.get(ending)
        try:
            unpacked = self._unpack(file, codec) if codec else None
            if codec and unpacked is None:
                return
            stream = Path(unpacked or self._place(file)).open("rb", _CHUNK)  # noqa: SIM115 - only opening may fail here
        except OSError as error:
            self.flaws.append(flawed_file(file, "unreadable", f"the file can't be read: {error.strerror}"))
            return
        with stream:
            offset, read = 0, _members(tuple(names), text)
            for number, (content, size) in enumerate(_lines(stream, self.limit), 1):
                source = Source(file, offset, len(content), number, unpacked)
                offset += size
                if len(content) > self.limit:
                    message = f"the record is larger than {self.limit:,} bytes"
                    self.flaws.append(flawed_file(file, "size", message, line=number))
                elif content.strip():
                    yield PackedRecord(source, *read(content))

    def _place(self, file: str) -> str:
        return place_of(os.fspath(self.root), file)

    def _unpack(self, file: str, codec: str) -> str | None:
        target = self.spool / sha256(os.fsencode(file)).hexdigest()  # no two files share it, as `a/b` and `a%b` might
        with Path(self._place(file)).open("rb") as source:
            most = max(_LEAST_UNPACKED, self.limit, _MOST_TIMES_LARGER * os.fstat(source.fileno()).st_size)
            size = 0
            try:
                with pa.CompressedInputStream(source, codec) as packed, target.open("wb") as stream:
                    while chunk := packed.read(_CHUNK):
                        size += len(chunk)
                        if size > most:
                            message = f"the file unpacks to more than {most:,} bytes: add it unpacked, as .jsonl"
                            self.flaws.append(flawed_file(file, "compression", message))
                            return None
                        stream.write(chunk)
            except (EOFError, OSError, pa.ArrowException) as error:
                self.flaws.append(flawed_file(file, "compression", f"the file can't be unpacked: {error}"))
                return None
        return os.fspath(target)


def _lines(stream: BinaryIO, limit: int) -> Iterator[tuple[bytes, int]]:
    """Each line without its end, and its size with it; of a line over the limit, just more than the limit is held."""
    while line := stream.readline(limit + 2):
        size, rest = len(line), line
        while not rest.endswith(b"\n") and (rest := stream.readline(_CHUNK)):
            size += len(rest)
        yield line.rstrip(b"\r\n"), size


_Found = tuple[dict[str, Any] | None, bool]  # the members that are asked for, and whether there is a text


@cache
def _members(names: tuple[str, ...], text: str) -> Callable[[bytes], _Found]:
    """Reads what a `PackedRecord` has beside its source."""

    def whole(line: bytes) -> _Found:
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            return None, False
        if not isinstance(value, dict):
            return None, False
        return {name: value[name] for name in names if name in value}, isinstance(value.get(text), str)

    own = dict.fromkeys((*names, text))
    fields = {f"m{number}": name for number, name in enumerate(own)}
    try:
        kind = msgspec.defstruct(
            "Members", [(field, msgspec.Raw, msgspec.Raw()) for field in fields], rename=fields, gc=False
        )
    except ValueError:  # a name that JSON writes with escapes
        return whole
    decode = msgspec.json.Decoder(kind).decode

    def quick(line: bytes) -> _Found:
        try:
            found = dict(zip(own, map(bytes, msgspec.structs.astuple(decode(line))), strict=True))
            value = {name: orjson.loads(found[name]) for name in names if found[name]}
        except (ValueError, RecursionError):  # what the one reader can't read, the other may
            return whole(line)
        return value, found[text].startswith(b'"')

    return quick

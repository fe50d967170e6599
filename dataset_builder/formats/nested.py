"""An archive within what is imported, with the bounds that hold for the outer one."""

import stat
import zipfile
from io import BytesIO
from pathlib import PurePosixPath
from zlib import error as zlib_error

from dataset_builder.formats.source import Unreadable
from dataset_builder.model.foreign import Trouble

__all__ = ["unpacked"]

_MOST_FILES = 100
_MOST_BYTES = 64 << 20  # of one file
_MOST_RATIO = 200  # of unpacked to packed bytes


def unpacked(data: bytes, file: str) -> dict[str, bytes]:
    """The files in the archive `data`, the bytes of `file`, by the last part of their names.

    Raises:
        Unreadable: it is no archive, or holds what no archive of a few annotations does.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > _MOST_FILES:
                raise _unreadable(f"the archive holds more than {_MOST_FILES} files", file)
            return {PurePosixPath(entry.filename).name: _member(archive, entry, file) for entry in entries}
    except (zipfile.BadZipFile, zlib_error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise _unreadable(f"the archive can't be read: {error}", file) from error


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: str) -> bytes:
    if stat.S_ISLNK(entry.external_attr >> 16) or ".." in PurePosixPath(entry.filename).parts:
        raise _unreadable("the archive has an entry that leads out of it", file)
    if entry.file_size > max(1 << 20, _MOST_RATIO * entry.compress_size):
        message = f"unpacked it would be {entry.file_size // max(entry.compress_size, 1):,} times as large"
        raise _unreadable(message, file)
    with archive.open(entry) as stream:
        found = stream.read(_MOST_BYTES + 1)
    if len(found) > _MOST_BYTES:
        raise _unreadable(f"the archive has a file larger than {_MOST_BYTES:,} bytes", file)
    return found


def _unreadable(message: str, file: str) -> Unreadable:
    return Unreadable(Trouble("import-unreadable", message, file))

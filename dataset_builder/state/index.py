"""A small database of what an earlier run knew. Whatever is wrong with it, it only knows less."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

__all__ = ["Index"]

_FORMAT = 1
_SIZE = 32  # bytes of a digest, which stands before each value
_SCHEMA = "CREATE TABLE IF NOT EXISTS known (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
_FAULTS = (sqlite3.Error, OSError, TypeError, ValueError)


class Index:
    """Values by name, in one file. One that isn't as it was written isn't there; neither is any in a copied file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, prefix: str = "") -> dict[str, bytes]:
        """All values whose names begin with `prefix`."""
        with suppress(*_FAULTS):
            if self._is_own():
                with closing(self._connected()) as connection:
                    rows = connection.execute(
                        "SELECT name, value FROM known WHERE substr(name, 1, ?) = ?", (len(prefix), prefix)
                    )
                    return {name: value[_SIZE:] for name, value in rows if _is_whole(name, value)}
        return {}

    def write(self, values: Callable[[], Iterable[tuple[str, bytes]]], *, forgotten: Iterable[str] = ()) -> None:
        """Keeps `values` in the place of those of the same names, and lets go of others: all of it, or none.

        They are asked for once, or twice, and none is held for longer than it takes to write it.
        """
        try:
            self._replace(values(), forgotten)
        except _FAULTS:  # damaged, or not ours: it is made anew
            self.forget()
            with suppress(*_FAULTS):
                self._replace(values(), ())

    def forget(self) -> None:
        """Lets go of everything."""
        for ending in ("", "-journal"):
            with suppress(OSError):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)

    def _replace(self, values: Iterable[tuple[str, bytes]], forgotten: Iterable[str]) -> None:
        if not self._is_own():
            self.forget()
        with closing(self._connected()) as connection, connection:
            connection.execute(_SCHEMA)
            own = _own(self._path)
            connection.execute(f"PRAGMA application_id = {own}")
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
            connection.executemany("DELETE FROM known WHERE name = ?", [(name,) for name in forgotten])
            rows = ((name, _digest(name, value) + value) for name, value in values)
            connection.executemany("INSERT OR REPLACE INTO known VALUES (?, ?)", rows)

    def _is_own(self) -> bool:
        """Whether the file was made where it lies: stamps of another machine's files mean nothing here."""
        if not self._path.is_file() or self._path.is_symlink():
            return False
        with closing(self._connected()) as connection:
            (own,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        return bool(own == _own(self._path) and version == _FORMAT)

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=5)
        connection.text_factory = lambda data: data.decode("utf-8", "replace")  # no text is a fault of the others
        return connection


def _is_whole(name: str, value: object) -> bool:
    return isinstance(value, bytes) and value[:_SIZE] == _digest(name, value[_SIZE:])


def _digest(name: str, value: bytes) -> bytes:
    return sha256(name.encode() + b"\0" + value).digest()


def _own(path: Path) -> int:
    """What tells this file from a copy of it."""
    return int.from_bytes(sha256(str(path.stat().st_ino).encode()).digest()[:4], "big") >> 1

"""One place in a store, by `fsspec`: what lies there, brought here and put there, with patience."""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from dataset_builder.errors import StorageError, UsageError
from dataset_builder.model.location import shown_url
from dataset_builder.storage.multipart import put_object
from dataset_builder.storage.retry import FAULTS, Patience, status_of

__all__ = ["Conflict", "Entry", "Store", "open_store"]

T = TypeVar("T")

# What a scheme needs, and which extra of this package brings it.
_PACKAGES = {"gs": ("gcsfs", "gcs"), "hf": ("huggingface_hub", "hf"), "s3": ("s3fs", "s3")}

_NOT_IMPLEMENTED = 501  # what stores answer that speak S3's protocol in part

_MD5 = re.compile(r"[0-9a-f]{32}")

# What tells one version of an object from another, the surest first. Stores give it different names.
_TOKENS = ("ETag", "etag", "generation", "blob_id", "md5Hash", "mtime", "LastModified", "updated", "created")


class Conflict(Exception):  # noqa: N818 - what it says, not that it is wrong
    """An object is no longer the one that was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An object as it was listed."""

    size: int  # bytes
    token: str  # changes with the object
    md5: str | None  # of the whole, in hexadecimal; None where the store doesn't tell

    def holds(self, path: Path) -> bool:
        """Whether the object is known to hold what the file at `path` does."""
        return self.md5 is not None and self.size == path.stat().st_size and self.md5 == _md5(path)


@dataclass(frozen=True, kw_only=True)
class Store:
    """What lies below one URL. Names are relative to it, with `/`."""

    url: str
    fs: Any  # an `fsspec` file system
    base: str  # the path of `url` in `fs`
    patience: Patience = field(default_factory=Patience)

    def url_of(self, name: str) -> str:
        """Where `name` lies."""
        return f"{self.url}/{name}"

    @property
    def _whole(self) -> str:
        """The bucket, or the repository, that the place is in."""
        steps = 3 if self.url.startswith("hf://") else 1
        return "/".join(self.base.split("/")[:steps])

    def listing(self) -> dict[str, Entry]:
        """Every object below the URL, by name; none where there is nothing."""

        def find() -> Mapping[str, Mapping[str, Any]]:
            self.fs.invalidate_cache()
            found: Mapping[str, Mapping[str, Any]] = {}
            with suppress(FileNotFoundError):
                found = self.fs.find(self.base, detail=True)
            if not found and not self.fs.exists(self._whole):
                message = f"{self._shown()} is in nothing that is there, or that these credentials may see"
                raise StorageError(message)
            return found

        start = len(self.base) + 1
        return {
            path[start:]: _entry(info)
            for path, info in self._trying("can't be listed", find).items()
            if path[start:] and not path.endswith("/") and info.get("type") != "directory"
        }

    def entry(self, name: str) -> Entry | None:
        """The object as it is now; None where there is none."""

        def look() -> Entry | None:
            self.fs.invalidate_cache()
            try:
                return _entry(self.fs.info(self._path(name)))
            except FileNotFoundError:
                return None

        return self._trying("can't be looked at", look, name)

    def fetch(self, name: str, entry: Entry, path: Path) -> Entry:
        """The object `name`, last seen as `entry`, written to `path`; what it turned out to be.

        Never in memory as a whole. One that changes while it is read is read again.

        Raises:
            StorageError: it can't be read, or changes again and again.
            FileNotFoundError: it is gone.
            PermissionError: it may not be read.
        """
        for _ in range(self.patience.attempts):
            self._fetch(name, path)
            if entry.holds(path):
                return entry
            now = self.entry(name)
            if now is None:
                raise FileNotFoundError(self.url_of(name))
            if now == entry and now.size == path.stat().st_size:
                return now
            entry = now
        message = f"{self._shown(name)} changes while it is read, again and again: run this when nothing writes there"
        raise StorageError(message)

    def read(self, name: str) -> tuple[bytes, Entry] | None:
        """The object `name` in memory, with what it is; None where there is none."""
        for _ in range(self.patience.attempts):
            entry = self.entry(name)
            if entry is None:
                return None
            data = self._trying("can't be read", lambda: bytes(self.fs.cat_file(self._path(name))), name)
            if len(data) == entry.size and self.entry(name) == entry:
                return data, entry
        message = f"{self._shown(name)} changes while it is read, again and again: run this when nothing writes there"
        raise StorageError(message)

    def put(self, name: str, path: Path) -> None:
        """Puts the file at `path` there as `name`, in the place of what is there."""
        if self.url.startswith("s3://"):
            self._trying("can't be written", lambda: put_object(self.fs, self._path(name), path, self.patience), name)
        else:
            self._trying("can't be written", lambda: self.fs.put_file(str(path), self._path(name)), name)

    def replace(self, name: str, data: bytes, seen: Entry | None) -> Entry:
        """Puts `data` there as `name`, unless what is there is another than was `seen`; None for nothing at all.

        S3 compares and writes in one step. Elsewhere, what somebody writes between the two goes unnoticed.

        Raises:
            Conflict: something else is there.
        """
        if self.url.startswith("s3://"):
            return self._trying("can't be written", lambda: self._replace(name, data, seen), name)
        if self.entry(name) != seen:
            raise Conflict(self.url_of(name))
        self._trying("can't be written", lambda: self.fs.pipe_file(self._path(name), data), name)
        now = self.entry(name)
        if now is None or now.size != len(data):
            raise Conflict(self.url_of(name))
        return now

    def _replace(self, name: str, data: bytes, seen: Entry | None) -> Entry:
        bucket, _, key = self._path(name).partition("/")
        target = {"Bucket": bucket, "Key": key}
        try:
            condition = {"IfNoneMatch": "*"} if seen is None else {"IfMatch": seen.token}
            answer = self.fs.call_s3("put_object", **target, Body=data, **condition)
        except Exception as error:
            status = status_of(error)
            if status not in (404, 412, _NOT_IMPLEMENTED):
                raise
            now = self.entry(name)
            if now and now.md5 == _md5_of(data):  # an answer was lost behind which it was written after all
                return now
            if status != _NOT_IMPLEMENTED or now != seen:
                raise Conflict(self.url_of(name)) from error
            answer = self.fs.call_s3("put_object", **target, Body=data)
        return _entry({"size": len(data), "ETag": answer["ETag"]})

    def remove(self, name: str) -> None:
        """Takes `name` away, if it is there."""

        def remove() -> None:
            try:
                self.fs.rm_file(self._path(name))
            except FileNotFoundError:
                return

        self._trying("can't be removed", remove, name)

    def _fetch(self, name: str, path: Path) -> None:
        def get() -> None:
            self.fs.get_file(self._path(name), str(path))

        try:
            self.patience.keep_trying(get)
        except (FileNotFoundError, PermissionError, *FAULTS):
            raise
        except Exception as error:  # each backend has exceptions of its own
            raise StorageError(f"{self._shown(name)} can't be read: {_told(error)}") from error

    def _path(self, name: str) -> str:
        return f"{self.base}/{name}"

    def _shown(self, name: str = "") -> str:
        return shown_url(self.url_of(name) if name else self.url)

    def _trying(self, words: str, do: Callable[[], T], name: str = "") -> T:
        """What `do` gives, in the end."""
        try:
            return self.patience.keep_trying(do)
        except (Conflict, StorageError, *FAULTS):
            raise
        except Exception as error:  # each backend has exceptions of its own
            raise StorageError(f"{self._shown(name)} {words}: {_told(error)}") from error


def open_store(url: str, patience: Patience | None = None) -> Store:
    """What lies below `url`, which can be used. Credentials come from the environment, as the backend reads them.

    Raises:
        StorageError: the backend can't work here.
        UsageError: the package that the scheme needs is missing.
    """
    fs = _file_system(url.partition("://")[0])
    return Store(url=url, fs=fs, base=fs._strip_protocol(url), patience=patience or Patience())  # noqa: SLF001 - the only way


def _file_system(scheme: str) -> Any:
    package, extra = _PACKAGES[scheme]
    try:
        import fsspec

        import_module(package)
    except ImportError as error:
        message = f"{scheme}:// needs the package {package}: pip install 'dataset-builder[{extra}]'"
        raise UsageError(message) from error
    try:
        # Listings must be fresh, and so must what the environment says of endpoints and credentials. An instance of our
        # own also is apart from what other code here may use.
        fs = fsspec.filesystem(scheme, use_listings_cache=False, skip_instance_cache=True)
        if scheme == "s3":
            fs.retries = 1  # to try again is `Patience`'s affair; two that do so would multiply
    except Exception as error:  # each backend has exceptions of its own
        message = f"{scheme}:// can't be used here: {_told(error)}"
        raise StorageError(message) from error
    return fs


def _entry(info: Mapping[str, Any]) -> Entry:
    value = next((value for name in _TOKENS if (value := info.get(name)) is not None), "")
    token = str(value.timestamp() if isinstance(value, datetime) else value)
    return Entry(size=int(info.get("size") or 0), token=token, md5=_stated_md5(info))


def _stated_md5(info: Mapping[str, Any]) -> str | None:
    if isinstance(hashed := info.get("md5Hash"), str):  # Google's, in base 64
        return base64.b64decode(hashed).hex()
    etag = str(info.get("ETag") or "").strip('"')
    return etag if _MD5.fullmatch(etag) else None


def _md5(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _md5_of(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _told(error: Exception) -> str:
    """What a backend says went wrong, in one line."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return shown_url(text.strip().splitlines()[0])

"""All that lies in one place of a store, copied to a folder."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dataset_builder.errors import StorageError
from dataset_builder.storage.names import refused_names
from dataset_builder.storage.store import Store

__all__ = ["copy_all"]

_AT_ONCE = 8


def copy_all(store: Store, folder: Path) -> int:
    """How many objects `store` holds, now copied to `folder`.

    Raises:
        StorageError: one of them can't be, or can't be read.
    """
    listed = store.listing()
    for name, problem in refused_names(listed):
        message = f"{store.url_of(name)} can't be copied: {problem}"
        raise StorageError(message)

    def fetch(name: str) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            store.fetch(name, listed[name], path)
        except OSError as error:
            message = f"{store.url_of(name)} can't be read: {error.strerror or error}"
            raise StorageError(message) from error

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="copy") as pool:
        for _ in pool.map(fetch, listed):
            pass
    return len(listed)

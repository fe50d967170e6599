"""Watches what a run opens: the project alone is read, its cache alone written, no network and no process used."""

import os
import sys
import sysconfig
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_CACHE = ".dataset-builder"
_REFUSED = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.spawn",
    "urllib.",
    "ctypes.",
)
_CHANGES = (
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.symlink",
    "os.link",
    "os.truncate",
    "os.chmod",
    "shutil.",
)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

# What the interpreter reads for itself: modules that are imported late, and their data; time zones.
_OWN = (sys.prefix, sys.base_prefix, str(Path(__file__).parents[2] / "dataset_builder"))
_INTERPRETER = tuple({os.path.realpath(path) for path in (*_OWN, *sysconfig.get_paths().values(), *zoneinfo.TZPATH)})

_watched: "_Watched | None" = None
_installed = False


class _Watched:
    def __init__(self, root: Path) -> None:
        self.root = os.path.realpath(root)
        self.breaches: list[str] = []

    def see(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_REFUSED):
            self.breaches.append(f"{event} {arguments!r:.200}")
        elif event == "open":
            path, _, flags = arguments
            if not isinstance(path, int):
                self._see(os.path.realpath(os.fsdecode(path)), writes=bool((flags or 0) & _WRITES))
        elif event.startswith(_CHANGES) or event in {"os.scandir", "os.listdir"}:
            handle = arguments[-1]  # of the folder that the path is relative to
            place = Path(f"/proc/self/fd/{handle}" if type(handle) is int and handle >= 0 else "")
            for path in arguments:
                if isinstance(path, (str, bytes, os.PathLike)):
                    # A link is removed itself, not what it leads to.
                    full = place / os.fsdecode(path)
                    self._see(str(Path(os.path.realpath(full.parent), full.name)), writes=event.startswith(_CHANGES))

    def _see(self, path: str, *, writes: bool) -> None:
        allowed = (f"{self.root}/{_CACHE}",) if writes else (self.root, *_INTERPRETER)
        if path in map(os.path.realpath, sys.path) and not writes:
            return  # the interpreter lists where modules may be
        if not any(path == place or path.startswith(place + os.sep) for place in allowed):
            self.breaches.append(f"{'write' if writes else 'read'} {path}")


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _watched is not None:
        _watched.see(event, arguments)


@contextmanager
def nothing_else_opened(root: Path) -> Iterator[None]:
    """Fails if anything but the project at `root` is opened meanwhile, or anything but its cache changed.

    What libraries open by themselves, past the interpreter, isn't seen.
    """
    global _watched, _installed  # noqa: PLW0603 - an audit hook is one for the process
    if not _installed:
        sys.addaudithook(_hook)  # there to stay, for as long as the process
        _installed = True
    _watched = watched = _Watched(root)
    try:
        yield
    finally:
        _watched = None
    assert not watched.breaches, watched.breaches[:5]

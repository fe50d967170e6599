"""Names of objects that can be files' names on any system, and apart from one another there too."""

import unicodedata
from collections.abc import Iterable, Iterator

__all__ = ["hidden", "refused_names"]

_MOST_BYTES = 255  # of one name between slashes


def hidden(name: str) -> bool:
    """Whether `name`, or a folder in it, begins with a dot, and so is passed over as a local file is."""
    return any(part.startswith(".") and part not in (".", "..") for part in name.split("/"))


def refused_names(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each of `names` that can't be a file's, and why, as a sentence. Of several that collide, one can."""
    seen: dict[str, tuple[str, bool]] = {}  # as systems that fold names see it: the name, and whether it is a file
    for name in sorted(names):
        problem = _problem(name) or _collision(name, seen)
        if problem:
            yield name, problem


def _problem(name: str) -> str | None:
    parts = name.split("/")
    if not {"", ".", ".."}.isdisjoint(parts):
        return 'its name has an empty name, "." or ".." between slashes'
    if "\\" in name:
        return "its name has a backslash in it"
    if not name.isprintable():
        return "its name has control characters or other characters that do not print in it"
    if any(len(part.encode("utf-8", "replace")) > _MOST_BYTES for part in parts):
        return f"its name has a part that is longer than {_MOST_BYTES} bytes"
    return None


def _collision(name: str, seen: dict[str, tuple[str, bool]]) -> str | None:
    """What else a file system that folds names would put in the place of `name`, or of a folder in it."""
    parts = name.split("/")
    for length in range(1, len(parts) + 1):
        path, is_file = "/".join(parts[:length]), length == len(parts)
        other, other_is_file = seen.setdefault(_folded(path), (path, is_file))
        if other != path or other_is_file != is_file:
            return f'some file systems don\'t tell it apart from "{other}", or it needs that as a folder'
    return None


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()

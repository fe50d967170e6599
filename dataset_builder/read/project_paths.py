"""The paths in a project's configuration: which may be used, and how they are written."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Any

from dataset_builder.model.location import is_remote, is_url, normal_url, place_of, shown_url, url_problem
from dataset_builder.model.project import Annotators, Paths, Splits

__all__ = ["PATH_KEYS", "normal_path", "path_problems"]

Key = tuple[str, str]
"""Section and name of a key of the configuration."""

PATH_KEYS: dict[Key, str] = {("paths", name): path for name, path in asdict(Paths()).items()}
"""Every key that holds a path, with its default."""
PATH_KEYS["splits", "lock"] = Splits().lock
PATH_KEYS["annotators", "lock"] = Annotators().lock

_OUTPUT = ("paths", "output")
_MAY_LIE_ELSEWHERE = frozenset(("paths", name) for name in ("articles", "annotations", "links", "output"))


def normal_path(path: str) -> str:
    """`path` without `./`, doubled and final slashes; a URL without final ones."""
    return normal_url(path) if is_url(path) else PurePosixPath(path).as_posix()


def path_problems(table: Mapping[str, Any], root: Path) -> Iterator[tuple[Key, str]]:
    """Each key of the configuration `table` whose path may not be used, and why. Values of other types are passed over.

    Reads no file, but follows symbolic links within `root`, which is resolved.
    """
    usable = {}
    for key, default in PATH_KEYS.items():
        section = table.get(key[0], {})
        path = section.get(key[1], default) if isinstance(section, dict) else default
        if not isinstance(path, str) or not path:
            continue
        problem = _problem_of(key, path, root)
        if problem:
            yield key, f'`{".".join(key)}` is "{shown_url(path)}", {problem}'
        else:
            usable[key] = _compared(path, root)
    problem = _problem_of_output(usable)
    if problem:
        yield _OUTPUT, problem


def _problem_of(key: Key, path: str, root: Path) -> str | None:
    if not is_url(path):
        return _problem_as_written(path) or _problem_on_disk(path, root)
    if key not in _MAY_LIE_ELSEWHERE:
        return "a URL: what describes the project lies within it, and only articles, annotations and output elsewhere"
    problem = url_problem(path)
    return problem and f"a URL {problem}"


def _compared(path: str, root: Path) -> Path:
    """A path that lies within another's just where the places do. Nothing of this machine lies below `/s3:`."""
    path = normal_path(path)
    return Path("/", path) if is_remote(path) else Path(place_of(str(root), path)).resolve()


_ABSOLUTE = re.compile(r"/|[A-Za-z]:[/\\]")
_UNPORTABLE = re.compile(r"[:\x00-\x1f]")
_WITHIN = "everything that a project is made of lies within it"


def _problem_as_written(path: str) -> str | None:
    """Why `path` may not be used wherever the project lies, as the rest of a sentence."""
    parts = PurePosixPath(path).parts
    problems = (
        (
            _ABSOLUTE.match(path),
            "an absolute path: give it relative to the project, so that it holds on other machines",
        ),
        ("\\" in path, 'with a backslash: write "/" between folders'),
        (_UNPORTABLE.search(path), "with a character that not every system allows in file names"),
        (".." in parts, f'which has "..": {_WITHIN}'),
        (not parts, "the project itself: name a file or folder within it"),
    )
    return next((words for is_so, words in problems if is_so), None)


def _problem_on_disk(path: str, root: Path) -> str | None:
    """Why `path` may not be used in the project as it lies at `root`, as the rest of a sentence."""
    try:
        target = (root / path).resolve()
    except (OSError, RuntimeError):  # the latter up to Python 3.12
        return "a symbolic link that leads to itself"
    if not target.is_relative_to(root):
        return f"a symbolic link out of the project: {_WITHIN}"
    return "a symbolic link to the project itself: name a file or folder within it" if target == root else None


def _problem_of_output(paths: dict[Key, Path]) -> str | None:
    """Where a build would replace its own sources, or be read as one of them."""
    output = paths.pop(_OUTPUT, None)
    for key, path in paths.items():
        if output and (output.is_relative_to(path) or path.is_relative_to(output)):
            return f"`{'.'.join(_OUTPUT)}` and `{'.'.join(key)}` overlap, and a build replaces its own: part them"
    return None

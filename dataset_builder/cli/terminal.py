"""What leaves the program: data on stdout, progress and remarks on stderr."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import get_terminal_size
from typing import TextIO

from dataset_builder.report.formats import View
from dataset_builder.report.passage import Sources
from dataset_builder.report.rules import Rules
from dataset_builder.report.visible import visible

__all__ = ["Progress", "Sources", "progress", "put", "remark", "shown_path", "view"]

Progress = Callable[[str, int, int | None], None]

_WIDTH_OF_NO_TERMINAL = 120  # cells
_CHUNK = 1 << 14  # characters


def put(text: str) -> None:
    """Writes data, at once: a reader that has gone shows here, not at exit."""
    # A write that a vanishing reader cuts short raises nothing under PYTHONUNBUFFERED; the next one does.
    for start in range(0, len(text), _CHUNK):
        sys.stdout.write(text[start : start + _CHUNK])
    sys.stdout.flush()


def remark(text: str) -> None:
    """Writes a line for people on stderr; what isn't printable in it is spelled out."""
    sys.stderr.write(visible(text, lines=True) + "\n")
    sys.stderr.flush()


def shown_path(path: Path) -> str:
    """`path` as it is shortest from here, if it lies below the current folder; absolute else."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def view(sources: Sources, limit: int = 100, root: Path | None = None) -> View:
    """How findings, at most `limit`, are shown on stdout as it is now; `root` is the project that they are in."""
    return View(
        color=_takes_color(sys.stdout),
        width=get_terminal_size((_WIDTH_OF_NO_TERMINAL, 24)).columns,
        sources=sources,
        limit=limit,
        base=_base(root) if root else "",
        rules=_rules,
        version=_version,
    )


def _base(root: Path) -> str:
    """The way to `root` from where GitHub has the repository, or from here; empty where it isn't below."""
    start = Path(os.environ.get("GITHUB_WORKSPACE") or ".").resolve()
    root = root.resolve()
    return f"{root.relative_to(start).as_posix()}/" if start in root.parents else ""


def _rules() -> Rules:
    import dataset_builder

    return dataset_builder.rules()


def _version() -> str:
    from importlib.metadata import version

    return version("dataset-builder")


def _takes_color(stream: TextIO) -> bool:
    """By https://no-color.org and https://force-color.org; else where there is a terminal that can."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


@contextmanager
def progress() -> Iterator[Progress | None]:
    """A callback that draws a bar on stderr, gone when the work is done; None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        stage = ""

        def report(name: str, done: int, total: int | None) -> None:
            nonlocal stage
            if name != stage:
                stage = name
                bar.reset(task, description=visible(name), total=total)
            bar.update(task, completed=done, total=total)

        yield report

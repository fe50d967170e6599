"""What leaves the program: data on stdout, progress and remarks on stderr."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import get_terminal_size
from typing import Any, TextIO

from dataset_builder.report.formats import View
from dataset_builder.report.passage import Sources
from dataset_builder.report.rules import Rules
from dataset_builder.report.text import located
from dataset_builder.report.visible import visible

__all__ = ["Live", "Sources", "progress", "put", "remark", "shown_path", "view"]

_WIDTH_OF_NO_TERMINAL = 120  # cells
_CHUNK = 1 << 14  # characters
_FIRST = 5  # findings shown before all are known


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


def shown_path(path: Path | str) -> str:
    """`path` as it is shortest from here, if it lies below the current folder; absolute else. A URL stays as it is."""
    if isinstance(path, str):
        return path
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


class Live:
    """A bar on stderr: called with a stage and how much of it is done; and above it the first findings."""

    def __init__(self, bar: Any) -> None:
        self._bar, self._stage, self._room = bar, "", _FIRST
        self._task = bar.add_task("", total=None)

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Moves the bar."""
        if stage != self._stage:
            self._stage = stage
            self._bar.reset(self._task, description=visible(stage))
        self._bar.tasks[0].total = total  # what Rich is told of no total, it takes for no change
        self._bar.update(self._task, completed=done, seen=self._bar.tasks[0].elapsed)

    def found(self, diagnostics: Sequence[Any]) -> None:
        """Shows the first errors and warnings, a line each; the report comes when all are known."""
        for each in diagnostics:
            if self._room and each.severity != "note":
                self._room -= 1
                line = f"{located(each.place)}: {each.severity}[{visible(each.code)}]: {visible(each.message)}"
                self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def progress() -> Iterator[Live | None]:
    """What shows on stderr how the work goes on, gone when it is done; None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    from dataset_builder.cli.pace import Pace

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, TimeElapsedColumn(), Pace(), console=Console(stderr=True), transient=True) as bar:
        yield Live(bar)

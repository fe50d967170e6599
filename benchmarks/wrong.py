"""How fast `check` is where every record is wrong or some are, and how soon its first findings are on the screen."""

import os
import pty
import re
import sys
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import measure
from benchmarks.variants import environment

__all__ = ["Checked", "check_some_wrong", "check_wrong"]

_FINDING = re.compile(rb"error\[[A-Z]{3}[0-9]{3}\]")


class Checked(NamedTuple):
    """What one run took, from the start of its process."""

    first: float | None  # seconds until a finding is on the screen
    seconds: float


def check_wrong(project: Path) -> Checked:
    """Runs `dataset-builder check` on `project` in a terminal of its own, as a user does, and watches it."""
    begin = time.perf_counter()
    process, screen = pty.fork()
    if process == 0:
        command = (sys.executable, "-m", "dataset_builder", "--project", str(project), "check")
        os.execv(command[0], command)  # noqa: S606 - a command of our own
    first, shown = None, b""
    while chunk := _read(screen):
        shown += chunk
        if first is None and _FINDING.search(shown):
            first = time.perf_counter() - begin
    os.waitpid(process, 0)
    return Checked(first, time.perf_counter() - begin)


def check_some_wrong(clean: Path, wrong: Path, work: Path) -> float:
    """How many times as long as on `clean` checking takes in one process on `wrong`, which has a few errors."""
    seconds = []
    for project, code in ((clean, 0), (wrong, 1)):
        command = (sys.executable, "-m", "dataset_builder", "--project", str(project), "check", "--jobs", "1")
        taken = measure(command, environment=environment(work / "cache"), log=work / "wrong.log", code=code)
        seconds.append(taken.seconds)
    return seconds[1] / seconds[0]


def _read(screen: int) -> bytes:
    try:
        return os.read(screen, 1 << 16)
    except OSError:  # nobody writes there any more
        return b""

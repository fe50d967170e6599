"""One process measured from outside: seconds, processor seconds, memory."""

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from resource import struct_rusage
from typing import NamedTuple

__all__ = ["Measurement", "measure"]

_PR_SET_CHILD_SUBREAPER = 36
_TO_MEGABYTES = 1e-6 if sys.platform == "darwin" else 1024e-6  # ru_maxrss is in bytes there, in KiB elsewhere


class Measurement(NamedTuple):
    """What one run took."""

    seconds: float  # from the start of the process to its end
    cpu_seconds: float  # user and system, all its processes
    peak_rss_mb: float  # of the largest of its processes, in 10^6 bytes


def measure(command: Sequence[str], *, environment: Mapping[str, str], log: Path, code: int = 0) -> Measurement:
    """What running `command` takes; its output goes to `log`, and it ends with `code`.

    `wait4` tells of a process and of the descendants that it has itself waited for. That leaves out the forkserver of
    `multiprocessing`, and every worker with it: it outlives for a moment the process that started it. So on Linux
    orphans become children of this process (prctl(2), PR_SET_CHILD_SUBREAPER), which waits for them once the clock has
    been stopped, and they count.

    A process begins with the peak of the one that it was forked from (getrusage(2): ru_maxrss survives execve), so this
    one has to stay small: it imports only the standard library.

    Raises:
        RuntimeError: the command failed.
    """
    _adopt_orphans()
    with log.open("wb") as stream:
        begin = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - a command of our own
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    usages = [usage, *_reap_orphans()]
    if process.returncode != code:
        output = log.read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"exit code {process.returncode} of {' '.join(command)}\n{output[-4000:]}")
    return Measurement(
        seconds,
        sum(found.ru_utime + found.ru_stime for found in usages),
        max(found.ru_maxrss for found in usages) * _TO_MEGABYTES,
    )


def _adopt_orphans() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _reap_orphans() -> list[struct_rusage]:
    """What the adopted children took, once all have ended."""
    found = []
    while True:
        try:
            found.append(os.wait4(-1, 0)[2])
        except ChildProcessError:
            return found

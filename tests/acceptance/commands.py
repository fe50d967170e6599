"""Command lines: run in this process, which is quick, or in one of their own, where that is what is tested.

What only a process of its own shows (signals, locales, hash seeds, what `python -m dataset_builder` exits with) is
seen to in `tests/unit/cli/test_process.py` and wherever `run_apart` is called.
"""

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import dataset_builder.cli

__all__ = ["run", "run_apart"]


def run(where: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What `dataset-builder` with these arguments does in the folder `where`; what it doesn't catch is raised."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2)]
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.chdir(where))
        stack.enter_context(patch.dict(os.environ, {"COLUMNS": "100", **environment}))
        stack.enter_context(patch.object(sys, "argv", ["dataset-builder", *arguments]))
        stack.enter_context(patch.object(dataset_builder.cli, "stand_alone", lambda: None))  # others need it here
        stack.enter_context(contextlib.redirect_stdout(streams[0]))
        stack.enter_context(contextlib.redirect_stderr(streams[1]))
        code = _exit_code()
        for stream in streams:
            stream.flush()
    out, err = (stream.buffer.getvalue().decode() for stream in streams)
    return subprocess.CompletedProcess(["dataset-builder", *arguments], code, out, err)


def _exit_code() -> int:
    try:
        dataset_builder.cli.main()
    except SystemExit as exit_:
        return int(exit_.code or 0)


def run_apart(where: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The same, in a process of its own."""
    command = [sys.executable, "-m", "dataset_builder", *arguments]
    surroundings = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "100", **environment}
    return subprocess.run(
        command, cwd=where, env=surroundings, capture_output=True, text=True, check=False, encoding="utf-8"
    )

"""The command line: one file a command, each options, one call into the library, one report and an exit code."""

import sys
from io import TextIOWrapper
from typing import NoReturn

from dataset_builder.engines.standalone import stand_alone

__all__ = ["main"]


def main() -> NoReturn:
    """Runs the command line on `sys.argv`. Exits with 0, 1, 2 or 3 as `app` says, 130 where it was interrupted."""
    stand_alone()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # whatever the locale can't write
    try:
        from dataset_builder.cli.app import app

        app(prog_name="dataset-builder")
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)

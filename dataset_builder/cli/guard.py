"""From exceptions to what a user sees and the exit code. The one place that catches broadly."""

import os
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from dataset_builder.cli.options import settings_of
from dataset_builder.cli.terminal import Sources, put, remark, view
from dataset_builder.report.formats import render
from dataset_builder.report.visible import without_secrets

__all__ = ["guarded"]

FINDINGS, USAGE, FAULT, GONE = 1, 2, 3, 141  # the last as of a program that SIGPIPE ends


def guarded(command: Callable[..., int | None]) -> Callable[..., None]:
    """`command`, exiting with what it gives back (None is 0), and showing no traceback that wasn't asked for.

    Its first parameter is `context`, which it is given here, and by which `--debug` and `--format` are known.
    """

    @wraps(command)
    @click.pass_context
    def run(context: click.Context, /, **options: Any) -> None:
        try:
            code = command(context, **options) or 0
        except (click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            code = _leave_quietly()
        except Exception as error:  # noqa: BLE001 - nothing may reach the user as a traceback
            code = _report(context, error)
        raise click.exceptions.Exit(code)

    return run


def _leave_quietly() -> int:
    """Takes away the stream that nobody reads, so that flushing it at exit doesn't fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return GONE


def _report(context: click.Context, error: Exception) -> int:
    """Says what went wrong; the exit code that stands for it."""
    from dataset_builder import ConfigurationError, DatasetBuilderError, FindingsError, InternalError

    debug = settings_of(context).debug
    if debug:
        traceback.print_exception(error)
    if isinstance(error, ConfigurationError):
        _show(context, error.result, _files_of(error.root), error.root)
        return USAGE
    if isinstance(error, FindingsError):
        _show(context, error.result, settings_of(context).sources, settings_of(context).root)
        remark(f"error: {error}")
        return FINDINGS
    if isinstance(error, DatasetBuilderError) and not isinstance(error, InternalError):
        remark(f"error: {error}")
        return USAGE
    remedy = "" if debug else "; run again with --debug, and report what it shows"
    remark(f"internal error: {type(error).__name__}: {error}{remedy}")
    return FAULT


def _show(context: click.Context, result: Any, sources: Sources, root: Path | None) -> None:
    put(render(result, settings_of(context).format, view(sources, root=root)))


def _files_of(root: Path) -> Sources:
    """The configuration's own text, to show lines of."""

    def read(file: str) -> str | None:
        try:
            return without_secrets((root / file).read_text(encoding="utf-8", errors="replace"))
        except OSError:
            return None

    return read

"""A function as a command of the command line."""

from collections.abc import Callable
from inspect import cleandoc

import click

from dataset_builder.cli.guard import guarded

__all__ = ["command"]

_EXAMPLE = "\n\nExample: "


def command(function: Callable[..., int | None]) -> click.Command:
    """`function`, guarded, as the command of its name, with the options that decorate it and its docstring as help.

    The docstring's first line stands in the list of commands. Its example isn't wrapped: it is there to be copied.
    """
    text = cleandoc(function.__doc__ or "")
    return click.command(
        function.__name__.rstrip("_"),  # `import` is a keyword
        help=text.replace(_EXAMPLE, f"\n\n\b{_EXAMPLE[1:]}"),
        short_help=text.partition("\n")[0],
    )(guarded(function))

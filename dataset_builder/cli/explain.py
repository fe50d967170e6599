"""`dataset-builder explain`: a rule's page."""

import sys

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.options import debug_option
from dataset_builder.cli.terminal import put

__all__ = ["explain"]


@command
@click.argument("code", metavar="CODE", help="A finding's code, as in SPN003.")
@debug_option
def explain(context: click.Context, *, code: str) -> None:  # noqa: ARG001 - every command is given it
    """Explain a rule: what is wrong, why it matters, how to mend it.

    Example: dataset-builder explain SPN003
    """
    import dataset_builder

    page = dataset_builder.explain(code.strip().upper())
    if not sys.stdout.isatty():
        put(page if page.endswith("\n") else f"{page}\n")
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(page))

"""`dataset-builder explain`: a rule's page."""

import sys
from typing import Annotated

import typer

from dataset_builder.cli.options import DebugOption
from dataset_builder.cli.terminal import put

__all__ = ["explain"]


def explain(
    context: typer.Context,  # noqa: ARG001 - for `guarded`
    *,
    code: Annotated[str, typer.Argument(metavar="CODE", show_default=False, help="A finding's code, as in SPN003.")],
    _debug: DebugOption = False,
) -> None:
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

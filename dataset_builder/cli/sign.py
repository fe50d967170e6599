"""`dataset-builder sign`: a build's statement, signed with a key of yours."""

from pathlib import Path
from typing import Annotated

import typer

from dataset_builder.cli.options import DebugOption
from dataset_builder.cli.terminal import put
from dataset_builder.report.visible import visible

__all__ = ["sign"]


def sign(
    context: typer.Context,  # noqa: ARG001 - what the guard asks for
    *,
    directory: Annotated[Path, typer.Argument(metavar="DIR", show_default=False, help="A build, as in dist.")],
    key: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="A private SSH key, or the public one of a key that an agent or a piece of hardware holds.",
        ),
    ],
    _debug: DebugOption = False,
) -> None:
    """Sign what a build says of its origin, with an SSH key that you have; `verify --signers` finds out who did.

    The build is verified first. The signature is made by ssh-keygen, and lies beside the statement.

    Exits with 1 if the build isn't what its manifest says.

    Example: dataset-builder sign dist --key ~/.ssh/id_ed25519
    """
    import dataset_builder

    put(f"{visible(str(dataset_builder.sign(directory, key)))}\n")

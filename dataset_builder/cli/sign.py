"""`dataset-builder sign`: a build's statement, signed with a key of yours."""

from pathlib import Path

import click

from dataset_builder.cli.command import command
from dataset_builder.cli.options import debug_option
from dataset_builder.cli.terminal import put
from dataset_builder.report.visible import visible

__all__ = ["sign"]


@command
@click.argument("directory", metavar="DIR", type=Path, help="A build, as in dist.")
@click.option(
    "--key",
    metavar="FILE",
    type=Path,
    required=True,
    help="A private SSH key, or the public one of a key that an agent or a piece of hardware holds.",
)
@debug_option
def sign(context: click.Context, *, directory: Path, key: Path) -> None:  # noqa: ARG001 - every command is given it
    """Sign what a build says of its origin, with an SSH key that you have; `verify --signers` finds out who did.

    The build is verified first. The signature is made by ssh-keygen, and lies beside the statement.

    Exits with 1 if the build isn't what its manifest says.

    Example: dataset-builder sign dist --key ~/.ssh/id_ed25519
    """
    import dataset_builder

    put(f"{visible(str(dataset_builder.sign(directory, key)))}\n")

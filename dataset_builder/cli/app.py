"""The commands, and the options that hold for all of them."""

from typing import Annotated

import typer

from dataset_builder.cli.anchor import anchor
from dataset_builder.cli.build import build
from dataset_builder.cli.card import card
from dataset_builder.cli.check import check
from dataset_builder.cli.diff import diff
from dataset_builder.cli.explain import explain
from dataset_builder.cli.exporting import export
from dataset_builder.cli.guard import guarded
from dataset_builder.cli.hydrate import hydrate
from dataset_builder.cli.importing import import_
from dataset_builder.cli.init import init
from dataset_builder.cli.options import DebugOption, ProjectOption, Settings
from dataset_builder.cli.publish import publish
from dataset_builder.cli.release import release
from dataset_builder.cli.schema import schema
from dataset_builder.cli.sign import sign
from dataset_builder.cli.stats import stats
from dataset_builder.cli.verify import verify
from dataset_builder.cli.withhold import withhold

__all__ = ["app"]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "obj": None},
    epilog="Exit codes: 0 clean, 1 findings, 2 usage or configuration, 3 a fault of dataset-builder itself.",
)


def _print_version(value: bool) -> None:
    if value:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"dataset-builder {version('dataset-builder')}")
        except PackageNotFoundError:
            typer.echo("dataset-builder, run from its sources without being installed")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    project: ProjectOption = None,
    _debug: DebugOption = False,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", metavar="", help="Print the version and exit.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Compile annotated text datasets: articles and standoff annotations in, checked Parquet tables and a card out."""
    context.ensure_object(Settings).project = project


_COMMANDS = (
    init,
    check,
    anchor,
    explain,
    schema,
    build,
    verify,
    diff,
    release,
    publish,
    sign,
    card,
    stats,
    import_,
    export,
    hydrate,
    withhold,
)

for command in _COMMANDS:
    app.command(command.__name__.rstrip("_"))(guarded(command))  # `import` is a keyword

"""The commands, and the options that hold for all of them."""

from importlib import import_module

import click

from dataset_builder.cli.options import debug_option, project_option

__all__ = ["app"]

INTERRUPTED = 130  # as of a program that SIGINT ends

_COMMANDS = (  # as `--help` lists them
    *("init", "check", "anchor", "explain", "schema", "build", "verify", "diff", "release", "publish", "sign"),
    *("card", "stats", "import", "export", "hydrate", "withhold"),
)
_HOMES = {"import": "importing:import_", "export": "exporting:export"}  # the others are in modules of their names


class Commands(click.Group):
    """The commands. Each is imported when it is asked for: to start one costs nothing of the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, in the order in which a project comes to need them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name. Where there is none, all are at hand: one that is like it is suggested."""
        for name in (cmd_name,) if cmd_name in _COMMANDS else _COMMANDS:
            if name not in self.commands:
                module, _, function = _HOMES.get(name, f"{name}:{name}").partition(":")
                self.add_command(getattr(import_module(f"dataset_builder.cli.{module}"), function))
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command; an interrupt ends it, with nothing more to say."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)


def _print_version(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"dataset-builder {version('dataset-builder')}")
        except PackageNotFoundError:
            click.echo("dataset-builder, run from its sources without being installed")
        context.exit()


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True, "max_content_width": 100},
    epilog="Exit codes: 0 clean, 1 findings, 2 usage or configuration, 3 a fault of dataset-builder itself.",
)
@project_option
@debug_option
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and exit.",
)
def app() -> None:
    """Compile annotated text datasets: articles and standoff annotations in, checked Parquet tables and a card out."""

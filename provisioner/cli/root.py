"""The tree of commands. Each is one module, imported only when its command runs; what lists them reads this file alone."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click

from provisioner import __version__
from provisioner.cli import options, terminal
from provisioner.cli.error_text import program_name
from provisioner.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class LazyGroup(click.Group):
    """A group whose commands live in modules of this package, each with a click command named ``command``.

    Args:
        summaries: the commands by name, in the order in which a user meets them, with what their list says of each.
        prefix: what the names of their modules begin with.
        other_names: further names of commands.
        settings: those of click.
    """

    def __init__(
        self,
        summaries: Mapping[str, str],
        *,
        prefix: str = "",
        other_names: Mapping[str, str] | None = None,
        **settings: object,
    ) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]  # click's own keyword arguments
        self._summaries = summaries
        self._prefix = prefix
        self._other_names = other_names or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which a user meets them."""
        del ctx
        return list(self._summaries)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The text as it is. click's own would load ``inspect`` to clean it."""
        del ctx
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.help or "")

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands. click's own would import each for its first sentence."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(self._summaries.items()))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the module of one command; None where there is no such command."""
        del ctx
        name = self._other_names.get(cmd_name, cmd_name)
        if name not in self._summaries:
            return None
        module = f".{self._prefix}{name.replace('-', '_')}"
        command = importlib.import_module(module, __package__).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{__package__}{module}.command is not a click command")
        command.short_help = self._summaries[name]
        return options.complete(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that ``args`` begin with.

        Raises:
            UsageError: there is none of that name; the hint names the nearest.
        """
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            from provisioner.workflows.near import near

            hint = near(name, self._summaries, otherwise=f"{ctx.command_path} --help")
            raise UsageError(f'there is no command "{name}"', hint=hint)
        return super().resolve_command(ctx, args)


def _version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        click.echo(f"kimi-provider {__version__}")
        context.exit()


@click.pass_context
def _open(context: click.Context, /, *, config: Path | None) -> int:
    """What runs before a command, and without one: the manager on a terminal, elsewhere the help."""
    if config is not None:
        context.obj = options.app_of(context, config)
    if context.invoked_subcommand is not None:
        return 0
    if not terminal.interactive():
        terminal.echo(context.get_help())
        return 0
    from provisioner.cli import manager

    def add() -> None:
        """``add`` as it is typed, with its options from the environment."""
        arguments = ["add"] if config is None else ["add", "--config", str(config)]
        root.main(arguments, prog_name=context.info_name, standalone_mode=False, obj=context.obj)

    return manager.run(options.app_of(context), add, program_name())


root = LazyGroup(
    {
        "add": "Import providers and their models into config.toml.",
        "list": "Show the configured providers and their models.",
        "remove": "Remove providers and all that names them.",
        "refresh": "Bring catalog and registry imports up to date.",
        "set-default": "Make ALIAS the model that Kimi Code starts with.",
        "env": "Print the variables that run ALIAS without a config.toml.",
        "key": "Give a provider a new key wherever the old one stands.",
        "doctor": "Say what is wrong with config.toml, and set it right.",
        "undo": "Bring config.toml back to what it was before a change.",
        "catalog": "Look into the models.dev catalog, and import from it.",
        "registry": "Write, check and compare registries (api.json).",
        "schema": "Print a published JSON Schema, or list them.",
        "test": "Ask models what Kimi Code will ask them first.",
        "demo": "See it work on loopback: no key, no network.",
        "completion": "Print the script with which SHELL completes words.",
        "help": "Explain a topic, or show the help of a command.",
    },
    other_names={"ls": "list", "rm": "remove"},
    name="provider",
    context_settings={"max_content_width": 100},
    callback=_open,
    invoke_without_command=True,
    help="Provision and test the model providers in Kimi Code's config.toml.\n\n"
    "Without a command, on a terminal: the provider manager.",
)
options.config(root)
options.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)(root)
options.complete(root)

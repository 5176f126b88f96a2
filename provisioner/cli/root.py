"""The tree of commands. Each is one module, imported only when its command runs or is listed."""

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
    """A group whose commands live in modules of this package, each with a click command named ``command``."""

    def __init__(
        self, modules: dict[str, str], other_names: Mapping[str, str] | None = None, **settings: object
    ) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]  # click's own keyword arguments
        self._modules = modules
        self._other_names = other_names or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which a user meets them."""
        del ctx
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the module of one command; None where there is no such command."""
        del ctx
        module = self._modules.get(self._other_names.get(cmd_name, cmd_name))
        if module is None:
            return None
        command = importlib.import_module(f".{module}", __package__).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{__package__}.{module}.command is not a click command")
        return options.debug(command)

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

            hint = near(name, self._modules, otherwise=f"{ctx.command_path} --help")
            raise UsageError(f'there is no command "{name}"', hint=hint)
        return super().resolve_command(ctx, args)


_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


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
        "add": "add",
        "list": "list",
        "remove": "remove",
        "refresh": "refresh",
        "set-default": "set_default",
        "env": "env",
        "key": "key",
        "doctor": "doctor",
        "undo": "undo",
        "catalog": "catalog",
        "registry": "registry",
        "schema": "schema",
        "test": "test",
        "demo": "demo",
        "completion": "completion",
        "help": "help",
    },
    {"ls": "list", "rm": "remove"},
    name="provider",
    context_settings=_CONTEXT,
    callback=_open,
    invoke_without_command=True,
    help="Provision and test the model providers in Kimi Code's config.toml.\n\n"
    "Without a command, on a terminal: the provider manager.",
)
options.config(root)
options.debug(root)
click.version_option(__version__, "--version", prog_name="kimi-provider", message="%(prog)s %(version)s")(
    root
)

"""``kimi provider completion``."""

from __future__ import annotations

import click

from provisioner.cli.terminal import echo

_SETUP = """\
\b
In ~/.bashrc (bash 4.4 or newer):
  eval "$(kimi-provider completion bash)"
In ~/.zshrc, after compinit:
  eval "$(kimi-provider completion zsh)"
In ~/.config/fish/config.fish:
  kimi-provider completion fish | source
"""


@click.command(epilog=_SETUP)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(*, shell: str) -> None:
    """Print the script with which SHELL completes commands, options, aliases and ids.

    It serves both `kimi provider` and `kimi-provider`.
    """
    from provisioner.cli.completion_shells import SCRIPTS

    echo(SCRIPTS[shell].rstrip("\n"))

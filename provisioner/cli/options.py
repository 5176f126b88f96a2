"""Options that several commands share, and the App that a command runs in."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from provisioner.cli.error_text import note
from provisioner.cli.terminal import clean, echo_error, styled
from provisioner.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from catalog.documents import CatalogRequest
    from provisioner.app import App

_DEBUG = "provisioner.debug"

F = TypeVar("F", bound="Callable[..., Any]")


class Option(click.Option):
    """An option whose help is taken as it is: click loads ``inspect`` to clean it, a quarter of its own weight."""

    def __init__(self, *names: Any, **settings: Any) -> None:
        text = settings.pop("help", None)
        super().__init__(*names, **settings)
        self.help = text


class _Path(click.Path):
    """A path; pathlib is loaded when one is given."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path as it was typed."""
        from pathlib import Path

        return Path(os.fsdecode(super().convert(value, param, ctx)))


PATH = _Path()


def option(*names: str, **settings: Any) -> Callable[[F], F]:
    """``click.option`` with options of this kind."""
    return click.option(*names, cls=Option, **settings)


as_json = option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
config = option(
    "--config",
    type=PATH,
    metavar="PATH",
    help="Use this config.toml instead of $KIMI_CODE_HOME/config.toml.",
)


def writing(command: F) -> F:
    """The options of every command that writes config.toml."""
    for one in (
        config,
        as_json,
        option("--yes", is_flag=True, help="Accept what would otherwise be refused as a likely accident."),
        option("--dry-run", is_flag=True, help="Show the change as a masked diff; write nothing."),
    ):
        command = one(command)
    return command


catalog_url = option(
    "--url",
    envvar="KIMI_CATALOG_URL",
    show_envvar=True,
    metavar="URL",
    help="Another catalog than https://models.dev/api.json.",
)


def reading_catalog(command: F) -> F:
    """The options of every command that reads the models.dev catalog."""
    for one in (
        catalog_url,
        option("--refresh", is_flag=True, help="Ask the server even when the cached copy is fresh."),
        option("--offline", is_flag=True, help="Use the cached copy or the built-in snapshot only."),
    ):
        command = one(command)
    return command


def catalog_access(
    *, url: str | None, offline: bool = False, refresh: bool = False, accept_shrink: bool = False
) -> CatalogRequest:
    """The options of :func:`reading_catalog` as a request to the catalog wing.

    Raises:
        UsageError: ``--offline`` and ``--refresh`` were both given.
    """
    from catalog.documents import DEFAULT_CATALOG_URL, CatalogRequest

    if offline and refresh:
        raise UsageError("--offline and --refresh exclude each other", hint="give one of them")
    return CatalogRequest(
        url=(url or DEFAULT_CATALOG_URL).strip(),
        offline=offline,
        refresh=refresh,
        accept_shrink=accept_shrink,
    )


def app_of(context: click.Context, config_path: Path | None = None) -> App:
    """The App of this run: a test's own, else that of this process; with ``--config`` around that file."""
    from provisioner.app import App

    if config_path is not None and not os.path.lexists(config_path):
        if context.params.get("as_json"):  # stderr is for one document, if the command fails
            context.call_on_close(partial(_say_missing, config_path))
        else:
            _say_missing(config_path)
    app = context.obj if isinstance(context.obj, App) else App.from_environment(config_path)
    command = context.command_path.removeprefix(context.find_root().command_path).strip() or "manager"
    app = app._replace(config_path=config_path or app.config_path, command=command)
    if not context.meta.get(_DEBUG):
        return app
    if context.invoked_subcommand is None:
        _traced(f"{command} on {app.config_path}")
    return app._replace(http=app.http.traced(_traced))


def _say_missing(path: Path) -> None:
    if sys.exception() is None and not os.path.lexists(path):
        echo_error(note(f"there is no file {path} yet", "kimi provider"))


def complete(command: click.Command) -> click.Command:
    """``command`` with what every command has: ``--debug``, and ``--help`` in place of click's own."""
    if command.add_help_option:
        command.add_help_option = False
        for names, callback, text in (
            (["--debug"], _switch, "Show requests and decisions on stderr, keys masked."),
            (["-h", "--help"], _help, "Show this message and exit."),
        ):
            command.params.append(
                Option(
                    names,
                    is_flag=True,
                    is_eager=callback is _help,
                    expose_value=False,
                    callback=callback,
                    help=text,
                )
            )
    return command


def _help(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        click.echo(context.get_help())
        context.exit()


def _switch(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        context.meta[_DEBUG] = True


def _traced(line: str) -> None:
    echo_error(styled(f"debug: {clean(line)}", dim=True))

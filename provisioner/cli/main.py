"""Runs a command line and turns whatever comes of it into an exit code: ``exit_codes.py`` says which."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from catalog.errors import KimiProviderError
from provisioner import errors, seen_keys, written
from provisioner.cli.error_text import ErrorText
from provisioner.cli.exit_codes import INTERRUPTED, USAGE, exit_code
from provisioner.cli.root import root
from provisioner.cli.terminal import ReaderGone, echo_error

if TYPE_CHECKING:
    from provisioner.app import App

# httpx imports its own command line along with itself, and that loads rich and pygments: a third of the time that
# importing httpx takes. With None in its place Python reports the module as missing, which httpx is prepared for.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None blocks an import by definition

# In this variable the script of `completion` asks what could be typed next.
_COMPLETE = "_KIMI_PROVIDER_COMPLETE"


def run(arguments: list[str], name: str, app: App | None = None, *, unread: bool = False) -> int:
    """Runs ``arguments`` as the program ``name`` and returns the exit code.

    ``app`` replaces the App of the environment, for tests; ``unread`` tells that stdout was closed from the start.
    """
    as_json = "--json" in arguments
    _listen_to_shells()
    written.forget()
    seen_keys.begin(arguments)
    try:
        code = root.main(
            args=arguments, prog_name=name, complete_var=_COMPLETE, standalone_mode=False, obj=app
        )
        sys.stdout.flush()
        if unread:
            _say_unread("the output")
    except KimiProviderError as error:
        _report(ErrorText.of(error, name), error.code, as_json=as_json)
        return exit_code(error)
    except click.exceptions.NoArgsIsHelpError as error:
        echo_error(error.format_message())
        return USAGE
    except click.UsageError as error:
        hint = f"{error.ctx.command_path} --help" if error.ctx else None
        message = error.format_message()
        if "unexpected extra argument" in message:  # it may be a key that was typed in the wrong place
            message = message.partition(" (")[0]
        _report(ErrorText(message, hint), errors.UsageError.code, as_json=as_json)
        return USAGE
    except (KeyboardInterrupt, click.Abort):
        _report(ErrorText(f"interrupted{_by_then()}"), "interrupted", as_json=as_json)
        return INTERRUPTED
    except (ReaderGone, BrokenPipeError):
        _drop_output()
        _say_unread("the output any more")
        return 0
    except OSError as error:  # stdout on a full disk
        place = str(error.filename) if error.filename else None
        message = (error.strerror or str(error)) + (_by_then() if written.so_far() else "")
        _report(ErrorText(message, where=place), "system", as_json=as_json)
        _drop_output()
        return 1
    return code if isinstance(code, int) else 0


def _listen_to_shells() -> None:
    """Lets click answer the scripts of `completion`, where one asks."""
    if _COMPLETE in os.environ:
        from provisioner.cli import completion_shells

        completion_shells.register()


def _by_then() -> str:
    """Whether config.toml had been changed when the command was ended from outside."""
    changed = " and ".join(str(path) for path in written.so_far())
    return f"; {changed} has been changed" if changed else "; config.toml was not changed"


def _say_unread(what: str) -> None:
    """That config.toml was changed, where the output that would have said so reaches nobody."""
    if written.so_far():
        echo_error(f"nobody reads {what}{_by_then()}")


def _drop_output() -> None:
    """What is still buffered for stdout must not raise again when Python exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report(text: ErrorText, code: str, *, as_json: bool) -> None:
    if as_json:
        import json

        document = {"code": code, "message": text.message, "hint": text.hint, "where": text.where}
        echo_error(json.dumps(document, ensure_ascii=False))
        return
    for line in text.lines:
        echo_error(line)

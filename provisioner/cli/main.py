"""Runs a command line and turns whatever comes of it into an exit code.

Exit codes, the contract of the command line: 0 done, 1 a test or check failed or a name was not found, 2 usage
or a question without a terminal, 3 drift, 4 an invalid document or config.toml, 5 not reachable, 6 credential
refused, 75 busy, 130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import click

from catalog import errors as catalog_errors
from provisioner import errors
from provisioner.cli.error_text import ErrorText, advice
from provisioner.cli.root import root
from provisioner.cli.terminal import ReaderGone, echo_error, styled

if TYPE_CHECKING:
    from provisioner.app import App

# httpx imports its own command line along with itself, and that loads rich and pygments: a third of the time that
# importing httpx takes. With None in its place Python reports the module as missing, which httpx is prepared for.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None blocks an import by definition

INTERRUPTED = 130
_USAGE = 2

# The first class in the list that fits decides.
_EXIT_CODES: tuple[tuple[type[Exception], int], ...] = (
    (errors.UsageError, _USAGE),
    (errors.NotFound, 1),
    (errors.ConfigInvalid, 4),
    (errors.ConfigUnwritable, 1),
    (errors.Busy, 75),
    (catalog_errors.CredentialRefused, 6),
    (catalog_errors.FetchFailed, 5),
    (catalog_errors.CatalogError, 4),
)


def run(arguments: list[str], name: str, app: App | None = None) -> int:
    """Runs ``arguments`` as the program ``name`` and returns the exit code.

    ``app`` replaces the App of the environment, for tests.
    """
    as_json = "--json" in arguments
    try:
        code = root.main(args=arguments, prog_name=name, standalone_mode=False, obj=app)
        if sys.stdout:
            sys.stdout.flush()
    except (catalog_errors.CatalogError, errors.ProvisionerError) as error:
        _report(ErrorText.of(error, name), error.code, as_json=as_json)
        return exit_code(error)
    except click.exceptions.NoArgsIsHelpError as error:
        echo_error(error.format_message())
        return _USAGE
    except click.UsageError as error:
        hint = f"{error.ctx.command_path} --help" if error.ctx else None
        _report(ErrorText(error.format_message(), hint), errors.UsageError.code, as_json=as_json)
        return _USAGE
    except (KeyboardInterrupt, click.Abort):
        _report(ErrorText("interrupted"), "interrupted", as_json=as_json)
        return INTERRUPTED
    except (ReaderGone, BrokenPipeError):
        _drop_output()
        return 0
    except OSError as error:  # stdout on a full disk
        place = str(error.filename) if error.filename else None
        _report(ErrorText(error.strerror or str(error), where=place), "system", as_json=as_json)
        _drop_output()
        return 1
    return code if isinstance(code, int) else 0


def exit_code(error: Exception) -> int:
    """The exit code that this error ends a command with."""
    return next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), 1)


def _drop_output() -> None:
    """What is still buffered for stdout must not raise again when Python exits."""
    if sys.stdout:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report(text: ErrorText, code: str, *, as_json: bool) -> None:
    if as_json:
        document = {"code": code, "message": text.message, "hint": text.hint, "where": text.where}
        click.echo(json.dumps(document, ensure_ascii=False), err=True)
        return
    echo_error(f"{styled('error:', fg='red', bold=True)} {text.line}")
    if text.hint:
        echo_error(f"  {advice(text.hint)}")

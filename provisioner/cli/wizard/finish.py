"""After the write: what was done, a first try, and the command that would have done the same."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog.urls import HIDDEN
from provisioner.cli.error_text import advice, note
from provisioner.cli.live import StreamedAnswer
from provisioner.cli.progress import waiting
from provisioner.cli.prompts.asking import Back, Question
from provisioner.cli.terminal import clean, echo, prose, styled
from provisioner.cli.verdict_lines import COLOURS
from provisioner.cli.wizard import command
from provisioner.cli.wizard.wizard import in_words
from provisioner.formatting import request
from provisioner.workflows.default_alias import best_alias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalog.models import Model
    from provisioner.cli.wizard.wizard import Wizard
    from provisioner.note import Note
    from provisioner.smoke.answer import Delta
    from provisioner.smoke.report import AliasResult
    from provisioner.workflows.outcome import Outcome

# Notes that were read before the confirmation and ask for nothing afterwards.
_SEEN = frozenset(
    {"skipped_models", "catalog_flaw", "registry_flaw", "picked", "whole", "env_hint", "placeholder_key"}
)


@dataclass(frozen=True)
class Added:
    """What a path did.

    Attributes:
        said: that in a few words.
        outcome: the change of config.toml.
        notes: what to know beside it.
        models: the models that were added by their aliases, to try one.
        arguments: of the command that would have done the same.
    """

    said: str
    outcome: Outcome
    notes: tuple[Note, ...]
    models: Mapping[str, Model]
    arguments: Sequence[str]


def finish(wizard: Wizard, done: Added) -> None:
    """Says what was written, offers a test, and ends with the command line.

    Raises:
        KeyboardInterrupt: the person left from the test; what was written stays, and everything was said.
    """
    _report(wizard, done)
    interrupted = None
    if not wizard.dry_run and done.models:
        try:
            _offer_test(wizard, done)
        except KeyboardInterrupt as error:
            interrupted = error
    config = wizard.app.config_path if wizard.own_config else None
    echo()
    echo(styled("The same without questions:", bold=True))
    room = shutil.get_terminal_size().columns - 2
    agreed = ["--yes"] if any(note.code == "taken_over" for note in done.notes) else []
    for line in command.lines(wizard.program, [*done.arguments, *agreed], config, width=room):
        echo(f"  {clean(line)}")
    for option, what in (("--api-key-stdin", "key"), ("--token-stdin", "token")):
        if option in done.arguments:
            echo(f"  {styled(f'with the {what} on standard input', dim=True)}")
    if any(HIDDEN in argument for argument in done.arguments):
        echo(f"  {styled(f'with what {HIDDEN} stands for', dim=True)}")
    if interrupted:
        raise interrupted


def _report(wizard: Wizard, done: Added) -> None:
    """Says what was written, or that nothing was."""
    symbols, outcome = wizard.ask.look.symbols, done.outcome
    if outcome.written:
        echo(f"{styled(symbols.done, fg='green')} {clean(done.said)}")
        echo(f"  {styled(clean(f'written to {wizard.shown(outcome.config_path)}'), dim=True)}")
    elif outcome.dry_run:
        echo("Nothing written (--dry-run).")
    else:
        echo(f"{clean(wizard.shown(outcome.config_path))} says so already; nothing written.")
    for message in (*outcome.notes, *(item.message for item in done.notes if item.code not in _SEEN)):
        echo(note(in_words(message), wizard.program))


def _offer_test(wizard: Wizard, done: Added) -> None:
    default = done.outcome.data.get("default_model")
    alias = default if default in done.models else best_alias(done.models)
    echo()
    question = Question("Try it now?", notes=(("dim", f"asks {alias} to say hi, as Kimi Code would"),))
    try:
        choice = wizard.menu(question, [("yes", "Yes", ""), ("no", "No", "")])
    except Back:
        return
    if choice == "yes":
        _test(wizard, str(alias))


def _test(wizard: Wizard, alias: str) -> None:
    from provisioner.workflows import test

    echo(f"{styled(wizard.ask.look.symbols.pointer, fg='cyan')} Say hi in one short sentence.")
    shown, request = StreamedAnswer(sys.stdout), test.Request((alias,))
    with waiting() as watch:
        watch(f"waiting at most {request.options.timeout_s:g} s; ctrl-c stops it")

        def arrived(alias: str, delta: Delta) -> None:
            watch("")
            shown.arrived(alias, delta)

        found = test.run(wizard.app, request, arrived)
    shown.end()
    if found.interrupted:
        raise KeyboardInterrupt
    _verdict(wizard, found.results[0])


def _verdict(wizard: Wizard, result: AliasResult) -> None:
    symbols, timing = wizard.ask.look.symbols, result.timing
    mark = {"pass": symbols.done, "fail": symbols.failed, "unknown": symbols.unsure}[result.verdict]
    figures = []
    if timing.first_token_ms is not None:
        figures.append(f"first token after {timing.first_token_ms:.0f} ms")
    if timing.tokens_per_second is not None:
        figures.append(f"{timing.tokens_per_second:.0f} tokens/s")
    if figures and result.request is not None:
        figures.append(request(result.request.size, result.request.bytes))
    if result.verdict == "pass":
        said = f"{result.alias} answers"
    else:
        said = result.error.message if result.error else result.checks[0].detail
    echo(
        prose(
            f"{styled(mark, fg=COLOURS[result.verdict])} {clean(', '.join([said, *figures]))}", is_result=True
        )
    )
    if result.error is not None and result.error.hint:
        echo(f"  {advice(result.error.hint, wizard.program)}")

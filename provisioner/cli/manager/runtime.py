"""The manager on a terminal: keys go into the state, effects go to the workflows, what comes of them is drawn."""

from __future__ import annotations

import signal
import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from prompt_toolkit.application import Application
from prompt_toolkit.layout import Layout, Window

from catalog.errors import CatalogError
from provisioner.cli.manager.background import Background
from provisioner.cli.manager.confirming import Confirmation
from provisioner.cli.manager.effects import AskRefresh, AskUndo, Leave, OpenWizard, RunTest, StopTest
from provisioner.cli.manager.findings import together
from provisioner.cli.manager.formats import printable
from provisioner.cli.manager.results import concluded, confirming, reloaded, streamed
from provisioner.cli.manager.toolkit import LinesControl, bindings
from provisioner.cli.manager.update import press, typed
from provisioner.cli.manager.view import draw
from provisioner.cli.prompts.frame import settled
from provisioner.cli.prompts.style import colour_depth, style
from provisioner.errors import ProvisionerError

if TYPE_CHECKING:
    from provisioner.cli.manager.actions import Actions, Tested
    from provisioner.cli.manager.contents import Contents
    from provisioner.cli.manager.effects import Effect, Preview, Write
    from provisioner.cli.manager.findings import DoctorProblem
    from provisioner.cli.manager.lines import Line
    from provisioner.cli.manager.state import State, Status
    from provisioner.cli.prompts.look import Look

# How often the screen is looked over: a test counts its seconds, and "1 min ago" becomes 2.
_REFRESH_S = 1.0
# What ends a program from outside; Windows has no hang-up.
_ENDING = [number for number in signal.Signals if number.name in ("SIGTERM", "SIGHUP")]


class GivenUp(BaseException):
    """Ends a test whose answer nobody waits for any more. Not an Exception: no diagnosis must catch it."""


class ManagerRuntime:
    """The manager between coming up and leaving for good or for the wizard.

    Attributes:
        state: what is on screen.
        done: what was changed, one line each, for the terminal to keep when the screen is gone.
    """

    def __init__(self, actions: Actions, look: Look, state: State) -> None:
        self.state = replace(state, program=actions.program)
        self.done: list[str] = []
        self._actions = actions
        self._look = look
        self._background = Background()
        self._given_up = threading.Event()
        self._looking = self._look_again = False
        self._screen = self._application()

    def run(self) -> Leave | OpenWizard:
        """Shows the manager until it is left; the terminal is as it was before, whatever happened.

        Raises:
            KeyboardInterrupt: Ctrl-C, or the terminal went away.
            SystemExit: the program was told to end.
        """
        try:
            return self._screen.run(pre_run=self._begin)
        except EOFError:
            raise KeyboardInterrupt from None
        finally:
            self._given_up.set()
            self._background.finish()

    def _application(self) -> Application[Leave | OpenWizard]:
        keys = bindings(self._press, self._paste, self._interrupt, self._suspend)
        window = Window(LinesControl(self._draw), wrap_lines=False)
        return settled(
            Application(
                layout=Layout(window),
                key_bindings=keys,
                full_screen=True,
                style=style(self._look),
                color_depth=colour_depth(self._look),
                refresh_interval=_REFRESH_S,
            )
        )

    def _begin(self) -> None:
        self._background.begin()
        self._looking = False  # what was going on when the wizard was opened has nobody left to tell
        self._screen.after_render += self._drawn
        for number in _ENDING:
            self._background.on_signal(number, partial(self._end, SystemExit(128 + number)))

    def _drawn(self, _: object) -> None:
        """Nothing that takes long is begun before the list is on screen."""
        self._screen.after_render -= self._drawn
        self._look_closer()

    def _draw(self, columns: int, lines: int) -> list[Line]:
        if (lines, columns) != (self.state.lines, self.state.columns):
            self.state = replace(self.state, lines=lines, columns=columns)
        return draw(self.state, columns, self._look, self._actions.app.clock())

    def _press(self, key: str) -> None:
        self.state, effect = press(self.state, key)
        if effect:
            self._perform(effect)
        self._screen.invalidate()

    def _paste(self, text: str) -> None:
        self.state = typed(self.state, text)
        self._screen.invalidate()

    def _interrupt(self) -> None:
        self._end(KeyboardInterrupt())

    def _suspend(self) -> None:
        self._screen.suspend_to_background()

    def _end(self, error: BaseException) -> None:
        if self._screen.is_running and not self._screen.is_done:
            self._screen.exit(exception=error)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Leave() | OpenWizard():
                self._screen.exit(result=effect)
            case AskRefresh() | AskUndo():
                self._preview(effect)
            case RunTest(alias):
                self._run_test(alias)
            case StopTest():
                self._given_up.set()
            case _:
                self._write(effect)

    def _preview(self, effect: Preview) -> None:
        """Finds out what would be changed, then asks."""

        def work() -> Confirmation | Status:
            try:
                return self._actions.preview(effect, self._waiting)
            except (ProvisionerError, CatalogError) as error:
                return self._actions.failed(error)

        def done(found: Confirmation | Status) -> None:
            state = replace(self.state, waiting="")
            if isinstance(found, Confirmation):
                self._show(confirming(state, found))
            else:
                self._show(replace(state, status=found))
            self._look_closer()  # the source may have said something new

        self._show(replace(self.state, waiting=effect.doing))
        self._background.start(work, done, self._end)

    def _look_closer(self) -> None:
        """Has drift and doctor's findings found out, unless that is going on; then once more when it has ended."""
        if self._looking:
            self._look_again = True
            return
        self._looking, self._look_again = True, False
        contents = self.state.contents

        def changes(found: dict[str | None, tuple[str, ...]]) -> None:
            known = {name: item.problems for name, item in self.state.findings.items()}
            self._show(replace(self.state, findings=together(found, known)))
            self._background.start(lambda: self._actions.problems(contents), wrong, self._end)

        def wrong(found: dict[str | None, tuple[DoctorProblem, ...]]) -> None:
            known = {name: item.changes for name, item in self.state.findings.items()}
            self._show(replace(self.state, findings=together(known, found)))
            self._looking = False
            if self._look_again:
                self._look_closer()

        self._background.start(self._actions.changes_upstream, changes, self._end)

    def _write(self, effect: Write) -> None:
        """Carries out ``effect`` and reads config.toml again, whether it succeeded or not."""

        def work() -> tuple[Status, Contents | None]:
            try:
                status, changed = self._actions.write(effect, self._waiting), True
            except (ProvisionerError, CatalogError) as error:
                status, changed = self._actions.failed(error), False
            try:
                return status, self._actions.load()
            except ProvisionerError as error:
                return (status if changed else self._actions.failed(error)), None

        def done(result: tuple[Status, Contents | None]) -> None:
            status, contents = result
            if status.tone == "good":
                self.done.append(status.text)
            state = reloaded(self.state, contents) if contents else self.state
            self._show(replace(state, waiting="", status=status))
            self._look_closer()

        self._show(replace(self.state, waiting=effect.doing))
        self._background.start(work, done, self._end, writes=True)

    def _waiting(self, message: str) -> None:
        self._background.tell(lambda: self._show(replace(self.state, waiting=printable(message))))

    def _run_test(self, alias: str) -> None:
        given_up = threading.Event()
        self._given_up = given_up
        if self.state.test:
            test = replace(self.state.test, since=self._actions.app.clock())
            self.state = replace(self.state, test=test)

        def arrived(kind: str, text: str) -> None:
            if given_up.is_set():
                raise GivenUp
            self._background.tell(lambda: current(streamed(self.state, alias, kind, text)))

        def current(state: State) -> None:
            if not given_up.is_set():
                self._show(state)

        def broken(error: BaseException) -> None:
            if isinstance(error, ProvisionerError | CatalogError):
                current(replace(self.state, test=None, status=self._actions.failed(error)))
            elif not isinstance(error, GivenUp):
                self._end(error)

        def done(end: Tested) -> None:
            current(concluded(self.state, alias, end.last_test, end.text))

        self._background.start(lambda: self._actions.run_test(alias, arrived), done, broken)

    def _show(self, state: State) -> None:
        self.state = state
        self._screen.invalidate()

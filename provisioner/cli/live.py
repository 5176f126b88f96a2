"""Shows tests while they run, on stderr and on a terminal only: the answer of one, a table of many."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, Self, TextIO

import click

from provisioner.cli.terminal import clean, columns_of, echo_error, styled, wants_colour
from provisioner.cli.verdict_lines import COLOURS
from provisioner.cli.word_wrap import WordWrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.live import Live
    from rich.table import Table

    from provisioner.smoke.answer import Delta
    from provisioner.smoke.batch import Progress

_ROWS = 20  # at most, below the count
_NEXT = 3  # rows for those that wait
_PER_SECOND = 8
_UNKNOWN_WIDTH = 200  # columns, where the terminal does not say


class Shown(Protocol):
    """What is told of a running test."""

    def arrived(self, alias: str, delta: Delta) -> None:
        """A piece of an answer."""

    def progress(self, progress: Progress) -> None:
        """A test that starts, waits or ends."""


@contextmanager
def watching(*, single: bool) -> Iterator[Shown]:
    """A place to show tests at: the text of a ``single`` one as it arrives, a live table of several, or nothing."""
    if not sys.stderr.isatty():
        yield _Nothing()
    elif single:
        text = StreamedAnswer(sys.stderr)
        try:
            yield text
        finally:
            text.end()
    else:
        with _Table() as table:
            yield table


class _Nothing:
    def arrived(self, alias: str, delta: Delta) -> None:
        pass

    def progress(self, progress: Progress) -> None:
        pass


class StreamedAnswer:
    """The answers as they come, each from the start of a line and under the name of its check, reasoning dimmed.

    Over the first answers to the text check stands nothing.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._kind = ""
        self._check = "text"
        self._wrap = self._new_wrap()

    def arrived(self, alias: str, delta: Delta) -> None:
        """Writes a piece of text or reasoning."""
        del alias
        if delta.kind == "tool":
            return
        if delta.kind != self._kind:
            self.end()
        self._kind = delta.kind
        text = "\n".join(clean(line) for line in delta.text.split("\n"))
        self._write_answer(self._wrap.feed(text))

    def progress(self, progress: Progress) -> None:
        """Says which check asks, and when the server asks to wait."""
        self.end()
        if progress.state == "asking" and progress.check != self._check:
            self._check = progress.check
            self._write(styled(f"{progress.check}:\n", dim=True))
        elif progress.state == "waiting":
            echo_error(f"The server asks to wait {progress.seconds:.0f} s …")

    def end(self) -> None:
        """Leaves the line that the answer ended on, if it did not itself."""
        self._write_answer(self._wrap.rest())
        if self._wrap.within_line:
            self._write("\n")
        self._kind, self._wrap = "", self._new_wrap()

    def _new_wrap(self) -> WordWrap:
        return WordWrap(columns_of(self._stream) or _UNKNOWN_WIDTH)

    def _write_answer(self, text: str) -> None:
        if text:
            self._write(styled(text, dim=True) if self._kind == "reasoning" else text)

    def _write(self, text: str) -> None:
        click.echo(text, self._stream, nl=False, color=wants_colour(self._stream))


class _Table:
    """How many are done, and a row for each that fits: what runs, the next that wait their turn, the last results."""

    def __init__(self) -> None:
        self._running: dict[str, str] = {}
        self._queued: dict[str, None] = {}
        self._done: dict[str, str] = {}
        self._live: Live | None = None

    def __enter__(self) -> Self:
        from rich.console import Console
        from rich.live import Live

        self._live = Live(
            get_renderable=self._table,
            console=Console(stderr=True, highlight=False),
            transient=True,
            refresh_per_second=_PER_SECOND,
        )
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def arrived(self, alias: str, delta: Delta) -> None:
        self._running[alias] = f"[cyan]{delta.kind} is streaming[/]"

    def progress(self, progress: Progress) -> None:
        alias = progress.alias
        match progress.state:
            case "queued":
                self._queued[alias] = None
            case "started":
                self._queued.pop(alias, None)
                self._running[alias] = "asked"
            case "waiting":
                self._running[alias] = f"[yellow]waits {progress.seconds:.0f} s as its server asks[/]"
            case "finished" if progress.result is not None:
                self._running.pop(alias, None)
                colour = COLOURS[progress.result.verdict]
                kind = f" {progress.result.error.kind}" if progress.result.error else ""
                self._done[alias] = f"[{colour}]{progress.result.verdict}[/]{kind}"

    def _table(self) -> Table:
        from rich.table import Table
        from rich.text import Text

        every = len(self._running) + len(self._queued) + len(self._done)
        # A line for the count, and one on which the cursor rests: what scrolled away could not be taken back.
        room = min((self._live.console.height if self._live else _ROWS) - 2, _ROWS)
        table = Table(box=None, show_header=False, pad_edge=False)
        # Where the terminal is narrow the names give way, which is why it is they that say they do not wrap.
        table.add_column()
        table.add_column(no_wrap=True)
        table.add_row(f"[bold]{len(self._done)} of {every}[/]", "")
        for alias, state in self._rows(room):
            table.add_row(Text(clean(alias), no_wrap=True, overflow="ellipsis"), state)
        return table

    def _rows(self, room: int) -> Iterator[tuple[str, str]]:
        running = list(self._running.items())[:room]
        left = room - len(running)
        waiting = list(self._queued)[: min(_NEXT, left)]
        left -= len(waiting)
        yield from list(self._done.items())[len(self._done) - min(left, len(self._done)) :]
        yield from running
        yield from ((alias, "[dim]waits its turn[/]") for alias in waiting)

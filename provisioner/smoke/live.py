"""The pieces of an answer for who watches it arrive: no key is seen, also when it comes in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.echoed import Live
from provisioner.smoke.answer import Delta

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.echoed import Echoes


_MOST = 1024 * 1024


class LiveDeltas:
    """Passes deltas on to ``watch``; the end of a text that may be the beginning of a key follows later.

    After a million characters nothing more is shown.
    """

    def __init__(self, echoes: Echoes, watch: Callable[[Delta], None]) -> None:
        self._echoes = echoes
        self._watch = watch
        self._room = _MOST
        self._kinds: dict[str, tuple[Delta, Live]] = {}

    def arrived(self, delta: Delta) -> None:
        """Takes one piece in. One of which nothing can be shown yet is passed on empty: something did arrive."""
        _, live = self._kinds.setdefault(delta.kind, (delta, Live(self._echoes)))
        text = delta.text[: self._room]
        self._room -= len(text)
        self._watch(Delta(delta.kind, live.feed(text) if text else ""))

    def finish(self) -> None:
        """The answer has ended: what was held back follows."""
        for delta, live in self._kinds.values():
            if rest := live.finish():
                self._watch(Delta(delta.kind, rest))

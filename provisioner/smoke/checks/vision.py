"""``vision``: a small picture is made on the spot, and what it shows must be named. Twice, against lucky guesses."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from provisioner.smoke.capabilities import claims, remedy, with_capability, without_capability
from provisioner.smoke.picture import COLOURS, png_of
from provisioner.smoke.probe import Probe
from provisioner.smoke.report import Check
from provisioner.smoke.verdict import could_not_tell

if TYPE_CHECKING:
    from provisioner.smoke.session import Session

PROMPT = f"Which colour is this picture? Answer with one word out of: {', '.join(COLOURS)}."
_PICTURES = 2
# The words of the prompt itself, repeated, are no answer.
_OPENED, _CLOSED = '"“', '"”'


async def check(session: Session) -> Check:
    """The check, compared with what the alias claims."""
    target = session.target
    claimed = claims(target, "image_in")
    trouble = ""
    for colour in random.sample(list(COLOURS), _PICTURES):
        asked = await session.ask(Probe(PROMPT, image=png_of(colour)))
        problem = asked.outcome.problem
        if problem is not None and could_not_tell(problem):
            return Check("vision", "unknown", problem.message)
        if problem is not None:
            trouble = f"the picture is refused: {problem.message}"
        elif not names(asked.outcome.answer.text, colour):
            trouble = f"a {colour} picture was described as: {asked.outcome.answer.text.strip()[:60]!r}"
        if trouble:
            break
    if claimed and trouble:
        changes = without_capability(target, "image_in")
        return Check(
            "vision", "fail", f"config.toml claims image_in, but {trouble}{remedy(changes)}", changes
        )
    if trouble:
        return Check("vision", "pass", "the model does not see, and config.toml does not claim it")
    if claimed:
        return Check("vision", "pass", f"named the colours of {_PICTURES} pictures")
    changes = with_capability(target, "image_in")
    return Check(
        "vision", "pass", f"the model sees, and config.toml does not say so{remedy(changes)}", changes
    )


def names(text: str, colour: str) -> bool:
    """Whether ``text`` names ``colour`` and no other."""
    opened = min((at for mark in _OPENED if (at := text.find(mark)) >= 0), default=len(text))
    closed = max(text.rfind(mark) for mark in _CLOSED)
    if closed > opened:
        text = text[:opened] + text[closed + 1 :]
    words = set(re.findall(r"[a-z]+", text.lower()))
    return words & COLOURS.keys() == {colour}

"""A first turn of real size: a system prompt and tools as long as those of Kimi Code 2.1.0, in sentences made here.

Captured there: a system prompt of 8,192 characters, 25 tools whose definitions make 74,000, in all some 84,000 bytes
on every wire. The sentences are put together from short lists, always the same, so that two tests send the same bytes.
"""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from provisioner.smoke.first_prompt.small import PROPERTIES, described, schema
from provisioner.smoke.first_prompt.tool import FunctionTool

if TYPE_CHECKING:
    from collections.abc import Iterator

_SYSTEM_LENGTH = 8192
_DESCRIPTION_LENGTH = 2490
_VERBS = ("read", "write", "find", "start", "check")
_NOUNS = ("file", "note", "job", "page", "plan")
_SUBJECTS = (
    "The caller", "A background job", "This tool", "Each note", "The result", "A long line", "The project", "An old entry",
    "Every path", "The last answer", "A relative name",
)  # fmt: skip
_ACTIONS = (
    "is read before anything is written", "keeps its order", "returns at most as many entries as were requested",
    "may be left out", "continues immediately after the previous paragraph", "never touches files outside the folder", "remains available throughout the conversation",
    "waits until the earlier one has ended", "understands several different modes", "counts in whole seconds",
    "is refused with an error message", "runs once and then stops", "is cut after 2,000 characters",
)  # fmt: skip
_CONDITIONS = (
    "when several match", "unless `recurring` is false", "if the folder is empty", "so that nothing is lost",
    "even where two names differ only in case", "while a plan is open", "as soon as it is asked for",
)  # fmt: skip


def _sentences(start: int) -> Iterator[str]:
    """Sentences without end; the lists have lengths without a common divisor, so that pairs hardly repeat."""
    number = start
    while True:
        subject, action = _SUBJECTS[number % len(_SUBJECTS)], _ACTIONS[number % len(_ACTIONS)]
        yield f"{subject} {action} {_CONDITIONS[number % len(_CONDITIONS)]}."
        number += 1


def _text(start: int, length: int) -> str:
    enough = islice(_sentences(start), length // 20)
    return "\n".join(f"- {sentence}" for sentence in enough)[:length]


@cache
def system() -> str:
    """The system prompt."""
    return _text(0, _SYSTEM_LENGTH)


@cache
def tools() -> tuple[FunctionTool, ...]:
    """The 25 tools: each a verb and a noun, with some of the properties in turn."""
    names, made = tuple(PROPERTIES), []
    for number, (verb, noun) in enumerate((verb, noun) for verb in _VERBS for noun in _NOUNS):
        chosen = tuple(names[(number * 3 + step) % len(names)] for step in range(number % 6))
        text = f"Use this to {verb} a {noun}.\n{_text(number * 17, _DESCRIPTION_LENGTH)}"
        made.append(FunctionTool(f"{verb}_{noun}", text, schema(described(chosen), chosen[:1])))
    return tuple(made)

"""The models that the demo serves: two that work on every wire, and some that fail on purpose, one way each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Behaviour(Enum):
    """What a model does when it is asked."""

    ANSWERS = "answers"
    RATE_LIMITED = "refuses with the wire's rate-limit error and a Retry-After of one second"
    OUT_OF_QUOTA = "refuses with the wire's billing error"
    FAILING = "answers HTTP 500"
    WEB_PAGE = "answers HTTP 200 with a web page, as a wrong base_url or a captive portal does"
    UNSTREAMED = "ignores `stream` and answers with one JSON completion"
    SLOW = "takes a second and a half before it begins"
    STALLED = "begins, then says nothing more and keeps the connection open"
    CUT = "begins, then drops the connection"
    BREAKS = "begins, then reports an error inside the stream"


@dataclass(frozen=True)
class DemoModel:
    """A model that the demo serves.

    Attributes:
        id: its name on every wire.
        name: its name for people.
        context: tokens, told to clients; the demo does not refuse long prompts.
        output: most output tokens a request may ask for; more is refused, as real servers do.
        reasoning: it can think before it answers.
        images: it can see (PNG).
        efforts: the levels of effort it knows, on wires that have them.
        behaviour: what it does when asked.
    """

    id: str
    name: str
    context: int = 131_072
    output: int = 131_072
    reasoning: bool = False
    images: bool = False
    efforts: tuple[str, ...] = ()
    behaviour: Behaviour = Behaviour.ANSWERS


ECHO = DemoModel("echo", "Demo Echo")
THINKER = DemoModel(
    "thinker",
    "Demo Thinker",
    262_144,
    262_144,
    reasoning=True,
    images=True,
    efforts=("low", "medium", "high"),
)
GOOD = (ECHO, THINKER)

# A registry import writes no max_output_size, so Kimi Code asks for the whole context: that is what `modest` shows.
FAULTS = (
    DemoModel("modest", "Allows 4,096 output tokens", output=4_096),
    DemoModel("rate-limited", "Too many requests", behaviour=Behaviour.RATE_LIMITED),
    DemoModel("out-of-quota", "No credit left", behaviour=Behaviour.OUT_OF_QUOTA),
    DemoModel("failing", "Internal error", behaviour=Behaviour.FAILING),
    DemoModel("web-page", "A web page", behaviour=Behaviour.WEB_PAGE),
    DemoModel("unstreamed", "Does not stream", behaviour=Behaviour.UNSTREAMED),
    DemoModel("slow", "Late first token", behaviour=Behaviour.SLOW),
    DemoModel("stalled", "Falls silent", behaviour=Behaviour.STALLED),
    DemoModel("cut", "Hangs up", behaviour=Behaviour.CUT),
    DemoModel("breaks", "Error in the stream", behaviour=Behaviour.BREAKS),
)


def find(name: str) -> DemoModel | None:
    """The model of that id; None when there is none. Every wire serves them all, listed or not."""
    return next((model for model in (*GOOD, *FAULTS) if model.id == name), None)

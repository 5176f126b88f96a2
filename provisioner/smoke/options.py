"""What the test of an alias asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from provisioner.smoke.retry import RETRIES

if TYPE_CHECKING:
    from provisioner.smoke.probe import Size

CheckName = Literal["text", "tools", "thinking", "vision", "video"]


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked of the test of each alias.

    Attributes:
        checks: what to ask beside ``text``, which always comes first.
        size: how large a first turn to send; ``least`` leaves out all that an answer can do without.
        timeout_s: the cap on one alias, in seconds, all its requests together.
        retries: how often a request that Kimi Code would try again is tried again.
        max_ttft_s: fail where the first token comes later than this.
        min_tps: fail where fewer tokens come in a second.
    """

    checks: tuple[CheckName, ...] = ("text",)
    size: Size = "small"
    timeout_s: float = 180.0
    retries: int = RETRIES
    max_ttft_s: float | None = None
    min_tps: float | None = None

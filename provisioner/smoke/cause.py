"""What a refusal, or what a server tells of itself, comes down to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provisioner.smoke.problem import Kind
    from provisioner.smoke.report import Correction


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause, and what removes it.

    Attributes:
        message: a sentence.
        hint: the line to change, or what to do elsewhere.
        changes: the same for ``--fix``, where config.toml is the place.
        kind: what sort of problem it is, where that is plainer now than before.
    """

    message: str
    hint: str | None = None
    changes: tuple[Correction, ...] = ()
    kind: Kind | None = None

"""What a key asks for outside the state: a call of a workflow, the wizard, or the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Leave:
    """End the manager."""


@dataclass(frozen=True)
class OpenWizard:
    """Ask what to add."""


@dataclass(frozen=True)
class Remove:
    """Remove these providers."""

    doing: ClassVar[str] = "removing"
    providers: tuple[str, ...]


@dataclass(frozen=True)
class SetDefault:
    """Make this alias the default model."""

    doing: ClassVar[str] = "setting the default"
    alias: str


@dataclass(frozen=True)
class RunTest:
    """Test this alias."""

    alias: str


@dataclass(frozen=True)
class StopTest:
    """Forget the test that is running."""


# What changes config.toml; ``doing`` says so while it lasts.
Write = Remove | SetDefault
Effect = Leave | OpenWizard | Write | RunTest | StopTest

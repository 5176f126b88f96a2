"""What a key asks of the world outside the manager. Each becomes one call of a workflow, or an end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Leave:
    """End the manager."""


@dataclass(frozen=True)
class OpenWizard:
    """Open the wizard."""


@dataclass(frozen=True)
class Remove:
    """Remove these providers."""

    providers: tuple[str, ...]


@dataclass(frozen=True)
class SetDefault:
    """Make this alias the default model."""

    alias: str


@dataclass(frozen=True)
class RunTest:
    """Test this alias."""

    alias: str


@dataclass(frozen=True)
class StopTest:
    """Forget the test that is running."""


Effect = Leave | OpenWizard | Remove | SetDefault | RunTest | StopTest

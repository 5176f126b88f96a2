"""What a key asks of the world outside the manager. Each becomes one call of a workflow, or an end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Leave:
    """End the manager."""


@dataclass(frozen=True)
class AddPlatform:
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
class Try:
    """Test this alias."""

    alias: str


@dataclass(frozen=True)
class StopTrying:
    """Forget the test that is running."""


Wish = Leave | AddPlatform | Remove | SetDefault | Try | StopTrying

"""What a key asks for outside the state: a call of a workflow, the wizard, or the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from provisioner.config.undo import Undone
    from provisioner.workflows.refresh import AskedSources


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
class Refresh:
    """Write what the sources of a provider answered, as it was shown."""

    doing: ClassVar[str] = "refreshing"
    provider: str
    asked: AskedSources = field(repr=False)


@dataclass(frozen=True)
class RotateKey:
    """Give a provider another key."""

    doing: ClassVar[str] = "changing the key"
    provider: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class Undo:
    """Take back what was shown."""

    doing: ClassVar[str] = "taking the change back"
    shown: Undone = field(repr=False)


@dataclass(frozen=True)
class AskRefresh:
    """Ask the source of a provider what it says now, and show what would change."""

    doing: ClassVar[str] = "asking what changed upstream"
    provider: str


@dataclass(frozen=True)
class AskUndo:
    """Show what taking the last change back would bring."""

    doing: ClassVar[str] = "looking for the last change"


@dataclass(frozen=True)
class RunTest:
    """Test this alias."""

    alias: str


@dataclass(frozen=True)
class StopTest:
    """Forget the test that is running."""


# What changes config.toml; ``doing`` says so while it lasts.
Write = Remove | SetDefault | Refresh | RotateKey | Undo
# What only looks, and ends in a question.
Preview = AskRefresh | AskUndo
Effect = Leave | OpenWizard | Write | Preview | RunTest | StopTest

"""Everything the provisioning wing raises.

ProvisionerError
├── UsageError          the request contradicts itself or lacks something; a flag fixes it
│   ├── TerminalNeeded  a question would have to be asked and there is no terminal
│   ├── ConfigChanged   something else has changed config.toml since, and that would be lost
│   ├── ConsentNeeded   what somebody else put there would be replaced; a flag agrees to it
│   ├── ReportUnwritable a report of a test cannot be written where it was asked for
│   └── ProviderManaged the provider is Kimi Code's own, or its id is
├── NotFound            a provider or alias that config.toml does not have
├── ConfigInvalid       config.toml cannot be read, or does not mean what it must
├── ConfigUnwritable    config.toml cannot be written here (a folder, a bind mount, permissions)
└── Busy                another process holds the lock

Errors carry fields, not sentences to parse: ``message`` (what happened), ``hint`` (the one command or action
that fixes it), ``where`` (a path, ``path:line`` or URL).
"""

from __future__ import annotations

from catalog.errors import KimiProviderError


class ProvisionerError(KimiProviderError):
    """Base of the errors here."""

    code = "provisioner"


class UsageError(ProvisionerError):
    """The request contradicts itself or lacks something."""

    code = "usage"


class TerminalNeeded(UsageError):
    """A question would have to be asked and there is no terminal; the hint names the flags that answer it."""

    code = "terminal_needed"


class ConsentNeeded(UsageError):
    """The change would replace or take over what another source or a person put there; the hint names the flag."""

    code = "consent_needed"


class ProviderManaged(UsageError):
    """The provider is a login of Kimi Code, or its id is reserved for one: it is never written or removed here."""

    code = "provider_managed"


class ConfigChanged(UsageError):
    """config.toml is not what it was after its last change on record, or when a change was planned."""

    code = "config_changed"


class ReportUnwritable(UsageError):
    """A report of a test cannot be written where it was asked for."""

    code = "report_unwritable"


class NotFound(ProvisionerError):
    """A provider or alias that config.toml does not have."""

    code = "not_found"


class ConfigInvalid(ProvisionerError):
    """config.toml cannot be read, or does not mean what it must.

    ``place`` is the line and column, both from 1, of what makes it no text or no TOML; None for other reasons.
    """

    code = "config_invalid"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        where: str | None = None,
        place: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(message, hint=hint, where=where)
        self.place = place


class ConfigUnwritable(ProvisionerError):
    """config.toml cannot be written at this place."""

    code = "config_unwritable"


class Busy(ProvisionerError):
    """Another process holds the lock on config.toml, or does not stop changing the file."""

    code = "busy"

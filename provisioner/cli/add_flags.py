"""What was given to ``add`` on the command line, typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.cli import credential_flags, options
from provisioner.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from catalog.documents import CatalogRequest
    from provisioner.app import App
    from provisioner.workflows.credential import Credential

LIST = "list"  # in place of a tool after --from: which there are


class CatalogFlags:
    """The options of ``add ID`` and ``catalog add ID``, named as click names them."""

    api_key: str | None
    api_key_stdin: bool
    api_key_env: str | None
    base_url: str | None
    variables: tuple[str, ...]
    models: tuple[str, ...]
    default_model: str | None
    name: str | None
    url: str | None
    refresh: bool
    offline: bool
    as_json: bool
    yes: bool
    dry_run: bool

    def __init__(self, **given: Any) -> None:
        vars(self).update(given)  # click gives a value for each option

    def credential(self, app: App, *, fallback: bool = True) -> Credential:
        """The key or its variable; with ``fallback`` KIMI_REGISTRY_API_KEY where no flag gives one.

        Raises:
            UsageError: more than one was given, or it cannot be a key.
        """
        return credential_flags.credential(
            self.api_key,
            stdin=self.api_key_stdin,
            variable=self.api_key_env,
            fallback=app.env.get(credential_flags.REGISTRY_VARIABLE) if fallback else None,
            stdin_flag="--api-key-stdin",
        )

    def access(self) -> CatalogRequest:
        """Which catalog, and how it may be reached.

        Raises:
            UsageError: ``--offline`` and ``--refresh`` were both given.
        """
        return options.catalog_access(
            url=self.url, offline=self.offline, refresh=self.refresh, accept_shrink=self.yes
        )

    def values(self) -> dict[str, str]:
        """What ``--var`` fills in, by name.

        Raises:
            UsageError: one is not ``NAME=VALUE``.
        """
        split = [pair.partition("=") for pair in self.variables]
        for name, equals, value in split:
            if not (name and equals and value):
                raise UsageError(f"--var takes NAME=VALUE, not {name}{equals}{value}")
        return {name: value for name, _, value in split}


class AddFlags(CatalogFlags):
    """The options of every form of ``add``."""

    only: tuple[str, ...]
    token: str | None
    token_stdin: bool
    wire: str | None
    accept_endpoint_change: bool
    from_tool: str | None
    file: Path | None
    with_keys: bool

    def registry_token(self, app: App) -> str | None:
        """The registry's token; ``--api-key`` is Kimi Code's own spelling of ``--token``.

        Raises:
            UsageError: more than one was given, or it cannot be a token.
        """
        if self.token is not None and self.api_key is not None:
            raise UsageError("--token and --api-key mean the same here", hint="give one of them")
        return credential_flags.credential(
            self.token if self.token is not None else self.api_key,
            stdin=self.token_stdin or self.api_key_stdin,
            variable=None,
            fallback=app.env.get(credential_flags.REGISTRY_VARIABLE),
            stdin_flag="--token-stdin" if self.token_stdin else "--api-key-stdin",
        ).key

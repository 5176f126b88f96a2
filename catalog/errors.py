"""Everything that `catalog` raises, and what all errors of the program have in common.

KimiProviderError       of both; ``provisioner/errors.py`` has the others
CatalogError
├── DocumentInvalid     the bytes arrived, but they are not a usable catalog or registry
├── FetchFailed         they could not be fetched or reached
│   ├── CredentialRefused   the host answered 401 or 403
│   └── AddressInvalid      the URL is none that anything could be fetched from
├── ShrinkRefused       a new document lost more than half of its providers
└── NotImportable       one provider of a sound document cannot be used, and why

Every error carries fields, not a sentence to parse: ``message`` (what happened), ``hint`` (the one command
or action that helps) and ``where`` (a URL, a path or a JSON pointer).
"""

from __future__ import annotations

from typing import ClassVar, Literal

Reason = Literal[
    "bad_id",  # the id cannot be written safely
    "unknown_wire",  # it names a protocol that none of the wires is
    "proprietary",  # it speaks a protocol of its own
    "no_endpoint",  # no base URL is known: ask for one
    "variables",  # the base URL has placeholders: ask for their values
    "bad_endpoint",  # the base URL is none
    "no_models",  # nothing in it is a chat model
    "no_listing",  # the endpoint has no list of its models: name them
]


class KimiProviderError(Exception):
    """Base of every error that the program raises on purpose.

    ``code`` is stable and part of the command line's contract: scripts read it in the JSON error object.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str | None = None, where: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where


class CatalogError(KimiProviderError):
    """Base of the errors here."""

    code = "catalog"


class DocumentInvalid(CatalogError):
    """The bytes arrived, but they are not a usable catalog or registry."""

    code = "document_invalid"


class FetchFailed(CatalogError):
    """The document could not be fetched or reached; ``status`` is the HTTP status when there was one."""

    code = "fetch_failed"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        where: str | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message, hint=hint, where=where)
        self.status = status


class CredentialRefused(FetchFailed):
    """The host answered 401 or 403: the token is missing or wrong."""

    code = "credential_refused"


class AddressInvalid(FetchFailed):
    """The URL is none that a document can be fetched from."""

    code = "address_invalid"


class ShrinkRefused(CatalogError):
    """A new document lost more than half of the providers of the copy at hand."""

    code = "shrink_refused"


class NotImportable(CatalogError):
    """One provider of a sound document cannot be used: unknown, proprietary, or without an endpoint.

    ``reason`` tells the cases apart for code that can settle one by asking; ``variables`` are the names that an
    endpoint needs filled in, where that is what is missing.
    """

    code = "not_importable"

    def __init__(
        self,
        message: str,
        *,
        reason: Reason,
        hint: str | None = None,
        where: str | None = None,
        variables: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message, hint=hint, where=where)
        self.reason = reason
        self.variables = variables

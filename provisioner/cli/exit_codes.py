"""The exit codes, the contract of the command line: what each says, and which one an error ends a command with."""

from __future__ import annotations

from catalog import errors as catalog_errors
from provisioner import errors

USAGE = 2
INTERRUPTED = 130

MEANINGS = {
    0: "done",
    1: "a test or check failed, or a name was not found",
    USAGE: "usage, or a question would have been asked and there is no terminal",
    3: "refresh --check or registry diff: there is a difference",
    4: "a document or config.toml is invalid",
    5: "could not be fetched or reached",
    6: "the credential was refused; of several tests: every failure is one",
    7: "a test could not tell, and none failed; --unknown-ok makes it 0",
    75: "another process holds the lock: try again",
    INTERRUPTED: "interrupted",
}

# Why a provider cannot be imported whatever is asked; for the rest a flag or another provider helps.
_DATA_REASONS = ("bad_id", "no_models")

# The first class in the list that fits decides.
_OF_ERRORS: tuple[tuple[type[Exception], int], ...] = (
    (errors.UsageError, USAGE),
    (errors.NotFound, 1),
    (errors.ConfigInvalid, 4),
    (errors.ConfigUnwritable, 1),
    (errors.Busy, 75),
    (catalog_errors.CredentialRefused, 6),
    (catalog_errors.AddressInvalid, USAGE),
    (catalog_errors.FetchFailed, 5),
    (catalog_errors.CatalogError, 4),
)


def exit_code(error: Exception) -> int:
    """The exit code that this error ends a command with."""
    if isinstance(error, catalog_errors.NotImportable) and error.reason not in _DATA_REASONS:
        return USAGE
    return next((code for kind, code in _OF_ERRORS if isinstance(error, kind)), 1)

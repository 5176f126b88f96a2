"""Which alias of an import ``--default-model`` means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.errors import NotFound, UsageError
from provisioner.workflows.near import near

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog.models import Provider


def default_alias(providers: Iterable[Provider], wanted: str | None) -> str | None:
    """The alias, which may be given whole or as a model id; None when nothing is wanted.

    Raises:
        NotFound: the import has no such model.
        UsageError: several of its providers have a model of that id.
    """
    if wanted is None:
        return None
    names = {f"{p.id}/{m.key}": {m.id, m.key} for p in providers for m in p.models}
    if wanted in names:
        return wanted
    meant = [alias for alias, ids in names.items() if wanted in ids]
    if not meant:
        known = [*names, *{name for ids in names.values() for name in ids}]
        raise NotFound(f'the import has no model "{wanted}" to make the default', hint=near(wanted, known))
    if len(meant) > 1:
        raise UsageError(
            f'several providers have a model "{wanted}"', hint=f"--default-model {' or '.join(meant)}"
        )
    return meant[0]

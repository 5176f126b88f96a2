"""Which alias of an import becomes the default: the one that ``--default-model`` means, or the best to offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.best import best
from provisioner.errors import NotFound, UsageError
from provisioner.workflows.near import near

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog.models import Model, Provider


def default_alias(providers: Iterable[Provider], wanted: str | None) -> str | None:
    """The alias, which may be given whole or as a model id; None when nothing is wanted.

    Raises:
        NotFound: the import has no such model.
        UsageError: several of its providers have a model of that id.
    """
    if wanted is None:
        return None
    names = {alias: {model.id, model.key} for alias, model in models_of(providers).items()}
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


def best_alias(models: Mapping[str, Model]) -> str | None:
    """The alias of the model that is the best to start with; None out of none."""
    first = best(models.values())
    return next((alias for alias, model in models.items() if model is first), None)


def models_of(providers: Iterable[Provider]) -> dict[str, Model]:
    """The models of an import by their aliases."""
    return {f"{provider.id}/{model.key}": model for provider in providers for model in provider.models}

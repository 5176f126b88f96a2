"""Providers and models as rows of a list. Nothing here asks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from provisioner.cli.prompts.list_state import Column, ListRow
from provisioner.cli.wizard.model_facts import abilities, price, sentence, tokens
from provisioner.cli.wizard.popular import POPULAR

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from catalog.models import Model
    from provisioner.workflows.browse import Offer

PROVIDER_COLUMNS = (
    Column("provider"),
    Column("id", drop=2),
    Column("wire", drop=1, said="{} wire"),
    Column("models", right=True, drop=3, said="models: {}"),
    Column(),
)
MODEL_COLUMNS = (
    Column("model"),
    Column("released", drop=4, said="of {}"),
    Column("context", right=True, said="{} context"),
    Column("output", right=True, drop=3, said="{} output"),
    Column("can", drop=2),
    Column("$ in / out per M", right=True, drop=1, said="{} per million tokens"),
)
_NAMED = 4


def provider_rows(
    offers: Iterable[Offer],
    model_ids: Mapping[str, Sequence[str]],
    *,
    configured: Collection[str] = (),
    logins: Collection[str] = (),
) -> list[ListRow[str]]:
    """Every provider, popular ones first; those that cannot be imported are closed and say why.

    Args:
        offers: the catalog's providers.
        model_ids: the models of each, to be found by.
        configured: ids in config.toml.
        logins: those among them that are Kimi Code's own.
    """
    rank = {id_: number for number, id_ in enumerate(POPULAR)}
    ordered = sorted(offers, key=lambda o: (rank.get(o.id, len(rank)), o.name.casefold()))
    rows = [
        _provider_row(
            offer, model_ids.get(offer.id, ()), configured=offer.id in configured, login=offer.id in logins
        )
        for offer in ordered
    ]
    popular = sum(offer.id in rank for offer in ordered)
    if not 0 < popular < len(rows):
        return rows
    return [_heading("popular"), *rows[:popular], _heading("all the others"), *rows[popular:]]


def _heading(text: str) -> ListRow[str]:
    return ListRow(f"\n{text}", (text,), heading=True)


def _provider_row(offer: Offer, models: Sequence[str], *, configured: bool, login: bool) -> ListRow[str]:
    closed = None
    if login:
        closed = "a login of Kimi Code itself: it is left alone"
    elif offer.wire is None:
        closed = "it speaks a protocol of its own, which Kimi Code does not"
    wire = f"{offer.wire}{' (guess)' if offer.guessed else ''}" if offer.wire else "none"
    return ListRow(
        offer.id,
        (offer.name, offer.id, wire, str(offer.models), "configured" if configured else ""),
        search=(offer.name.casefold(), offer.id.casefold(), "\n".join(["", *models]).casefold()),
        detail=partial(_provider_detail, offer, models),
        closed=closed,
    )


def _provider_detail(offer: Offer, models: Sequence[str], needle: str) -> str:
    """The models that were searched for; else how the provider is spoken to."""
    words = needle.split()
    own = f"{offer.name} {offer.id}".casefold()
    if any(word not in own for word in words):
        # The ids stand in order, so that of one family the latest version comes last.
        found = [
            id_ for id_ in reversed(models) if all(word in id_.casefold() or word in own for word in words)
        ]
        if found:
            more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
            return f"has {', '.join(found[:_NAMED])}{more}"
    wire = f"{offer.wire} wire{', which is a guess' if offer.guessed else ''}"
    return f"{wire} at {offer.endpoint}" if offer.endpoint else f"{wire}; the catalog gives no endpoint"


def model_rows(models: Mapping[str, Model]) -> list[ListRow[str]]:
    """Models by the name that each is chosen by, the newest first; what has no date keeps its order."""
    newest_first = sorted(models.items(), key=lambda item: item[1].released or "", reverse=True)
    return [_model_row(name, model) for name, model in newest_first]


def _model_row(name: str, model: Model) -> ListRow[str]:
    return ListRow(
        name,
        (
            name,
            model.released or "",
            tokens(model.context) if model.context_known else "?",
            tokens(model.output_limit),
            abilities(model),
            price(model.cost),
        ),
        search=(name.casefold(), (model.display_name or "").casefold(), abilities(model)),
        detail=sentence(model),
    )

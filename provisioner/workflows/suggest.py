"""Which of a provider's models are marked before anyone chooses. The one to start with is ``catalog/best.py``'s."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from catalog.best import best, is_unfinished, without_copies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catalog.models import Model

# So few are no burden: all of them.
FEW = 8
_MOST = 12
_YEAR = timedelta(days=365)


def suggested(entry: Mapping[str, Any], models: Sequence[Model]) -> frozenset[str]:
    """Ids of the models to begin with, out of the usable ``models`` of the published provider ``entry``.

    All of a short list. Of a longer one the best to start with, and the newest of each family that calls tools and came out within a year of
    the provider's newest, without dated copies of a version and without previews where a finished one is to be had.
    """
    if len(models) <= FEW:
        return frozenset(model.id for model in models)
    able = [model for model in without_copies(models) if "tool_use" in (model.capabilities or ())]
    since = _year_before(max(map(_date, able), default=""))
    leaders = _leaders(entry, [model for model in able if _date(model) >= since])
    leaders.sort(key=_date, reverse=True)
    first = [found] if (found := best(models)) else []
    return frozenset(list(dict.fromkeys(model.id for model in first + leaders))[:_MOST])


def _leaders(entry: Mapping[str, Any], models: Iterable[Model]) -> list[Model]:
    """The best of each family: finished before unfinished, then the newest, then the plainest name."""
    families: dict[str, list[Model]] = {}
    for model in models:
        families.setdefault(_family(entry, model.id), []).append(model)
    found = []
    for members in families.values():
        finished = [model for model in members if not is_unfinished(model)] or members
        latest = max(map(_date, finished))
        found.append(min((m for m in finished if _date(m) == latest), key=lambda m: len(m.id)))
    return found


def _family(entry: Mapping[str, Any], model_id: str) -> str:
    models = entry.get("models")
    model = models.get(model_id) if isinstance(models, dict) else None
    family = model.get("family") if isinstance(model, dict) else None
    return family if isinstance(family, str) and family else model_id


def _date(model: Model) -> str:
    return model.released or ""


def _year_before(day: str) -> str:
    try:
        return (date.fromisoformat(day) - _YEAR).isoformat()
    except ValueError:
        return ""

"""Which of a provider's models most people want: what is chosen before anyone chooses."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catalog.models import Model

# So few are no burden: all of them.
FEW = 8
_MOST = 12
_YEAR = timedelta(days=365)
# "-20250929", "-2025-09-29", "@20250929": another name for a version that has a plain one.
_DATED = re.compile(r"[-@]20\d{2}-?\d{2}-?\d{2}\Z")
_UNFINISHED = re.compile(r"(?:^|[-_/ ])(?:preview|beta|exp|experimental)(?:$|[-_/ :])", re.IGNORECASE)


def suggested(entry: Mapping[str, Any], models: Sequence[Model]) -> frozenset[str]:
    """Ids of the models to begin with, out of the usable ``models`` of the published provider ``entry``.

    All of a short list. Of a longer one the newest of each family that calls tools and came out within a year of
    the provider's newest, without dated copies of a version and without previews where a finished one is to be had.
    """
    if len(models) <= FEW:
        return frozenset(model.id for model in models)
    ids = {model.id for model in models}
    able = [m for m in models if "tool_use" in (m.capabilities or ()) and not _is_copy(m.id, ids)]
    dates = {model.id: released(entry, model.id) for model in able}
    newest = max((found for found in dates.values() if found), default="")
    recent = [m for m in able if dates[m.id] >= _year_before(newest)]
    leaders = _leaders(entry, recent, dates)
    leaders.sort(key=lambda model: dates[model.id], reverse=True)
    return frozenset(model.id for model in leaders[:_MOST])


def released(entry: Mapping[str, Any], model_id: str) -> str:
    """When a model of a published provider came out, as ``YYYY-MM-DD`` or its beginning; empty when unknown."""
    models = entry.get("models")
    model = models.get(model_id) if isinstance(models, dict) else None
    found = model.get("release_date") if isinstance(model, dict) else None
    return found if isinstance(found, str) and re.fullmatch(r"\d{4}(-\d{2}){0,2}", found) else ""


def _leaders(entry: Mapping[str, Any], models: Iterable[Model], dates: Mapping[str, str]) -> list[Model]:
    """The best of each family: finished before unfinished, then the newest, then the plainest name."""
    families: dict[str, list[Model]] = {}
    for model in models:
        families.setdefault(_family(entry, model.id), []).append(model)
    best = []
    for members in families.values():
        finished = [m for m in members if not _UNFINISHED.search(m.id)] or members
        latest = max(dates[m.id] for m in finished)
        best.append(min((m for m in finished if dates[m.id] == latest), key=lambda m: len(m.id)))
    return best


def _family(entry: Mapping[str, Any], model_id: str) -> str:
    models = entry.get("models")
    model = models.get(model_id) if isinstance(models, dict) else None
    family = model.get("family") if isinstance(model, dict) else None
    return family if isinstance(family, str) and family else model_id


def _is_copy(model_id: str, ids: set[str]) -> bool:
    plain = _DATED.sub("", model_id)
    return plain != model_id and plain in ids


def _year_before(day: str) -> str:
    try:
        return (date.fromisoformat(day) - _YEAR).isoformat()
    except ValueError:
        return ""

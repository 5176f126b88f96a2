"""The last check before a write: the new text must mean exactly what was intended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.config.plan import same

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.config.plan import Path


def difference(
    intended: Mapping[str, Any], actual: Mapping[str, Any], before: Mapping[str, Any]
) -> Path | None:
    """The first key at which ``actual`` is not what was intended, ``None`` when they mean the same.

    A table that stood only in the headers of its entries may go with the last of them: ``intended`` keeps it,
    empty, and ``before`` has it with entries.
    """
    for key in actual:
        if key not in intended:
            return (key,)
    for key, wanted in intended.items():
        old = before.get(key)
        if key not in actual:
            if isinstance(old, dict) and old and _is_hollow(wanted):
                continue
            return (key,)
        got = actual[key]
        if isinstance(wanted, dict) and isinstance(got, dict):
            below = difference(wanted, got, old if isinstance(old, dict) else {})
            if below:
                return (key, *below)
        elif not same(wanted, got):
            return (key,)
    return None


def _is_hollow(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_hollow, value.values()))

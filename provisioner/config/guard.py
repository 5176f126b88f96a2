"""The last check before a write: the new text must mean exactly what was intended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.config.plan import CONTAINERS, same

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.config.plan import KeyPath

_ENTRY = 2  # how deep the table of a provider or an alias is


def difference(intended: Mapping[str, Any], actual: Mapping[str, Any]) -> KeyPath | None:
    """The first key at which ``actual`` is not what was intended, ``None`` when they mean the same.

    ``providers`` and ``models`` stand in the headers of their entries and may go with the last of them.
    """
    hollow = {name for (name,) in CONTAINERS if intended.get(name) == {} and name not in actual}
    return _difference({key: value for key, value in intended.items() if key not in hollow}, actual)


def _difference(intended: Mapping[str, Any], actual: Mapping[str, Any], depth: int = 0) -> KeyPath | None:
    # An entry at a glance: what is written alike is the same, types, nan and -0.0 included.
    if depth == _ENTRY and repr(intended) == repr(actual):
        return None
    for key in actual:
        if key not in intended:
            return (key,)
    for key, wanted in intended.items():
        if key not in actual:
            return (key,)
        got = actual[key]
        if isinstance(wanted, dict) and isinstance(got, dict):
            if below := _difference(wanted, got, depth + 1):
                return (key, *below)
        elif not same(wanted, got):
            return (key,)
    return None

"""The last check before a write: the new text must mean exactly what was intended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.config.plan import CONTAINERS, plainly_same, same

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.config.plan import KeyPath


def difference(intended: Mapping[str, Any], actual: Mapping[str, Any]) -> KeyPath | None:
    """The first key at which ``actual`` is not what was intended, ``None`` when they mean the same.

    ``providers`` and ``models`` stand in the headers of their entries and may go with the last of them.
    """
    hollow = {name for (name,) in CONTAINERS if intended.get(name) == {} and name not in actual}
    return _difference({key: value for key, value in intended.items() if key not in hollow}, actual)


def _difference(intended: Mapping[str, Any], actual: Mapping[str, Any]) -> KeyPath | None:
    if plainly_same(intended, actual):
        return None
    for key in actual:
        if key not in intended:
            return (key,)
    for key, wanted in intended.items():
        if key not in actual:
            return (key,)
        got = actual[key]
        if isinstance(wanted, dict) and isinstance(got, dict):
            if below := _difference(wanted, got):
                return (key, *below)
        elif not same(wanted, got):
            return (key,)
    return None

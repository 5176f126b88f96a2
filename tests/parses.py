"""How often a command parses a TOML text: a guard against slowness that times nothing."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest import mock

from provisioner.cli.main import run
from provisioner.config import read, toml

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Parses:
    """What a command parsed.

    Attributes:
        exit_code: the command's.
        texts: each text that was parsed, as often as it was. All reading of config.toml goes through ``toml.loads``.
        left: what of them tomllib was given, because it is not of the form that programs write.
    """

    exit_code: int = -1
    texts: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def parses_of(*arguments: str) -> Parses:
    """Runs a command as a fresh process would, and counts its parses of TOML."""
    found = Parses()
    read._meaning.cache_clear()
    with (
        mock.patch.object(toml, "loads", _kept(toml.loads, found.texts)),
        mock.patch.object(tomllib, "loads", _kept(tomllib.loads, found.left)),
    ):
        found.exit_code = run(list(arguments), "kimi-provider")
    return found


def _kept(loads: Callable[[str], dict[str, Any]], texts: list[str]) -> Callable[[str], dict[str, Any]]:
    def loads_and_keeps(text: str) -> dict[str, Any]:
        texts.append(text)
        return loads(text)

    return loads_and_keeps

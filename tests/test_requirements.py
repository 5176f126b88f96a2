"""What CI installs is what pyproject.toml asks for, each package by version and hash, from whatever index is at hand."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCKED = (ROOT / "requirements" / "ci.txt").read_text()
PINS = {
    canonicalize_name(pin[1]): (pin[2], pin[3])
    for pin in re.finditer(
        r"^([\w.-]+)==(\S+)((?: ;[^\\\n]+)?(?: \\\n +--hash=sha256:[0-9a-f]{64})+)$", LOCKED, re.MULTILINE
    )
}


def test_each_line_is_a_pin_with_a_hash() -> None:
    lines = [line for line in LOCKED.splitlines() if line and not line.startswith(("#", " "))]
    assert len(lines) == len(PINS) > 0


def test_what_pyproject_asks_for_is_pinned_in_a_version_that_it_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for requirement in map(Requirement, asked):
        version, _ = PINS[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version, prereleases=True), requirement


def test_no_index_is_named() -> None:
    assert not re.search(r"https?:|file:|--(?:extra-)?index|--find-links", LOCKED)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.docs import console

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the program that is tested, and nothing else."""
    folder = tmp_path_factory.mktemp("programs")
    console.install(folder)
    return folder


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, programs: Path) -> Iterator[console.Served]:
    """One demo for all pages and recipes."""
    with console.served(programs, tmp_path_factory.mktemp("served")) as running:
        yield running

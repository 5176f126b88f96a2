from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.docs import console

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the program that is tested, and nothing else."""
    with console.installed(tmp_path_factory.mktemp("docs") / "bin") as folder:
        yield folder


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[console.Served]:
    """One demo for all pages and recipes."""
    with console.served(tmp_path_factory.mktemp("served")) as running:
        yield running

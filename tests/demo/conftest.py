"""One demo for all tests of this folder: it keeps nothing between requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.demo.server import Demo, Pace
from tests.demo.speak import SPEAKERS, Speaker

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    with Demo.start(Pace(first=0, each=0, slow=0.3)) as demo:
        yield demo


@pytest.fixture(params=SPEAKERS)
def speaker(request: pytest.FixtureRequest) -> Speaker:
    return SPEAKERS[request.param]

"""A fetch that is meant to fail, with limits that a test can run into."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.errors import CatalogError
from catalog.http import fetch
from catalog.http_limits import KIB, Limits
from tests.catalog.loopback import open_client

SMALL = Limits(connect=2, read=2, total=5, body=64 * KIB, error_body=1000)


def failure(url: str, **arguments: Any) -> CatalogError:
    """What a fetch of ``url`` raises: an error whose message and hint have one line each."""
    with pytest.raises(CatalogError) as caught:
        fetch(open_client, url, **{"limits": SMALL, **arguments})
    error = caught.value
    assert "\n" not in error.message
    assert "\n" not in (error.hint or "")
    return error

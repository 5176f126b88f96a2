"""What `--debug` shows of a request: where it goes and how it is answered, never a key, never what is said."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from catalog.urls import shown
from provisioner.secrets import masked

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    Trace = Callable[[str], None]


def silent(_line: str) -> None:
    """Shows nothing."""


def hooks(trace: Trace) -> dict[str, list[Callable[..., Any]]]:
    """The event hooks of a blocking client."""
    return {
        "request": [lambda request: trace(_asked(request))],
        "response": [lambda response: trace(_answered(response))],
    }


def async_hooks(trace: Trace) -> dict[str, list[Callable[..., Any]]]:
    """The event hooks of an asynchronous client."""

    async def request_hook(request: httpx.Request) -> None:
        trace(_asked(request))

    async def response_hook(response: httpx.Response) -> None:
        trace(_answered(response))

    return {"request": [request_hook], "response": [response_hook]}


def _asked(request: httpx.Request) -> str:
    request.extensions["asked_at"] = time.monotonic()
    return f"{request.method} {shown(str(request.url))}  {_headers(request.headers)}"


def _answered(response: httpx.Response) -> str:
    took = time.monotonic() - float(response.request.extensions["asked_at"])
    url = shown(str(response.request.url))
    return f"{response.status_code} after {took * 1000:.0f} ms from {url}  {_headers(response.headers)}"


def _headers(headers: httpx.Headers) -> str:
    """Headers under names of a stranger's choice may hold keys: all are masked but those that never do."""
    plain = (
        "content-type",
        "content-length",
        "user-agent",
        "accept",
        "date",
        "server",
        "etag",
        "retry-after",
    )
    seen = {
        name: value if name in plain else masked(value, "value", inside_secrets=True)
        for name, value in headers.items()
    }
    return ", ".join(f"{name}: {value}" for name, value in seen.items())

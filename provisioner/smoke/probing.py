"""Whether a path of the target's own host is one of a wire: asked with an empty request, which costs nothing."""

from __future__ import annotations

import asyncio
import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx

from catalog.wire import WIRES

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target
    from provisioner.smoke.session import Session

_TIMEOUT_S = 5.0
_ENOUGH = 512
# What servers answer with where nobody listens on a path.
_NOBODY = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE, HTTPStatus.NOT_IMPLEMENTED)
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def places(target: Target) -> list[tuple[str, str]]:
    """Other wires that the target's host may speak, the likeliest first, each with the base URL it would have."""
    base = target.base_url
    root = re.sub(r"(?:/v\d+[a-z]*)+\Z", "", base)
    versioned = base if root != base else f"{base}/v1"
    others = [("openai", versioned), ("openai_responses", versioned), ("anthropic", root)]
    return [(wire, url) for wire, url in others if WIRES[wire].path != target.wire.path]


async def answers(session: Session, wire: str, base_url: str) -> bool:
    """Whether somebody who speaks ``wire`` answers at ``base_url``, which is on the target's own host.

    Google's wires have the model in the path, which an empty request cannot tell from a wrong base: always False.
    """
    if wire in ("google-genai", "vertexai"):
        return False
    key = session.target.credential.value if session.target.credential else "unused"
    row = WIRES[wire]
    url, headers = f"{base_url}{row.path}", {"Authorization": f"Bearer {key}"}
    if row.family == "anthropic":
        headers = {"x-api-key": key, "anthropic-version": "2023-06-01"}
    try:
        limit = min(_TIMEOUT_S, session.left())
        async with (
            asyncio.timeout(limit),
            session.runtime.open_client(url, httpx.Timeout(_TIMEOUT_S)) as client,
            client.stream("POST", url, headers=headers | dict(session.target.headers), json={}) as response,
        ):
            head = b""
            async for chunk in response.aiter_raw():
                head += chunk
                if len(head) >= _ENOUGH:
                    break
    except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError):
        return False
    if response.status_code in _NOBODY or response.is_redirect or head.lstrip().startswith(b"<"):
        return False
    # A gateway that asks for a key on every path says nothing about this one.
    return response.status_code not in _REFUSED

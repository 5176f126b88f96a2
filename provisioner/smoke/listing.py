"""The endpoint's own list of models, asked for on the same host with the same credential, to help a diagnosis."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import httpx

from catalog.inflate import Inflater, Undecodable
from catalog.listing import ids
from provisioner.smoke.wires import protocol_of

if TYPE_CHECKING:
    from provisioner.smoke.session import Session

_LIMIT = 4 * 1024 * 1024
_TIMEOUT_S = 10.0


async def models(session: Session, base_url: str | None = None) -> tuple[str, ...] | None:
    """The ids that the endpoint lists; None where it lists none, for whatever reason.

    ``base_url`` is another path to try on the target's own host.
    """
    target = session.target
    url = protocol_of(target).list_url(target, base_url or target.base_url)
    if url is None:
        return None
    try:
        limit = min(_TIMEOUT_S, session.left())
        async with asyncio.timeout(limit), session.runtime.open_client(httpx.Timeout(_TIMEOUT_S)) as client:
            headers = (
                {"Accept-Encoding": "identity"}
                | dict(protocol_of(target).auth(target))
                | dict(target.headers)
            )
            async with client.stream("GET", url, headers=headers) as response:
                if response.status_code != httpx.codes.OK:
                    return None
                body = bytearray()
                inflater = Inflater(response.headers.get("content-encoding", ""))
                async for chunk in response.aiter_raw():
                    for piece in inflater.feed(chunk):
                        body += piece
                        if len(body) > _LIMIT:
                            return None
        return ids(json.loads(body)) or None
    except (
        httpx.HTTPError,
        httpx.InvalidURL,
        OSError,
        ValueError,
        RecursionError,
        TimeoutError,
        Undecodable,
    ):
        return None

"""The endpoint's own list of models, asked for on the same host with the same credential, to help a diagnosis."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import httpx

from catalog.inflate import Inflater, Undecodable
from catalog.listing import ids
from provisioner.secrets import echoes
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
    hide = echoes(target.secrets).hide
    return tuple(hide(model) for model in ids(await ask(session, url))) or None


async def ask(session: Session, url: str, body: dict[str, str] | None = None) -> object:
    """The JSON document at ``url`` on the target's own host, POSTed for with a ``body``; None where there is none."""
    target = session.target
    method, content = ("GET", None) if body is None else ("POST", json.dumps(body).encode())
    try:
        limit = min(_TIMEOUT_S, session.left())
        async with (
            asyncio.timeout(limit),
            session.runtime.open_client(url, httpx.Timeout(_TIMEOUT_S)) as client,
        ):
            headers = (
                {"Accept-Encoding": "identity"}
                | dict(protocol_of(target).auth(target))
                | dict(target.headers)
            )
            async with client.stream(method, url, headers=headers, content=content) as response:
                if response.status_code != httpx.codes.OK:
                    return None
                read = bytearray()
                inflater = Inflater(response.headers.get("content-encoding", ""))
                async for chunk in response.aiter_raw():
                    for piece in inflater.feed(chunk):
                        read += piece
                        if len(read) > _LIMIT:
                            return None
        return json.loads(read)
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

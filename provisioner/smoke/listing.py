"""The endpoint's own list of models, asked for on the same host with the same credential, to help a diagnosis."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import httpx

from catalog.inflate import Inflater, Undecodable
from catalog.untrusted import mapping, sequence, string
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
        return _ids(json.loads(body))
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


def _ids(document: object) -> tuple[str, ...] | None:
    """The ids in any of the forms of such lists: OpenAI's and Anthropic's ``data``, Google's ``models``, a bare list."""
    whole = mapping(document)
    entries = sequence(whole.get("data")) or sequence(whole.get("models")) or sequence(document)
    ids = [string(mapping(entry).get("id")) or string(mapping(entry).get("name")) for entry in entries]
    return tuple(name.removeprefix("models/") for name in ids if name) or None

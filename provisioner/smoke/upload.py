"""Hands a video to the provider first, as Kimi Code does on its own wire: ``POST {base}/files`` with a purpose."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx

from catalog.untrusted import mapping, string
from provisioner.smoke import connection, refusal
from provisioner.smoke.problem import Problem
from provisioner.smoke.wires import protocol_of

if TYPE_CHECKING:
    from provisioner.smoke.session import Session

_FIRST_ERROR = HTTPStatus.MULTIPLE_CHOICES


async def upload(session: Session, name: str, mime: str, video: bytes) -> str | Problem:
    """The id under which a request may name ``video`` (as ``ms://{id}``), or why there is none."""
    url = f"{session.target.base_url}/files"
    try:
        async with asyncio.timeout(session.left()), _client(session, url) as client:
            response = await client.post(
                url, headers=_headers(session), data={"purpose": "video"}, files={"file": (name, video, mime)}
            )
    except TimeoutError:
        return Problem("timeout", "the upload of the video was not answered in time", transient=True)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return connection.diagnose(error, url, session.runtime.env)
    body = response.content[: refusal.BODY_LIMIT]
    if response.status_code >= _FIRST_ERROR:
        return refusal.classify(
            response.status_code, response.headers, body, url=url, now=session.runtime.clock()
        )
    with suppress(ValueError, RecursionError):
        if identity := string(mapping(json.loads(body)).get("id")):
            return identity
    return Problem("protocol", "the upload of the video was answered without an id", response.status_code)


async def forget(session: Session, identity: str) -> None:
    """Deletes what was uploaded, as far as the provider lets us: a test leaves nothing behind."""
    url = f"{session.target.base_url}/files/{identity}"
    with suppress(httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError):
        async with asyncio.timeout(session.left()), _client(session, url) as client:
            await client.delete(url, headers=_headers(session))


def _client(session: Session, url: str) -> httpx.AsyncClient:
    return session.runtime.open_client(url, httpx.Timeout(None, connect=connection.CONNECT_S))


def _headers(session: Session) -> dict[str, str]:
    return dict(protocol_of(session.target).auth(session.target)) | dict(session.target.headers)

"""From a request to a response: which wire or document is meant, who may have it, and what it says.

No sockets here. A response's body is bytes, or frames that the server sends one at a time.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from provisioner.demo import documents
from provisioner.demo.chat import ChatWire
from provisioner.demo.google import GeminiWire, VertexWire
from provisioner.demo.kimi import KimiWire
from provisioner.demo.messages import MessagesWire
from provisioner.demo.models import FAULTS, GOOD, Behaviour, DemoModel
from provisioner.demo.refusals import OpenAIErrors, Refused
from provisioner.demo.replies import reply
from provisioner.demo.responses import ResponsesWire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.demo.conversation import Conversation, Stamp
    from provisioner.demo.wire import Request, WireServer

_JSON = "application/json"
_PAGE = b"<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>\n"
_DOCUMENTS = {
    "/registry/api.json": documents.registry,
    "/registry/faults.json": documents.faults,
    "/catalog/api.json": documents.catalog,
}
_MOUNTS: dict[str, tuple[WireServer, tuple[DemoModel, ...]]] = {
    "kimi": (KimiWire(), GOOD),
    "openai": (ChatWire(), GOOD),
    "responses": (ResponsesWire(), GOOD),
    "anthropic": (MessagesWire(), GOOD),
    "google": (GeminiWire(), GOOD),
    "vertex": (VertexWire(), GOOD),
    "faults": (ChatWire(), FAULTS),
}


@dataclass(frozen=True)
class Site:
    """What the server answers with: its own URL, the registry's token, the models' key; whether its registry is revised.

    The token opens the models, too: a registry import writes it as the providers' key.
    """

    url: str
    token: str = field(repr=False)
    model_key: str = field(repr=False)
    revised: bool = False


@dataclass(frozen=True)
class Response:
    """An HTTP response. With ``frames`` it is streamed, and ``behaviour`` says how it ends."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    frames: tuple[bytes, ...] | None = None
    behaviour: Behaviour = Behaviour.ANSWERS


def respond(site: Site, request: Request, stamp: Stamp) -> Response:
    """The response to a request whose path is still whole."""
    if request.path in _DOCUMENTS:
        return _document(site, request)
    mount, _, rest = request.path.removeprefix("/").partition("/")
    if mount not in _MOUNTS:
        return _refusal(OpenAIErrors().no_path(request.method, request.path), {})
    wire, models = _MOUNTS[mount]
    request = replace(request, path=f"/{rest}")
    try:
        return _served(wire, models, site, request, stamp)
    except Refused as refused:
        return _refusal(refused, wire.headers(stamp), wire.signed(refused.body, stamp))


def _served(
    wire: WireServer, models: tuple[DemoModel, ...], site: Site, request: Request, stamp: Stamp
) -> Response:
    asks = wire.asks_model(request)
    if not asks and not wire.lists_models(request):
        raise wire.errors.no_path(request.method, request.path)
    wire.check_key(request, frozenset({site.token, site.model_key}))
    if not asks:
        return _json(200, wire.listing(models), wire.headers(stamp))
    try:
        conversation = wire.read(request)
    except RecursionError:  # nested more deeply than any client's request
        raise wire.errors.bad_json() from None
    wire.check_choice(conversation.tools, conversation.must_call)
    match conversation.model.behaviour:
        case Behaviour.RATE_LIMITED:
            raise wire.errors.rate_limited()
        case Behaviour.OUT_OF_QUOTA:
            raise wire.errors.out_of_quota()
        case Behaviour.FAILING:
            raise wire.errors.failing()
        case Behaviour.WEB_PAGE:
            return Response(200, {"content-type": "text/html"}, _PAGE)
        case behaviour:
            return _answer(wire, conversation, stamp, behaviour)


def _answer(wire: WireServer, conversation: Conversation, stamp: Stamp, behaviour: Behaviour) -> Response:
    answer = reply(conversation)
    if not conversation.stream or behaviour is Behaviour.UNSTREAMED:
        return _json(200, wire.whole(conversation, answer, stamp), wire.headers(stamp))
    frames = tuple(wire.frames(conversation, answer, stamp))
    if behaviour in (Behaviour.STALLED, Behaviour.CUT, Behaviour.BREAKS):
        frames = frames[: len(frames) // 2]
    if behaviour is Behaviour.BREAKS:
        frames = (*frames, wire.error_frame(len(frames)))
    headers = {"content-type": wire.content_type, "cache-control": "no-cache", **wire.headers(stamp)}
    return Response(200, headers, frames=frames, behaviour=behaviour)


def _document(site: Site, request: Request) -> Response:
    """A registry, to whoever has the token, or the catalog, to anyone; 304 to who has it already."""
    if request.method != "GET":
        return _json(405, {"error": "method not allowed"}, {"allow": "GET"})
    bearer = request.headers.get("authorization", "").partition(" ")[2].strip()
    if request.path.startswith("/registry/") and bearer != site.token:
        return _json(401, {"error": "invalid token"}, {"www-authenticate": 'Bearer realm="registry"'})
    document = _DOCUMENTS[request.path]
    if site.revised and document is documents.registry:
        document = documents.revised_registry
    body = json.dumps(document(site.url), indent=2).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {"content-type": _JSON, "etag": tag, "cache-control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(304, headers)
    return Response(200, headers, body)


def _refusal(refused: Refused, headers: Mapping[str, str], body: Any = None) -> Response:
    said = refused.body if body is None else body
    if isinstance(said, str):
        return Response(refused.status, {**headers, **refused.headers}, said.encode())
    return _json(refused.status, said, {**headers, **refused.headers})


def _json(status: int, document: Any, headers: Mapping[str, str]) -> Response:
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    return Response(status, {"content-type": _JSON, **headers}, body)

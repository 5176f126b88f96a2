"""What every wire offers the server, and the small readers that several of them use."""

from __future__ import annotations

import base64
import binascii
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from provisioner.demo.conversation import ANY_TOOL
from provisioner.demo.picture import dominant_colour

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provisioner.demo.conversation import Conversation, OfferedTool, Reply, Stamp
    from provisioner.demo.models import DemoModel
    from provisioner.demo.refusals import ErrorStyle


@dataclass(frozen=True)
class Request:
    """An HTTP request below a wire's mount.

    ``path`` is what follows the mount, decoded; header names are in lower case.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class WireServer(ABC):
    """One protocol: paths, credentials, requests in, frames out. Nothing here touches a socket."""

    content_type = "text/event-stream; charset=utf-8"
    errors: ErrorStyle

    @abstractmethod
    def lists_models(self, request: Request) -> bool:
        """The request asks for the list of models."""

    @abstractmethod
    def asks_model(self, request: Request) -> bool:
        """The request asks a model for an answer."""

    @abstractmethod
    def check_key(self, request: Request, keys: frozenset[str]) -> None:
        """Raises :class:`Refused` unless the request carries one of the keys as the wire demands."""

    @abstractmethod
    def listing(self, models: tuple[DemoModel, ...]) -> dict[str, Any]:
        """The list of models."""

    @abstractmethod
    def read(self, request: Request) -> Conversation:
        """The conversation in the request; raises :class:`Refused` for one that the real server refuses."""

    @abstractmethod
    def frames(self, conversation: Conversation, answer: Reply, stamp: Stamp) -> Iterator[bytes]:
        """The streamed answer, in the pieces in which it is sent."""

    @abstractmethod
    def whole(self, conversation: Conversation, answer: Reply, stamp: Stamp) -> dict[str, Any]:
        """The answer as one JSON document."""

    @abstractmethod
    def error_frame(self, number: int) -> bytes:
        """The frame that reports an error inside a stream, as its ``number``-th."""

    def headers(self, stamp: Stamp) -> dict[str, str]:
        """Headers of every response."""
        return {"x-request-id": f"req_{stamp.id}"}

    def signed(self, body: Any, stamp: Stamp) -> Any:
        """An error's body as it is sent."""
        return body

    def json_object(self, request: Request) -> dict[str, Any]:
        """The request's body; raises :class:`Refused` when it is no JSON object."""
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            raise self.errors.bad_json() from None
        if not isinstance(body, dict):
            raise self.errors.bad_json()
        return body

    def image(self, encoded: str, where: str, message: str) -> bytes:
        """The picture in a base64 string; raises :class:`Refused` in ``message``'s words when it is none."""
        picture = image_in(encoded)
        if picture is None:
            raise self.errors.invalid(where, message)
        return picture

    def check_choice(self, tools: tuple[OfferedTool, ...], must_call: str | None) -> None:
        """Raises :class:`Refused` when the request insists on a tool that it does not offer."""
        names = [tool.name for tool in tools]
        if must_call is not None and not (must_call in names or (must_call == ANY_TOOL and names)):
            raise self.errors.invalid(
                "tool_choice", f"Tool choice '{must_call}' not found in 'tools' parameter."
            )

    def bearer(self, request: Request, keys: frozenset[str]) -> None:
        """Raises :class:`Refused` unless ``Authorization: Bearer`` carries one of the keys."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise self.errors.no_key()
        if key.strip() not in keys:
            raise self.errors.wrong_key(key.strip())


def image_in(encoded: str) -> bytes | None:
    """The picture in a base64 string; None when it is no picture that the demo can see."""
    try:
        picture = base64.b64decode(encoded, validate=True)
        dominant_colour(picture)
    except (binascii.Error, ValueError):
        return None
    return picture


def event(data: Any, name: str | None = None) -> bytes:
    """A server-sent event."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {compact(data)}\n\n".encode("utf-8", "replace")


def compact(data: Any) -> str:
    """JSON without spaces."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; nothing when it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def obj(value: Any) -> dict[str, Any]:
    """The object itself; an empty one when it is none."""
    return value if isinstance(value, dict) else {}


def all_objects(value: Any) -> bool:
    """It is a list of nothing but objects."""
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def text(value: Any) -> str:
    """The string itself; an empty one when it is none."""
    return value if isinstance(value, str) else ""


def texts(content: Any, *kinds: str) -> list[str]:
    """The texts of a message's content, which is a string or a list of typed parts."""
    if isinstance(content, str):
        return [content]
    return [text(part.get("text")) for part in objects(content) if part.get("type") in kinds]


def since_model(turns: list[dict[str, Any]], *roles: str) -> list[dict[str, Any]]:
    """The turns that follow the last one in one of the model's roles."""
    at = max((at for at, turn in enumerate(turns, 1) if turn.get("role") in roles), default=0)
    return turns[at:]

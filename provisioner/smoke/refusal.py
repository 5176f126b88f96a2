"""An HTTP answer that is no stream, classified: status, headers and at most 64 kB of body in, a problem out.

Error bodies come as ``{"error": {…}}``, ``{"type": "error", "error": {…}}``, that in a one-element list, with
their members bare, or as a ``detail``; and providers use the same status for different troubles.
"""

from __future__ import annotations

import email.utils
import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from catalog.echoed import Echoes
from catalog.untrusted import mapping, sequence, string
from provisioner.smoke import meaning
from provisioner.smoke.problem import Kind, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

BODY_LIMIT = 64 * 1024
# The members of error objects, the official ones first; the others are Baidu's and MiniMax's.
_MESSAGES = ("message", "detail", "msg", "error_msg", "status_msg")
_CODES = ("code", "error_code", "status_code")
_ERRORS = ("error", "errors", "error_code")
# What only an answer has.
_ANSWERS = ("choices", "candidates", "content", "output")
_NO_ECHOES = Echoes((), str)
_SHOWN = 500
_LONGEST = 1000
_NO_PATH = re.compile(
    r"invalid url|unknown (?:request )?url|url[. ]not[_ ]found|no route|cannot post|unknown path",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What an error body says, whatever its form."""

    message: str
    type: str | None = None
    code: str | int | None = None
    is_json: bool = False
    style: str | None = None  # the wire whose error format it is, if it is plainly one's
    details: tuple[Mapping[str, Any], ...] = ()
    says_error: bool = False  # whether it is an error in a form that no answer has


def read_body(body: bytes, echoes: Echoes = _NO_ECHOES) -> ErrorBody:
    """The error in ``body``; for HTML and other text its beginning is the message. Keys are masked by ``echoes``."""
    text = body.decode("utf-8", "replace").strip()
    # Some gateways refuse in the form of an event, although nothing is streamed.
    bare = text.removeprefix("data:").partition("\n")[0] if text.startswith("data:") else text
    try:
        value = json.loads(bare)
    except (ValueError, RecursionError):
        return ErrorBody(_page_title(echoes.hide(text)))
    if isinstance(value, list):
        value = value[0] if value else {}
    outer = mapping(value)
    told = any(isinstance(outer.get(name), str) for name in _MESSAGES)
    says_error = not any(map(outer.get, _ANSWERS)) and (told or any(map(outer.get, _ERRORS)))
    error = outer.get("error") or next(iter(sequence(outer.get("errors"))), None) or outer
    if isinstance(error, str):
        code = outer.get("code")
        message = _beginning(string(outer.get("message")) or error, echoes)
        return ErrorBody(message, type=error, code=_code(code), is_json=True, says_error=says_error)
    inner = mapping(error)
    if refused := base_response(outer):
        inner, says_error = refused, True
    detail = message_of(inner) or outer.get("message")
    message = detail if isinstance(detail, str) else json.dumps(detail or value, ensure_ascii=False)
    return ErrorBody(
        _beginning(message, echoes),
        type=string(inner.get("type")) or string(inner.get("status")) or None,
        code=code_of(inner),
        is_json=True,
        style=_style(outer, inner),
        details=tuple(mapping(detail) for detail in sequence(inner.get("details"))),
        says_error=says_error,
    )


def _beginning(message: str, echoes: Echoes) -> str:
    return " ".join(echoes.hide(message).split())[:_LONGEST]


def base_response(value: Mapping[str, Any]) -> dict[str, Any]:
    """MiniMax's ``base_resp`` if it is an error; it stands in answers too, with the code 0."""
    found = mapping(value.get("base_resp"))
    return found if found.get("status_code") not in (None, 0) else {}


def message_of(error: Mapping[str, Any]) -> Any:
    """What an error object says, under whatever name; None where it says nothing."""
    return next((found for name in _MESSAGES if (found := error.get(name))), None)


def code_of(error: Mapping[str, Any]) -> str | int | None:
    """The code of an error object, under whatever name."""
    return next((found for name in _CODES if (found := _code(error.get(name))) is not None), None)


def _code(code: Any) -> str | int | None:
    return code if isinstance(code, str | int) and not isinstance(code, bool) else None


def _style(outer: Mapping[str, Any], inner: Mapping[str, Any]) -> str | None:
    if outer.get("type") == "error" and outer is not inner:
        return "anthropic"
    if isinstance(inner.get("code"), int) and re.fullmatch(r"[A-Z_]+", string(inner.get("status"))):
        return "google-genai"
    return "openai" if "param" in inner else None


def _page_title(text: str) -> str:
    if not text.startswith("<"):
        return text[:_SHOWN]
    title = re.search(r"<title[^<>]*>([^<]*)</title>", text, re.IGNORECASE)
    return f"a web page titled {title.group(1).strip()!r}" if title else "a web page"


def classify(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    url: str,
    now: float,
    echoes: Echoes = _NO_ECHOES,
) -> Problem:
    """The problem that an HTTP answer other than 2xx is.

    Args:
        status: the HTTP status.
        headers: the answer's headers; lookups must ignore case.
        body: the first 64 kB of its body.
        url: where the request went, to resolve a redirect.
        now: seconds since the epoch, for a ``Retry-After`` that is a date.
        echoes: masks the keys that the body may echo.
    """
    error = read_body(body, echoes)
    if HTTPStatus(300) <= status < HTTPStatus.BAD_REQUEST:
        place = urlsplit(urljoin(url, headers.get("location", "")))
        to = (
            f"{place.scheme}://{place.netloc.rpartition('@')[2]}{place.path}"
            if headers.get("location")
            else "nowhere"
        )
        return Problem("redirect", f"the server redirects to {to}; no key is sent there to find out", status)
    kind = _kind(status, error)
    return Problem(
        kind,
        f"HTTP {status}: {error.message or 'an empty body'}",
        status,
        type=error.type,
        code=error.code,
        hint=meaning.without_tools(error.message),
        retry_after_s=retry_after(headers, error, now),
        transient=kind in ("rate_limit", "server"),
    )


def in_a_success(status: int, body: bytes, echoes: Echoes = _NO_ECHOES) -> Problem | None:
    """The problem in a JSON document that came as a success: some providers refuse under 200. None if it is none."""
    error = read_body(body, echoes)
    said = f"{error.type} {error.code} {error.message}"
    if not (error.says_error and error.is_json):
        return None
    kind = meaning.cause(said, error.code) or ("rate_limit" if meaning.too_often(said) else "stream_error")
    return Problem(
        kind,
        f"HTTP {status} with an error in it: {error.message}",
        status,
        type=error.type,
        code=error.code,
        hint=meaning.without_tools(error.message),
        transient=kind == "rate_limit",
    )


_BY_STATUS: dict[int, Kind] = {401: "auth", 402: "quota", 403: "forbidden", 407: "proxy", 408: "timeout"}
# Here an error body alone does not say whether it is about the model: web servers know these statuses too.
_MISSING = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE)


def _kind(status: int, error: ErrorBody) -> Kind:
    """The words and the code come before the status, but for a proxy of ours and a page about a missing path."""
    said = " ".join(str(word) for word in (error.type, error.code, error.message, *_reasons(error)) if word)
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return "proxy"
    about = meaning.cause(said, error.code)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "quota" if about == "quota" and not _only_for_now(error) else "rate_limit"
    if status in _MISSING and about in (None, "model_not_found"):
        names_model = error.is_json and about is not None and not _NO_PATH.search(said)
        return "model_not_found" if names_model else "not_found_url"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and about not in ("quota", "auth", "bad_request"):
        return "server"  # Anthropic's 529, an overloaded server, among them
    return about or _BY_STATUS.get(status) or "bad_request"


def _reasons(error: ErrorBody) -> list[str]:
    return [string(detail.get("reason")) for detail in error.details]


def _only_for_now(error: ErrorBody) -> bool:
    """Gemini speaks of billing in every 429; what it counts per minute comes with a delay to wait for."""
    return _delay(error) is not None and "PerDay" not in json.dumps(error.details)


def retry_after(headers: Mapping[str, str], error: ErrorBody, now: float) -> float | None:
    """Seconds to wait: ``retry-after-ms``, then ``Retry-After`` in seconds or as a date, then Google's ``RetryInfo``."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        if (given := headers.get(name, "").strip()) and re.fullmatch(r"\d{1,12}(?:\.\d{1,6})?", given):
            return float(given) * unit
    try:
        when = email.utils.parsedate_to_datetime(headers.get("retry-after", ""))
        return max(0.0, when.timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return _delay(error)


def _delay(error: ErrorBody) -> float | None:
    for detail in error.details:
        if string(detail.get("@type")).endswith("google.rpc.RetryInfo"):
            found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)s", string(detail.get("retryDelay")).strip())
            if found:
                return float(found.group(1))
    return None

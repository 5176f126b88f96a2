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

from catalog.untrusted import mapping, sequence, string
from provisioner.smoke.problem import Kind, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

BODY_LIMIT = 64 * 1024
_SHOWN = 500
_LONGEST = 1000
_QUOTA = re.compile(
    r"insufficient[_ ](?:quota|balance|credit|funds)|exceeded[_ ](?:your )?current[_ ](?:token )?quota|billing"
    r"|credit balance|(?:check|recharge|top up) your (?:account|balance|credit)|please recharge|in arrears"
    r"|payment[_ ]required|spend(?:ing)?[_ ]limit|out of credits|account .*suspended|not enough credits",
    re.IGNORECASE,
)
_BAD_KEY = re.compile(
    r"api_key_invalid|invalid[_ ]api[_ ]?key|api key not valid|incorrect api key|invalid authentication"
    r"|api key expired|expired[_ ]api[_ ]key|authentication[_ ]error"
    r"|no connected db",  # how a LiteLLM proxy without a database says that it does not know a key
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model[_ ]not[_ ](?:found|exist)|invalid[_ ]model|unknown[_ ]model|no such model|not found the model"
    r"|model\b.{0,160}\b(?:does not exist|not exist|not found|is not (?:supported|available|found)|doesn't exist|deprecated|decommissioned)"
    r"|models/\S+ is not found|not_found_error\b.{0,10}model:|(?:does not|doesn't) (?:have access to|support) (?:the )?model"
    r"|no endpoints found|deployment\b.{0,80}\b(?:does not exist|not found)",
    re.IGNORECASE | re.DOTALL,
)
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


def read_body(body: bytes) -> ErrorBody:
    """The error in ``body``; for HTML and other text its beginning is the message."""
    text = body.decode("utf-8", "replace").strip()
    # Some gateways refuse in the form of an event, although nothing is streamed.
    bare = text.removeprefix("data:").partition("\n")[0] if text.startswith("data:") else text
    try:
        value = json.loads(bare)
    except (ValueError, RecursionError):
        return ErrorBody(_page_title(text))
    if isinstance(value, list):
        value = value[0] if value else {}
    outer = mapping(value)
    error = outer.get("error") or next(iter(sequence(outer.get("errors"))), None) or outer
    if isinstance(error, str):
        code = outer.get("code")
        return ErrorBody(string(outer.get("message")) or error, type=error, code=_code(code), is_json=True)
    inner = mapping(error)
    detail = inner.get("message") or inner.get("detail") or inner.get("msg") or outer.get("message")
    message = detail if isinstance(detail, str) else json.dumps(detail or value, ensure_ascii=False)
    return ErrorBody(
        " ".join(message.split())[:_LONGEST],
        type=string(inner.get("type")) or string(inner.get("status")) or None,
        code=_code(inner.get("code")),
        is_json=True,
        style=_style(outer, inner),
        details=tuple(mapping(detail) for detail in sequence(inner.get("details"))),
    )


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
    title = re.search(r"<title[^>]*>([^<]*)</title>", text, re.IGNORECASE)
    return f"a web page titled {title.group(1).strip()!r}" if title else "a web page"


def classify(status: int, headers: Mapping[str, str], body: bytes, *, url: str, now: float) -> Problem:
    """The problem that an HTTP answer other than 2xx is.

    Args:
        status: the HTTP status.
        headers: the answer's headers; lookups must ignore case.
        body: the first 64 kB of its body.
        url: where the request went, to resolve a redirect.
        now: seconds since the epoch, for a ``Retry-After`` that is a date.
    """
    error = read_body(body)
    if HTTPStatus(300) <= status < HTTPStatus.BAD_REQUEST:
        place = urlsplit(urljoin(url, headers.get("location", "")))
        to = (
            f"{place.scheme}://{place.netloc.rpartition('@')[2]}{place.path}"
            if headers.get("location")
            else "nowhere"
        )
        return Problem(
            "redirect", f"the server redirects to {to}; a redirect is not followed with a key", status
        )
    kind = _kind(status, error)
    retry = retry_after(headers, error, now)
    return Problem(
        kind,
        f"HTTP {status}: {error.message or 'an empty body'}",
        status,
        type=error.type,
        code=error.code,
        retry_after_s=retry,
        transient=kind in ("rate_limit", "server"),
    )


_BY_STATUS: dict[int, Kind] = {401: "auth", 402: "quota", 407: "proxy", 408: "timeout"}


def _kind(status: int, error: ErrorBody) -> Kind:
    said = " ".join(str(word) for word in (error.type, error.code, error.message, *_reasons(error)) if word)
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status == HTTPStatus.FORBIDDEN:
        if _BAD_KEY.search(said):
            return "auth"
        return "quota" if _QUOTA.search(said) else "forbidden"
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE):
        names_model = error.is_json and _NO_MODEL.search(said) and not _NO_PATH.search(said)
        return "model_not_found" if names_model else "not_found_url"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "quota" if _out_of_quota(error, said) else "rate_limit"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # Anthropic's 529, an overloaded server, among them
        return "server"
    return meaning(said) or "bad_request"


def meaning(said: str) -> Kind | None:
    """What the words of an error alone say that it is about: the key, the account or the model."""
    if _BAD_KEY.search(said):
        return "auth"
    if _QUOTA.search(said):
        return "quota"
    return "model_not_found" if _NO_MODEL.search(said) else None


def _reasons(error: ErrorBody) -> list[str]:
    return [string(detail.get("reason")) for detail in error.details]


def _out_of_quota(error: ErrorBody, said: str) -> bool:
    # Gemini speaks of billing in every 429; what it counts per minute comes with a delay to wait for.
    if _delay(error) is not None:
        return "PerDay" in json.dumps(error.details)
    return _QUOTA.search(said) is not None


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

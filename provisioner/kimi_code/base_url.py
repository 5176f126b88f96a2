"""Where a request goes: base URL, Google Cloud place and custom headers, as Kimi Code resolves them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from catalog.untrusted import string
from catalog.wire import WIRES
from provisioner.kimi_code.unusable import Unusable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.wire import Wire

_PASTED = re.compile(r"(?:/chat/completions|(?<=/v1)/(?:completions|responses|messages|models))/?\Z")
_PASTED_GOOGLE = re.compile(r"/v1beta1?(?:/(?:models|publishers|projects)(?:/.*)?)?/?\Z")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_REGIONAL_HOST = "-aiplatform.googleapis.com"


@dataclass(frozen=True, slots=True)
class Place:
    """An endpoint: its URL without a trailing slash, and where it lies in Google's cloud if it does."""

    base_url: str
    vertex: bool = False
    project: str | None = None
    location: str | None = None


def resolve(
    provider_id: str,
    provider: Mapping[str, Any],
    model: Mapping[str, Any],
    variables: Mapping[str, str],
    wire: Wire,
) -> Place:
    """The endpoint of a model: its own ``base_url``, its provider's, the ``env`` sub-table's, the wire's default.

    Raises:
        Unusable: the URL is none that a request can be sent to.
    """
    known = [string(model.get("base_url")), string(provider.get("base_url"))]
    known += [variables.get(name, "") for name in WIRES[string(provider.get("type"))].env_base_urls]
    given = next((url.strip() for url in known if url.strip()), None)
    if given is not None:
        _check(given, provider_id)
    project = variables.get("GOOGLE_CLOUD_PROJECT", "").strip() or None
    location = variables.get("GOOGLE_CLOUD_LOCATION", "").strip() or _location_of(given)
    vertex = wire.name == "vertexai" or (
        wire.family == "google" and project is not None and location is not None
    )
    standard = wire.default_base_url
    if standard is not None and not vertex:
        return Place((given or standard).removesuffix("/"))
    base_url = given or f"https://{vertex_host(location)}"
    return Place(base_url.removesuffix("/"), vertex=True, project=project, location=location or "global")


def vertex_host(location: str | None) -> str:
    """The host that serves Vertex AI in ``location``."""
    if location in (None, "", "global"):
        return "aiplatform.googleapis.com"
    if location in ("us", "eu"):
        return f"aiplatform.{location}.rep.googleapis.com"
    return f"{location}-aiplatform.googleapis.com"


def pasted_path(wire: Wire, base_url: str) -> str:
    """The end of ``base_url`` that the wire appends itself; empty where there is none."""
    found = (_PASTED_GOOGLE if wire.family == "google" else _PASTED).search(base_url)
    return found.group() if found else ""


def headers(provider_id: str, custom: Mapping[str, Any]) -> dict[str, str]:
    """The provider's ``custom_headers``, sent with each request.

    Raises:
        Unusable: a name or value that HTTP cannot carry.
    """
    for name, value in custom.items():
        carries = isinstance(value, str) and all(
            c == "\t" or " " <= c <= "~" or "\xa0" <= c <= "\xff" for c in value
        )
        if not _HEADER_NAME.match(name) or not carries:
            raise Unusable(
                f"custom_headers of provider {provider_id!r}: {name!r} is no header that HTTP can carry",
                f"mend it in [providers.{provider_id}.custom_headers]",
            )
    return dict(custom)


def _check(url: str, provider_id: str) -> None:
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        fine = False
    if not fine or not url.isprintable() or " " in url:
        raise Unusable(
            f"the base_url of provider {provider_id!r} is no http or https URL",
            f'base_url = "https://…" in [providers.{provider_id}]',
        )
    if parts.query or parts.fragment or parts.username or parts.password:
        raise Unusable(
            f"the base_url of provider {provider_id!r} holds a query, a fragment or a password; Kimi Code appends its path to it",
            f"keep scheme, host and path in [providers.{provider_id}], and put a key in api_key",
        )


def _location_of(url: str | None) -> str | None:
    host = urlsplit(url).hostname if url else None
    if host and host.endswith(_REGIONAL_HOST):
        return host.removesuffix(_REGIONAL_HOST) or None
    return None

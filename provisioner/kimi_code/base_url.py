"""Where a request goes: base URL, Google Cloud place and custom headers, as Kimi Code resolves them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from catalog.untrusted import mapping, string
from catalog.urls import shown
from catalog.wire import WIRES
from provisioner.kimi_code.finding import Unusable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.wire import Wire
    from provisioner.kimi_code.finding import KeyPath

_PASTED = re.compile(r"(?:/chat/completions|(?<=/v1)/(?:completions|responses|messages|models))/?\Z")
_PASTED_GOOGLE = re.compile(r"/v1beta1?(?:/(?:models|publishers|projects)(?:/.*)?)?/?\Z")
_VERSION = re.compile(r"/v1/?\Z")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_REGIONAL_HOST = "-aiplatform.googleapis.com"


class Endpoint(NamedTuple):
    """Where requests go.

    Attributes:
        base_url: without a trailing slash.
        vertex: whether it is Vertex AI.
        project: the Google Cloud project of a request without a key.
        location: the Google Cloud location of a request without a key.
    """

    base_url: str
    vertex: bool = False
    project: str | None = None
    location: str | None = None


def resolve(
    alias: str,
    model: Mapping[str, Any],
    provider_id: str,
    provider: Mapping[str, Any],
    wire: Wire,
    env: Mapping[str, str],
    *,
    has_key: bool,
) -> Endpoint:
    """The endpoint of a model: its own ``base_url``, its provider's, the ``env`` sub-table's, the wire's default.

    A Google provider whose ``env`` sub-table names a project and a location (or a host with one) is on Vertex AI. Kimi
    Code hands neither to Google's SDK: with a key the global host is asked, without one the shell's project is.

    Raises:
        Unusable: the URL is none that a request can be sent to, or an exported variable stands in for a missing one.
    """
    variables = {name: string(value) for name, value in mapping(provider.get("env")).items()}
    type_row = WIRES.get(string(provider.get("type")) or string(model.get("protocol")))
    own, theirs = string(model.get("base_url")).strip(), string(provider.get("base_url")).strip()
    names = type_row.env_base_urls if type_row else ()
    # The first that is not empty is taken, even where it is blank.
    given = own or theirs or next((variables[name] for name in names if variables.get(name)), "").strip()
    at: KeyPath = ("models", alias) if own or not provider_id else ("providers", provider_id)
    if given:
        _check(given, at)
    project = variables.get("GOOGLE_CLOUD_PROJECT", "").strip()
    location = variables.get("GOOGLE_CLOUD_LOCATION", "").strip() or _location_of(given)
    vertex = bool(wire.family == "google" and project and location)
    if wire.family == "google" and not vertex:
        _refuse_vertex(env)
    shell_project, shell_location = (
        env.get("GOOGLE_CLOUD_PROJECT"),
        env.get("GOOGLE_CLOUD_LOCATION") or "global",
    )
    standard = _standard(type_row, wire, "global" if has_key else shell_location, vertex=vertex)
    if not given:
        _refuse_redirect(alias, at, WIRES["vertexai"] if vertex else wire, standard, env)
    base_url = given or standard
    if wire.family == "anthropic":
        base_url = _VERSION.sub("", base_url)
    if not vertex:
        return Endpoint(base_url.removesuffix("/"))
    if not has_key and not given and not shell_project:
        raise Unusable(
            f"[providers.{provider_id}] has no key, and Kimi Code then takes the Google Cloud project of the shell, not "
            "that of the file: GOOGLE_CLOUD_PROJECT is not exported",
            "export GOOGLE_CLOUD_PROJECT=…",
            code="shell_project_missing",
            path=(*at, "env", "GOOGLE_CLOUD_PROJECT"),
        )
    return Endpoint(base_url.removesuffix("/"), vertex=True, project=shell_project, location=shell_location)


def _standard(type_row: Wire | None, wire: Wire, location: str | None, *, vertex: bool) -> str:
    """The endpoint where neither the file nor the shell names one. Only Moonshot's follows the provider's type."""
    if vertex:
        return f"https://{vertex_host(location)}"
    if type_row is not None and type_row.name == "kimi":
        return str(type_row.default_base_url)
    return wire.default_base_url or str(WIRES["google-genai"].default_base_url)


def _refuse_redirect(alias: str, at: KeyPath, wire: Wire, standard: str, env: Mapping[str, str]) -> None:
    """Kimi Code's SDKs take the host from the shell where the file names none, and the file's key goes there."""
    name = wire.shell_base_url
    exported = env.get(name, "").strip() if name else ""
    if not exported or exported.rstrip("/") == standard:
        return
    where = f'[models."{alias}"]' if at[0] == "models" else f"[providers.{at[1]}]"
    raise Unusable(
        f"{name} is exported and {where} names no base_url: Kimi Code would send its key and prompt to "
        f"{shown(exported)}",
        f'base_url = "{standard}" in {where}, or unset {name}',
        code="shell_redirect",
        path=(*at, "base_url"),
        untestable=True,
    )


def _refuse_vertex(env: Mapping[str, str]) -> None:
    """Google's SDK turns from the Gemini API to Vertex AI, path and host, where the shell says so."""
    if env.get("GOOGLE_GENAI_USE_VERTEXAI", "").lower() == "true":
        raise Unusable(
            "GOOGLE_GENAI_USE_VERTEXAI is exported: Kimi Code would ask Vertex AI, not the Gemini API",
            "unset GOOGLE_GENAI_USE_VERTEXAI",
            code="shell_vertex",
            untestable=True,
        )


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


def headers(provider_id: str, custom: Mapping[str, str]) -> dict[str, str]:
    """The provider's ``custom_headers``, sent with each request.

    Raises:
        Unusable: a name or value that HTTP cannot carry.
    """
    for name, value in custom.items():
        carries = all(c == "\t" or " " <= c <= "~" or "\xa0" <= c <= "\xff" for c in value)
        if not _HEADER_NAME.match(name) or not carries:
            raise Unusable(
                f"custom_headers of provider {provider_id!r}: {name!r} is no header that HTTP can carry",
                f"correct it in [providers.{provider_id}.custom_headers]",
                code="header_unsendable",
                path=("providers", provider_id, "custom_headers", name),
            )
    return dict(custom)


def _check(url: str, at: KeyPath) -> None:
    path = (*at, "base_url")
    where = f'[models."{at[1]}"]' if at[0] == "models" else f"[providers.{at[1]}]"
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        fine = False
    if not fine or not url.isprintable() or " " in url:
        raise Unusable(
            f"the base_url of {where} is no http or https URL",
            f'base_url = "https://…" in {where}',
            code="base_url_invalid",
            path=path,
        )
    if parts.query or parts.fragment or parts.username or parts.password:
        raise Unusable(
            f"the base_url of {where} holds a query, a fragment or a password; Kimi Code appends its path to it",
            f"keep scheme, host and path in {where}, and put a key in api_key",
            code="base_url_invalid",
            path=path,
        )


def _location_of(url: str | None) -> str | None:
    host = urlsplit(url).hostname if url else None
    if host and host.endswith(_REGIONAL_HOST):
        return host.removesuffix(_REGIONAL_HOST) or None
    return None

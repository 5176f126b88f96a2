"""Addresses that Kimi Code takes and that lead nowhere, or that a key should not travel to."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from catalog.endpoint import PLACEHOLDER
from catalog.untrusted import mapping, string
from catalog.wire import WIRES
from provisioner.doctor.issue import error, shown, warning
from provisioner.kimi_code.owner import provider_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provisioner.doctor.issue import Issue
    from provisioner.kimi_code.finding import KeyPath as Path

_DOUBLED = re.compile(r"(/v\d+(?:alpha|beta)?\d*)\1+(?=/|\Z)")
_VERSION = re.compile(r"/v\d")
_LOCAL = (".local", ".lan", ".internal", ".home.arpa", ".localhost")


def issues(
    providers: Mapping[str, Mapping[str, Any]], models: Mapping[str, Mapping[str, Any]]
) -> Iterator[Issue]:
    """What is wrong with each ``base_url`` and with the address of each source."""
    for provider_id, provider in providers.items():
        path = ("providers", provider_id)
        yield from _base_url(provider, string(provider.get("type")), (*path, "base_url"))
        yield from _source(mapping(provider.get("source")), (*path, "source", "url"))
    for alias, model in models.items():
        kind = model.get("protocol") or mapping(providers.get(provider_name(model) or "")).get("type")
        yield from _base_url(model, string(kind), ("models", alias, "base_url"))


def _base_url(table: Mapping[str, Any], wire: str, path: Path) -> Iterator[Issue]:
    url = string(table.get("base_url")).strip()
    parts = _split(url)
    where = shown(path[:2])
    if parts is None or parts.query or parts.fragment or parts.username or parts.password:
        return  # Kimi Code's own view tells
    if PLACEHOLDER in url:
        message = (
            f"base_url of {where} holds a ${{…}} placeholder; Kimi Code fills none in and asks that very host"
        )
        yield error("base_url_placeholder", path, message, f"write the whole address in {where}")
        return
    if doubled := _DOUBLED.search(parts.path):
        right = url.replace(doubled[0], doubled[1], 1)
        message = f"the path of base_url in {where} says {doubled[1]} twice"
        yield error(
            "base_url_doubled", path, message, f'base_url = "…{doubled[1]}" in {where}', (path, right)
        )
    elif wire in WIRES and WIRES[wire].family == "openai" and not _VERSION.search(parts.path):
        yield from _without_version(url, parts, wire, path)
    if parts.scheme == "http" and not _is_near(parts.hostname or ""):
        message = f"base_url of {where} is http to a public host: everyone on the way can read the key"
        yield warning(
            "http_public", path, message, f'base_url = "https://…" in {where}, where the host has it'
        )


def _without_version(url: str, parts: SplitResult, wire: str, path: Path) -> Iterator[Issue]:
    """Only where the host is known to want one: many a gateway wants none."""
    default = WIRES[wire].default_base_url or ""
    ours = parts.netloc == urlsplit(default).netloc
    if not parts.path.strip("/") and (ours or _is_near(parts.hostname or "")):
        right = default if ours else f"{url.rstrip('/')}/v1"
        yield warning(
            "base_url_version",
            path,
            f"base_url of {shown(path[:2])} has no version such as /v1 in its path, and the {wire} wire appends none",
            f'base_url = "{right}" in {shown(path[:2])}',
            *([(path, right)] if ours and parts.scheme == "https" else []),
        )


def _source(source: Mapping[str, Any], path: Path) -> Iterator[Issue]:
    parts = _split(string(source.get("url")))
    if parts is None:
        return
    where = shown(path[:3])
    if parts.query or parts.password:
        message = (
            f"the url of {where} holds a query or a password: a secret there is shown wherever the address is"
        )
        yield warning("secret_in_url", path, message, f'url = "https://…" in {where}, the token in apiKey')
    if parts.scheme == "http" and not _is_near(parts.hostname or ""):
        message = f"the url of {where} is http to a public host: everyone on the way can read the token"
        yield warning("http_public", path, message, f'url = "https://…" in {where}, where the host has it')


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parts.hostname  # noqa: B018 - reading it is what checks it
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.netloc else None


def _is_near(host: str) -> bool:
    """Whether a host is this machine or on its own network, as far as its name says."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.lower().endswith(_LOCAL)

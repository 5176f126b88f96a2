"""base_url: what each wire expects in it, how one is found, and which ones look wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from catalog.wire import WIRES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.wire import WireName

PLACEHOLDER = "${"

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_ANTHROPIC_VERSION = re.compile(r"/v1/?\Z")
_VERSION_SEGMENT = re.compile(r"v\d+[a-z0-9]*\Z")
# What the wires append themselves; a base_url that ends in one of these was copied from a curl example.
_PASTED = ("/chat/completions", "/completions", "/responses", "/messages", "/v1/models")


def for_wire(url: str, wire: WireName) -> str:
    """A base URL from the catalog or the user in the form the wire needs.

    The anthropic wire appends ``/v1/messages`` itself, so a trailing ``/v1`` goes; the others are unchanged.
    """
    url = url.strip()
    return _ANTHROPIC_VERSION.sub("", url) if WIRES[wire].family == "anthropic" else url


def is_http_url(url: str) -> bool:
    """Whether this is an http or https URL with a host, and nothing in it that cannot be seen."""
    if not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        return False
    # A host named like a scheme comes from filling "https://${HOST}" with a whole URL.
    return parts.scheme in {"http", "https"} and parts.hostname not in {None, "", "http", "https"}


def variables_in(url: str) -> tuple[str, ...]:
    """Names of the ``${VAR}`` placeholders in a URL, each once, in order."""
    return tuple(dict.fromkeys(_VARIABLE.findall(url)))


def fill(url: str, variables: Mapping[str, str]) -> str:
    """The URL with every placeholder whose variable is given (and not blank) filled in; the others stay."""
    return _VARIABLE.sub(lambda found: variables.get(found[1], "").strip() or found[0], url)


def doubts(wire: WireName, url: str) -> tuple[str, ...]:
    """Sentences on what looks wrong with a base URL for this wire; none when it looks right.

    A registry's ``api`` and a hand-written ``base_url`` are taken as they are, so the common mistakes are named.
    """
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    family = WIRES[wire].family
    found = []
    if PLACEHOLDER in url:
        found.append("it holds a ${…} placeholder, which config.toml cannot fill in")
    if parts.query or parts.fragment:
        found.append("it has a query or fragment, after which no path can be appended")
    pasted = next((end for end in _PASTED if path.endswith(end)), None)
    if pasted is not None:
        found.append(f"it ends in {pasted}, which is appended by itself: leave it out")
    elif family == "anthropic":
        if path.endswith("/v1"):
            found.append("it ends in /v1, but the anthropic wire appends /v1/messages: leave /v1 out")
    elif family == "google":
        if _has_version(path):
            found.append(f"it has a version in its path, but the {wire} wire appends its own: leave it out")
    elif not _has_version(path):
        found.append(f"it has no version such as /v1 in its path, and the {wire} wire appends none: check it")
    return tuple(found)


def _has_version(path: str) -> bool:
    return any(_VERSION_SEGMENT.match(segment) for segment in path.split("/"))

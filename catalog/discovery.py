"""The models of an endpoint, by its own list: for local servers, gateways and providers that no catalog knows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from catalog.errors import CatalogError, CredentialRefused, DocumentInvalid, FetchFailed, NotImportable
from catalog.http_limits import MIB, Limits
from catalog.json_size import too_many
from catalog.listing import Listed, entries, ids, read
from catalog.local_servers import enriched
from catalog.untrusted import id_flaw, mapping, text
from catalog.urls import shown
from catalog.wire import WIRES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from catalog.http import OpenClient
    from catalog.models import Model
    from catalog.wire import Family, WireName

_LIMITS = Limits(body=8 * MIB)  # OpenRouter's list, the longest known, is under one
_OPTIONAL = Limits(body=8 * MIB, total=5.0)
_MOST_PAGES = 50
_SHARE = 4  # of what a whole catalog may hold
_NAME_THEM = "name the models yourself with --model ID[:CONTEXT]"


@dataclass(frozen=True)
class Asker:
    """Asks one endpoint for JSON documents, with its key in the header that its wire uses."""

    open_client: OpenClient
    key: str | None = field(repr=False)
    carrier: str
    headers: Mapping[str, str]

    def ask(self, url: str, question: Any = None, limits: Limits = _LIMITS) -> Any:
        """The JSON document at ``url``; with a question, the answer to a POST of it.

        Raises:
            FetchFailed, CredentialRefused: as :func:`catalog.http.fetch`.
            DocumentInvalid: too large, or no JSON.
        """
        from catalog.http import fetch

        reply = fetch(
            self.open_client,
            url,
            token=self.key or None,
            carrier=self.carrier,
            headers=self.headers,
            question=None if question is None else json.dumps(question).encode(),
            token_hint="check the key: --api-key-stdin, or --api-key-env NAME",  # noqa: S106  names the flags
            limits=limits,
        )
        if much := too_many(reply.body, _SHARE):
            raise DocumentInvalid(
                f"the endpoint's list of models holds {much}", hint=_NAME_THEM, where=shown(url)
            )
        try:
            return json.loads(reply.body)
        except (ValueError, RecursionError):
            what = "a web page" if reply.body.lstrip().startswith(b"<") else "something that is not JSON"
            raise DocumentInvalid(
                f"the endpoint answered with {what} instead of its list of models",
                hint=f"check --base-url, or {_NAME_THEM}",
                where=shown(url),
            ) from None

    def ask_if_it_can(self, url: str, question: Any = None) -> Mapping[str, Any]:
        """The JSON object at ``url``, or an empty one: for what a server may or may not offer."""
        try:
            return mapping(self.ask(url, question, _OPTIONAL))
        except CatalogError:
            return {}


def discover(
    open_client: OpenClient,
    wire: WireName,
    base_url: str,
    key: str | None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Model, ...]:
    """The chat models that an endpoint lists, in its order.

    Capabilities and limits are what the server says; where it says nothing of the context the model carries
    ``context_known=False``. Models whose ids are not safe to write are left out.

    Args:
        open_client: makes a client that follows no redirects.
        wire: decides the address of the list and the header of the key.
        base_url: in the wire's own form, as in config.toml.
        key: None for servers that want none.
        headers: the provider's own, sent to the origin of ``base_url`` only; they win over the wire's.

    Raises:
        NotImportable: the wire has no list, or nothing on it is a chat model.
        FetchFailed, CredentialRefused, DocumentInvalid: the list could not be had.
    """
    base = base_url.rstrip("/")
    try:
        listed = _listed(wire, base, _asker(open_client, wire, key, headers))
    except CredentialRefused:
        raise
    except FetchFailed as error:
        if error.status is None:
            raise
        passing = (
            error.status == HTTPStatus.TOO_MANY_REQUESTS or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        )
        hint = f"{'try again' if passing else 'check --base-url'}, or {_NAME_THEM}"
        raise FetchFailed(error.message, hint=hint, where=error.where, status=error.status) from error
    models = {found.id: found.model() for found in listed if found.chat and id_flaw(found.id) is None}
    if not models:
        raise NotImportable(
            "the endpoint lists no chat model", reason="no_models", hint=_NAME_THEM, where=shown(base)
        )
    return tuple(models.values())


def _asker(open_client: OpenClient, wire: WireName, key: str | None, headers: Mapping[str, str]) -> Asker:
    family = WIRES[wire].family
    if family == "anthropic":
        return Asker(open_client, key, "x-api-key", {"anthropic-version": "2023-06-01", **headers})
    return Asker(open_client, key, "x-goog-api-key" if family == "google" else "Authorization", headers)


def _listed(wire: WireName, base: str, asker: Asker) -> list[Listed]:
    row = WIRES[wire]
    if row.list_path is None:
        raise NotImportable(
            f"{row.name} has no list of models to ask for", reason="no_listing", hint=_NAME_THEM
        )
    url = f"{base}{row.list_path}"
    if row.family == "google":
        return _read(_pages(asker, url, {"pageSize": "1000"}, _next_page_token), row.family)
    if row.family == "anthropic":
        pages = list(_pages(asker, url, {"limit": "1000"}, _after("after_id")))
    else:
        pages = list(_pages(asker, url, {}, _after("after")))
    listed = _read(pages, row.family)
    owners = {text(entry.get("owned_by")) for page in pages for entry in entries(page)}
    return enriched(listed, owners, base, asker.ask_if_it_can)


def _read(pages: Iterable[Any], family: Family) -> list[Listed]:
    found = (read(entry, family) for page in pages for entry in entries(page))
    return [listed for listed in found if listed is not None]


def _pages(
    asker: Asker,
    url: str,
    query: dict[str, str],
    following: Callable[[Mapping[str, Any]], dict[str, str] | None],
) -> Iterator[Any]:
    """Every page of a list; a server that repeats itself or never ends is not followed for ever."""
    asked: list[dict[str, str]] = []
    while query not in asked and len(asked) < _MOST_PAGES:
        asked.append(query)
        page = asker.ask(f"{url}?{urlencode(query)}" if query else url)
        yield page
        cursor = following(mapping(page))
        if cursor is None:
            return
        query = query | cursor


def _after(cursor: str) -> Callable[[Mapping[str, Any]], dict[str, str] | None]:
    """What asks for the next page where ``has_more`` says there is one."""

    def following(page: Mapping[str, Any]) -> dict[str, str] | None:
        last = text(page.get("last_id")) or next(reversed(ids(page)), None)
        return {cursor: last} if page.get("has_more") is True and last else None

    return following


def _next_page_token(page: Mapping[str, Any]) -> dict[str, str] | None:
    token = text(page.get("nextPageToken"))
    return {"pageToken": token} if token else None

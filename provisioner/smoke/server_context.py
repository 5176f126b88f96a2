"""How many tokens a local server says that it holds, asked where the kinds of servers tell it.

Sources: the list of vLLM and SGLang (``max_model_len``), ``/props`` of llama.cpp, ``/api/v0/models`` of LM Studio,
``/api/ps`` and ``/api/show`` of Ollama. Each is known by the ``owned_by`` of its list.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from catalog.listing import counts_together
from catalog.untrusted import first_integer, mapping, sequence, string
from provisioner.smoke.listing import ask
from provisioner.smoke.wires import protocol_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.smoke.session import Session

_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")


@dataclass(frozen=True, slots=True)
class Told:
    """What a server holds for one request; ``shares_output`` where it refuses what would not fit as output."""

    tokens: int
    shares_output: bool


async def told(session: Session) -> Told | None:
    """The context of the target's server; None where it is not a local one, or does not say."""
    target = session.target
    url = protocol_of(target).list_url(target, target.base_url)
    if url is None or not is_local(target.base_url):
        return None
    entries = list(_entries(await ask(session, url)))
    entry = next(
        (entry for entry in entries if target.model in (entry.get("id"), entry.get("root"))),
        entries[0] if len(entries) == 1 else {},
    )
    owner = string(entry.get("owned_by"))
    if tokens := first_integer(entry.get("max_model_len")):
        return Told(tokens, shares_output=counts_together(entry))
    tokens = await _asked_elsewhere(session, owner)
    return Told(tokens, shares_output=False) if tokens else None


async def _asked_elsewhere(session: Session, owner: str) -> int | None:
    model = session.target.model
    root = re.sub(r"/v\d+/?\Z", "", session.target.base_url)
    match owner:
        case "llamacpp":
            props = mapping(await ask(session, f"{root}/props"))
            return first_integer(mapping(props.get("default_generation_settings")).get("n_ctx"))
        case "organization_owner":
            listed = _entries(await ask(session, f"{root}/api/v0/models"))
            return next(
                (
                    first_integer(entry.get("loaded_context_length"))
                    for entry in listed
                    if entry.get("id") == model
                ),
                None,
            )
        case "library":
            running = _entries(await ask(session, f"{root}/api/ps"))
            loaded = next(
                (entry for entry in running if model in (entry.get("name"), entry.get("model"))), {}
            )
            return first_integer(loaded.get("context_length")) or _shown(
                await ask(session, f"{root}/api/show", {"model": model})
            )
    return None


def _shown(document: Any) -> int | None:
    """Ollama's ``num_ctx`` of a model, else the most that the model can hold."""
    whole = mapping(document)
    if found := re.search(r"^num_ctx\s+(\d{1,9})\s*$", string(whole.get("parameters")), re.MULTILINE):
        return int(found.group(1))
    info = mapping(whole.get("model_info"))
    return first_integer(*(value for key, value in info.items() if key.endswith(".context_length")))


def _entries(document: Any) -> Iterator[dict[str, Any]]:
    whole = mapping(document)
    for entry in sequence(whole.get("data")) or sequence(whole.get("models")):
        yield mapping(entry)


def is_local(base_url: str) -> bool:
    """Whether a URL's host is this machine or one of a private network."""
    host = urlsplit(base_url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.endswith(_LOCAL_NAMES) or "." not in host
    return address.is_loopback or address.is_private or address.is_link_local

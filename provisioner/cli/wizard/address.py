"""Where an endpoint is: its wire, its base URL, and the name that it gets."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from catalog.endpoint import doubts, for_wire, is_http_url
from catalog.reserved import RESERVED_IDS, is_login
from catalog.untrusted import id_flaw
from catalog.urls import shown
from catalog.wire import WIRES
from provisioner.cli.prompts.asking import Back, Question
from provisioner.cli.wizard.flow import WizardStep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog.wire import WireName
    from provisioner.cli.wizard.wizard import Wizard
    from provisioner.workflows.local_servers import LocalServer

_COMMON = re.compile(r"(?:api|www|gateway|llm|ai|inference)\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """What has been answered; empty strings are still to be asked."""

    wire: str = ""
    base_url: str = ""
    name: str = ""


def of_server(wizard: Wizard, server: LocalServer) -> Address:
    """The address of a server on this machine; without a name where config.toml has given it to another endpoint."""
    address = Address("openai", server.base_url, server.id)
    return replace(address, name="") if _name_flaw(wizard, address, server.id) else address


def route(wizard: Wizard, address: Address, *, found: bool) -> Sequence[WizardStep[Address]]:
    """The questions about an address; for a server that was ``found`` at most its name."""

    def wire(address: Address) -> Address:
        return replace(address, wire=_ask_wire(wizard, address))

    def base_url(address: Address) -> Address:
        return replace(address, base_url=_ask_url(wizard, address))

    def name(address: Address) -> Address:
        return replace(address, name=_ask_name(wizard, address))

    if found:
        return [] if address.name else [WizardStep("name", name)]
    return [WizardStep("wire", wire), WizardStep("base_url", base_url), WizardStep("name", name)]


def name_for(base_url: str) -> str:
    """A name for an endpoint by its host: ``together`` for api.together.xyz, ``local`` for this machine."""
    host = urlsplit(base_url).hostname or ""
    try:
        near = ipaddress.ip_address(host).is_private
    except ValueError:
        near = "." not in host
    return "local" if near else _COMMON.sub("", host).split(".")[0]


def _ask_wire(wizard: Wizard, address: Address) -> str:
    question = Question("What does it speak?", ("Any endpoint",))
    return wizard.menu(
        question, [(name, name, wire.description) for name, wire in WIRES.items()], start=address.wire
    )


def _ask_url(wizard: Wizard, address: Address) -> str:
    wire = WIRES[address.wire].name
    question = Question("Its base URL", (wire,), (("dim", f"for this wire: {WIRES[wire].base_url_shape}"),))
    given = address.base_url

    def check(text: str) -> str | None:
        return None if is_http_url(for_wire(text, wire)) else "that is no http or https address"

    while True:
        given = wizard.ask.text(question, default=given, check=check)
        url = for_wire(given, wire)
        if _is_meant(wizard, wire, url):
            return url


def _is_meant(wizard: Wizard, wire: WireName, url: str) -> bool:
    """Whether a URL that looks wrong for its wire is meant as it is."""
    found = doubts(wire, url)
    if not found:
        return True
    question = Question(f"Is {shown(url)} right?", (wire,), tuple(("warn", doubt) for doubt in found))
    try:
        return wizard.menu(question, [("no", "Change it", ""), ("yes", "Keep it", "")]) == "yes"
    except Back:
        return False


def _ask_name(wizard: Wizard, address: Address) -> str:
    question = Question(
        "What do you call it?",
        (address.wire, shown(address.base_url)),
        (("dim", "its id in config.toml; models are then called NAME/MODEL"),),
    )
    default = address.name or name_for(address.base_url)
    return wizard.ask.text(question, default=default, check=lambda text: _name_flaw(wizard, address, text))


def _name_flaw(wizard: Wizard, address: Address, name: str) -> str | None:
    flaw = id_flaw(name) if name else "it needs one"
    if flaw:
        return flaw.replace("its id", "the name")
    existing = wizard.table("providers").get(name)
    if name in RESERVED_IDS or is_login(existing):
        return "that name is Kimi Code's own"
    if isinstance(existing, dict) and existing.get("base_url") != address.base_url:
        return "config.toml has a provider of that name at another endpoint"
    return None

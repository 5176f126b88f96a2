"""What a wire is: it builds a request, and names the reader of the answer. Neither touches a socket."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from provisioner.kimi_code.first_turn import OFF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.kimi_code.target import Target
    from provisioner.smoke.probe import Probe
    from provisioner.smoke.wires.reader import Reader


# Those of Kimi Code's requests that do not name the client: its `fetch` adds them.
_COMMON = {"Accept-Language": "*", "Sec-Fetch-Mode": "cors", "Accept-Encoding": "gzip, deflate"}
_FIXED = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A POST with a JSON body."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: dict[str, Any] = field(repr=False)


class Protocol(ABC):
    """How a wire is spoken; ``PROTOCOLS`` says which one speaks which wire."""

    list_query: ClassVar[str] = ""  # for as many models at once as the server lists

    @abstractmethod
    def request(self, target: Target, probe: Probe) -> HttpRequest:
        """The request; the target has its credential by now."""

    @abstractmethod
    def reader(self, target: Target) -> Reader:
        """A new reader for one answer."""

    @abstractmethod
    def auth(self, target: Target) -> dict[str, str]:
        """The headers that say who is asking."""

    def list_url(self, target: Target, base_url: str) -> str | None:
        """Where an endpoint at ``base_url`` lists its models; None where the wire has no such list.

        Vertex AI lists no models of Google's own.
        """
        path = target.wire.list_path
        return None if path is None or target.vertex else f"{base_url}{path}{self.list_query}"

    def other_bases(self, base_url: str) -> tuple[str, ...]:
        """What ``base_url`` may have been meant to be when nothing is found there, the likeliest first."""
        doubled = re.sub(r"(/v\d+)\1+\Z", r"\1", base_url)
        if doubled != base_url:
            return (doubled,)
        stripped = re.sub(r"/v\d+[a-z]*\Z", "", base_url)
        return (stripped,) if stripped != base_url else (f"{base_url}/v1",)

    def headers(
        self, target: Target, own: Mapping[str, str], fixed: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """The wire's ``own`` headers and who is asking; the user's win over those, whatever their case.

        ``fixed`` are the few that win over the user's, as in Kimi Code.
        """
        always = {**_FIXED, **(fixed or {})}
        custom = {
            name: value
            for name, value in target.headers.items()
            if name.lower() not in map(str.lower, always)
        }
        lowered = {name.lower() for name in custom}
        kept = {
            name: value
            for name, value in {**_COMMON, **own, **self.auth(target)}.items()
            if name.lower() not in lowered
        }
        return kept | custom | always


def effort(target: Target, probe: Probe) -> str | None:
    """The thinking effort to ask for; None where a request says nothing about thinking."""
    if probe.thinking == "off":
        return OFF
    if probe.thinking == "on":
        return target.turn.on_effort
    return None if probe.least else target.turn.effort

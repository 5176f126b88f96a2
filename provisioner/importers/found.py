"""What a tool's configuration has of one provider, in the same terms for every tool."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog.models import DEFAULT_CONTEXT, Model
from catalog.untrusted import id_flaw, mapping, positive_integer, string, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.wire import WireName

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Found:
    """A provider that a tool has configured.

    Attributes:
        id: what the tool calls it; it becomes the id in config.toml.
        wire: None where the catalog is to say.
        base_url: by the wire's convention; None leaves the catalog's.
        catalog_id: its key in the models.dev catalog, where the tool takes it from there or it is a well-known service.
        models: those that the file names; empty means all of the catalog's, or the endpoint's own list.
        beside_catalog: ``models`` come on top of the catalog's; otherwise they are all that is wanted of it.
        variable: the environment variable that holds the key.
        key: the key itself, where the tool keeps it in its file. Never shown.
        needs_key: the tool sends a key that its file does not have.
        headers: that the tool sends with each request; they may hold a secret.
        refused: why it cannot be taken over; None where it can.
        notes: what of it is left behind.
    """

    id: str
    wire: WireName | None = None
    base_url: str | None = None
    catalog_id: str | None = None
    models: tuple[Model, ...] = ()
    beside_catalog: bool = False
    variable: str | None = None
    key: str | None = field(default=None, repr=False)
    needs_key: bool = False
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    refused: str | None = None
    notes: tuple[str, ...] = ()


def model(
    name: Any,
    *,
    key: Any = None,
    shown: Any = None,
    context: Any = None,
    output: Any = None,
    tools: Any = None,
    thinking: Any = None,
    images: Any = None,
) -> Model | None:
    """A model as a tool's file describes it; None where its id cannot be written.

    Args:
        name: what the endpoint calls it.
        key: what the tool calls it, which becomes the end of the alias; without it ``name``.
        shown: its name for people.
        context: context window in tokens; anything but a positive whole number counts as unknown.
        output: most output tokens, the same.
        tools: whether it takes tools; only ``False`` says no.
        thinking: whether it reasons; only ``True`` says yes.
        images: whether it sees; only ``True`` says yes.
    """
    found, alias = text(name), text(key) or text(name)
    if found is None or alias is None or id_flaw(found) or id_flaw(alias):
        return None
    known, limit = positive_integer(context), positive_integer(output)
    capable = (("thinking", thinking is True), ("image_in", images is True), ("tool_use", tools is not False))
    return Model(
        key=alias,
        id=found,
        context=known or DEFAULT_CONTEXT,
        output_limit=limit,
        capabilities=tuple(word for word, has in capable if has),
        display_name=text(shown),
        context_known=known is not None,
    )


def variable_name(value: Any) -> str | None:
    """``value`` where it can name an environment variable, else None."""
    return value if isinstance(value, str) and _VARIABLE.fullmatch(value) else None


def headers_of(value: Any) -> dict[str, str]:
    """The headers of a table; a value that is no string is left out."""
    return {name: string(text_) for name, text_ in mapping(value).items() if isinstance(text_, str)}

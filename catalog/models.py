"""What an import consists of: providers, their models, and what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from catalog.wire import WireName


# Kimi Code's figure for a model whose registry gives neither a context nor an output limit.
DEFAULT_CONTEXT = 131072


class Cost(NamedTuple):
    """Prices in US dollars per million tokens; None where the catalog does not say."""

    input: float | None
    output: float | None
    cache_read: float | None = None


class Model(NamedTuple):
    """One chat model, as config.toml describes it. None means "not known" and becomes an absent key.

    Attributes:
        key: what follows the provider's id in the alias; in the catalog the model's own id.
        id: what the endpoint calls the model.
        context: context window in tokens.
        input_limit: most input tokens, where smaller than the context.
        output_limit: most output tokens.
        capabilities: in the order that config.toml lists them; an empty tuple says "none", None says nothing.
        reasoning_key: the field of a streamed delta that carries the reasoning.
        support_efforts: selectable reasoning levels; an empty tuple is written as an empty list.
        off_effort: the level that switches reasoning off.
        protocol: the model's own wire where it differs from the provider's.
        base_url: the model's own endpoint.
        cost: None where no price is published.
        context_known: False where ``context`` is an assumption, which the user should be told.
        released: the day it came out as ``YYYY-MM-DD``, or the month or year; None where nobody says.
        status: ``deprecated``, ``beta`` and the like, as published; None for what is in full service.
    """

    key: str
    id: str
    context: int
    input_limit: int | None = None
    output_limit: int | None = None
    capabilities: tuple[str, ...] | None = None
    display_name: str | None = None
    reasoning_key: str | None = None
    support_efforts: tuple[str, ...] | None = None
    default_effort: str | None = None
    off_effort: str | None = None
    protocol: WireName | None = None
    base_url: str | None = None
    cost: Cost | None = None
    context_known: bool = True
    released: str | None = None
    status: str | None = None


class Skipped(NamedTuple):
    """A model that was left out. ``reason`` is the same sentence for the same cause, so it can be counted.

    ``flawed``: the document has the model but not in a form that can be read; it is not withdrawn.
    """

    id: str
    reason: str
    flawed: bool = False


class DocumentProblem(NamedTuple):
    """Something amiss in a document: where, as a JSON pointer (RFC 6901), and what in a few words."""

    pointer: str
    message: str


Severity = Literal["error", "warning"]


class RegistryFinding(NamedTuple):
    """A problem of a registry, with what it means for those who import it.

    Attributes:
        pointer: where, as a JSON pointer (RFC 6901).
        message: what, in a few words.
        severity: ``error`` where Kimi Code or this program skips or refuses something because of it.
        code: the kind of problem; stable, for scripts.
    """

    pointer: str
    message: str
    severity: Severity
    code: str


class Provider(NamedTuple):
    """One provider that can be written to config.toml.

    Attributes:
        id: key of the provider's table and first part of its aliases.
        name: for people.
        wire: the protocol it speaks.
        guessed: the document does not name a protocol; ``wire`` is the fallback, which the user should be told.
        base_url: None leaves the wire's own default endpoint.
        models: at least one for a catalog import; a registry may list none.
        skipped: models left out, in the document's order.
        env: variables that usually hold the provider's credential and coordinates. A hint to show, never to bind.
        doc: address of the provider's documentation.
    """

    id: str
    name: str
    wire: WireName
    guessed: bool
    base_url: str | None
    models: tuple[Model, ...]
    skipped: tuple[Skipped, ...] = ()
    env: tuple[str, ...] = ()
    doc: str | None = None

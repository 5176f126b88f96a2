"""What a wire is, one row each, and which wire a provider of the catalog speaks.

The rules are those of Kimi Code 2.1.0, so that both tools write the same ``type`` for the same entry and find the
same endpoint and key for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from catalog.untrusted import text

if TYPE_CHECKING:
    from collections.abc import Mapping

WireName = Literal["openai", "anthropic", "openai_responses", "google-genai", "kimi", "vertexai"]
Family = Literal["openai", "anthropic", "google"]


class Wire(NamedTuple):
    """A protocol that models are spoken to in: everything about it that is data.

    Attributes:
        name: the ``type`` of a provider.
        family: whose conventions it shares: error bodies, model lists, names of models.
        default_base_url: the endpoint where the file names none; None where it follows from the location (Vertex).
        path: what is appended to the base URL; ``{model}`` stands for the model's name.
        list_path: what is appended where models are listed; None where nobody lists them.
        official_npm: the SDK package, in the catalog's words, of the company whose ``default_base_url`` it is; without
            it a catalog entry without an endpoint is refused. None where such an entry is taken.
        env_keys: names in a provider's ``env`` sub-table that hold its key, the first that is there wins.
        env_base_urls: the same for its ``base_url``.
        shell_base_url: the exported variable that decides the host where the file names none; None where none does.
        shell_keys: the exported variables whose value is sent where the file has no key.
        needs_key: whether it cannot do without a key. Vertex takes application default credentials.
        in_registry: whether an api.json may name it.
        protocol: the ``protocol`` that a model may name and stays on this wire: its own name, or the wire's that it is
            built on.
        runs_by_type: whether Kimi Code runs it where no model names a ``protocol``.
        switches_thinking_off: whether the protocol has a way to switch thinking off, whatever levels a model declares.
        thoughts_apart: whether its usage counts thoughts beside the output, not within it.
        description: for people who choose one.
        base_url_shape: what a base URL for it looks like, for people who type one.
    """

    name: WireName
    family: Family
    default_base_url: str | None
    path: str
    list_path: str | None
    official_npm: str | None
    env_keys: tuple[str, ...]
    env_base_urls: tuple[str, ...]
    shell_base_url: str | None
    shell_keys: tuple[str, ...]
    needs_key: bool
    in_registry: bool
    protocol: str
    runs_by_type: bool
    switches_thinking_off: bool
    thoughts_apart: bool
    description: str
    base_url_shape: str

    @property
    def is_protocol(self) -> bool:
        """Whether a model may name it as its ``protocol``."""
        return self.protocol == self.name

    def has_host_of(self, npm: Any) -> bool:
        """Whether an entry of a catalog without an endpoint, but with this SDK package, means ``default_base_url``."""
        return self.official_npm is None or _lower(npm) == self.official_npm

    @property
    def wants_off_effort(self) -> bool:
        """Whether "off" can only be said by the word that a model declares as its ``off_effort``."""
        return self.family == "openai" and not self.switches_thinking_off


# The most wanted first: the order in which people are asked.
_ROWS = (
    Wire(
        name="openai",
        family="openai",
        default_base_url="https://api.openai.com/v1",
        path="/chat/completions",
        list_path="/models",
        official_npm="@ai-sdk/openai",
        env_keys=("OPENAI_API_KEY",),
        env_base_urls=("OPENAI_BASE_URL",),
        shell_base_url="OPENAI_BASE_URL",
        shell_keys=("OPENAI_API_KEY",),
        needs_key=True,
        in_registry=True,
        protocol="openai",
        runs_by_type=True,
        switches_thinking_off=False,
        thoughts_apart=False,
        description="chat completions: nearly every gateway and local server",
        base_url_shape="https://host/v1",
    ),
    Wire(
        name="anthropic",
        family="anthropic",
        default_base_url="https://api.anthropic.com",
        path="/v1/messages",
        list_path="/v1/models",
        official_npm="@ai-sdk/anthropic",
        env_keys=("ANTHROPIC_API_KEY",),
        env_base_urls=("ANTHROPIC_BASE_URL",),
        shell_base_url="ANTHROPIC_BASE_URL",
        shell_keys=("ANTHROPIC_API_KEY",),
        needs_key=True,
        in_registry=True,
        protocol="anthropic",
        runs_by_type=True,
        switches_thinking_off=True,
        thoughts_apart=False,
        description="Anthropic's Messages API",
        base_url_shape="https://host, without /v1",
    ),
    Wire(
        name="openai_responses",
        family="openai",
        default_base_url="https://api.openai.com/v1",
        path="/responses",
        list_path="/models",
        official_npm="@ai-sdk/openai",
        env_keys=("OPENAI_API_KEY",),
        env_base_urls=("OPENAI_BASE_URL",),
        shell_base_url="OPENAI_BASE_URL",
        shell_keys=("OPENAI_API_KEY",),
        needs_key=True,
        in_registry=True,
        protocol="openai_responses",
        runs_by_type=True,
        switches_thinking_off=False,
        thoughts_apart=False,
        description="OpenAI's Responses API",
        base_url_shape="https://host/v1",
    ),
    Wire(
        name="google-genai",
        family="google",
        default_base_url="https://generativelanguage.googleapis.com",
        path="/v1beta/models/{model}:streamGenerateContent?alt=sse",
        list_path="/v1beta/models",
        official_npm=None,
        env_keys=("VERTEXAI_API_KEY", "GOOGLE_API_KEY"),
        env_base_urls=("GOOGLE_VERTEX_BASE_URL", "GOOGLE_GEMINI_BASE_URL"),
        shell_base_url="GOOGLE_GEMINI_BASE_URL",
        shell_keys=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
        needs_key=True,
        in_registry=False,
        protocol="google-genai",
        runs_by_type=True,
        switches_thinking_off=False,
        thoughts_apart=True,
        description="the Gemini API",
        base_url_shape="https://host",
    ),
    Wire(
        name="kimi",
        family="openai",
        default_base_url="https://api.moonshot.ai/v1",
        path="/chat/completions",
        list_path="/models",
        official_npm=None,
        env_keys=("KIMI_API_KEY",),
        env_base_urls=("KIMI_BASE_URL",),
        shell_base_url=None,
        shell_keys=("KIMI_API_KEY",),
        needs_key=True,
        in_registry=True,
        protocol="openai",
        runs_by_type=True,
        switches_thinking_off=True,
        thoughts_apart=False,
        description="Moonshot AI's own chat completions",
        base_url_shape="https://host/v1",
    ),
    Wire(
        name="vertexai",
        family="google",
        default_base_url=None,
        path="/v1beta1/publishers/google/models/{model}:streamGenerateContent?alt=sse",
        list_path=None,
        official_npm=None,
        env_keys=(),  # Kimi Code 2.1.0 reads VERTEXAI_API_KEY only where the type is google-genai
        env_base_urls=(),
        shell_base_url="GOOGLE_VERTEX_BASE_URL",
        shell_keys=("VERTEXAI_API_KEY",),
        needs_key=False,
        in_registry=False,
        protocol="google-genai",
        runs_by_type=False,
        switches_thinking_off=False,
        thoughts_apart=True,
        description="Gemini on Google Cloud",
        base_url_shape="https://host",
    ),
)

WIRES: Mapping[str, Wire] = {row.name: row for row in _ROWS}
assert tuple(WIRES) == get_args(WireName)

# Protocols of their own that no wire speaks, by a part of the SDK's package name.
_PROPRIETARY = {"amazon-bedrock": "Amazon Bedrock", "cohere": "Cohere"}


def wire_of(entry: Mapping[str, Any]) -> tuple[WireName | None, bool]:
    """The wire of a published provider object (its models are not looked at), and whether it is a guess.

    Returns:
        ``(None, False)`` for an entry that no wire fits: a ``type`` that is unknown, or a proprietary protocol.
    """
    declared = text(entry.get("type"))
    if declared is not None:
        row = WIRES.get(declared)
        return (None if row is None else row.name), False
    npm = _lower(entry.get("npm"))
    named = _named(npm, _lower(entry.get("id")))
    if named is not None:
        return named, False
    return (None, False) if proprietary(npm) else ("openai", True)


def override_wire(npm: str) -> WireName:
    """The wire of one model whose SDK package differs from its provider's; unknown packages speak openai."""
    npm = npm.lower()
    if "anthropic" in npm:
        return "anthropic"
    if "vertex" in npm:
        return "vertexai"
    if "google" in npm:
        return "google-genai"
    return "openai"


def proprietary(npm: Any) -> str | None:
    """Whose own protocol an SDK package speaks, where it is one that no wire can; else None."""
    name = _lower(npm)
    return next((owner for part, owner in _PROPRIETARY.items() if part in name), None)


def _named(npm: str, provider_id: str) -> WireName | None:
    if "anthropic" in npm or "anthropic" in provider_id or "claude" in provider_id:
        return "anthropic"
    # Only the id tells Vertex apart: the package "@ai-sdk/google-vertex/anthropic" is Anthropic's protocol.
    if "vertex" in provider_id:
        return "vertexai"
    if "google" in npm or "google" in provider_id or "gemini" in provider_id:
        return "google-genai"
    if "openai" in npm or "openai" in provider_id:
        return "openai"
    return None


def _lower(value: Any) -> str:
    return value.lower() if isinstance(value, str) else ""

"""What endpoints say of a model in their own lists, in the dialects that real servers speak.

The OpenAI form names only an id; servers add the rest under names of their own. Those read here were taken from the
servers' documentation and recorded answers: OpenRouter, vLLM, SGLang, LM Studio, llama.cpp, Mistral, Groq,
Together, Fireworks, Vercel, Moonshot, Anthropic, Google.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from catalog.chat_model import marks_embedding
from catalog.first_prompt import output_beside
from catalog.models import DEFAULT_CONTEXT, Model
from catalog.untrusted import MAX_INTEGER, day, mapping, positive_integer, string, strings, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.wire import Family

_CONTEXT = (
    ("context_length",),  # OpenRouter, Together, Moonshot, Fireworks
    ("context_window",),  # Groq, Vercel
    ("loaded_context_length",),  # LM Studio, for a model in memory
    ("max_context_length",),  # LM Studio, Mistral
    ("max_model_len",),  # vLLM, SGLang
    ("meta", "n_ctx"),  # llama.cpp: what it runs with
    ("meta", "n_ctx_train"),  # llama.cpp: what the model could
    ("top_provider", "context_length"),  # OpenRouter
    ("metadata", "context_length"),  # DeepInfra
)
_OUTPUT = (
    ("top_provider", "max_completion_tokens"),  # OpenRouter
    ("max_completion_tokens",),  # Groq
    ("max_output_tokens",),
    ("metadata", "max_tokens"),  # DeepInfra
)
_NO_CHAT_TYPES = frozenset(
    {"audio", "embedding", "embeddings", "image", "moderation", "rerank", "reranker", "transcribe", "video"}
)
_HOLDERS = ("data", "models", "items", "results")
_NAMES = (
    "id",
    "model",
    "key",
    "name",
    "model_id",
    "model_name",
)  # Ollama: model; LM Studio: key; LiteLLM: model_name
_LAST_SECOND = 253_402_300_799  # of the year 9999
_EFFORTS = ("low", "medium", "high", "xhigh", "max")


@dataclass(frozen=True, slots=True)
class Listed:
    """One model of an endpoint's list; None where the list does not say.

    Attributes:
        chat: False for what cannot hold a conversation: embeddings, images, retired models.
        always_thinks: it cannot be told not to.
    """

    id: str
    name: str | None = None
    context: int | None = None
    output: int | None = None
    chat: bool = True
    tools: bool | None = None
    thinking: bool | None = None
    always_thinks: bool = False
    image: bool | None = None
    video: bool | None = None
    audio: bool | None = None
    efforts: tuple[str, ...] | None = None
    default_effort: str | None = None
    released: str | None = None
    deprecated: bool = False

    def model(self) -> Model:
        """The model as config.toml describes it. It is taken to call tools unless the list denies it."""
        present = {
            "image_in": self.image,
            "video_in": self.video,
            "audio_in": self.audio,
            "thinking": self.thinking,
            "always_thinking": self.always_thinks,
            "tool_use": self.tools is not False,
        }
        return Model(
            key=self.id,
            id=self.id,
            context=self.context or DEFAULT_CONTEXT,
            output_limit=self.output,
            capabilities=tuple(name for name, has in present.items() if has),
            display_name=self.name,
            support_efforts=self.efforts,
            default_effort=self.default_effort,
            context_known=self.context is not None,
            released=self.released,
            status="deprecated" if self.deprecated else None,
        )


def entries(document: Any) -> list[dict[str, Any]]:
    """The members of a list of models in any usual form; a bare name becomes an object with an ``id``.

    OpenAI and Anthropic put them under ``data``, Google and Ollama under ``models``, Together and others in a bare
    list, some servers list nothing but names, and some wrap the list once more. llama.cpp has both members, and says
    more under ``data``.
    """
    named = ({"id": member} if isinstance(member, str) else member for member in _members(document))
    return [member for member in named if isinstance(member, dict)]


def _members(document: Any, wraps: int = 2) -> list[Any]:
    if isinstance(document, list):
        return document
    inner = (mapping(document).get(field) for field in _HOLDERS) if wraps else ()
    return next(filter(None, (_members(found, wraps - 1) for found in inner)), [])


def ids(document: Any) -> tuple[str, ...]:
    """The ids in a list of models in any usual form, in its order."""
    found = (read(entry, "openai") for entry in entries(document))
    return tuple(listed.id for listed in found if listed is not None)


def read(entry: Mapping[str, Any], family: Family) -> Listed | None:
    """One member of the list of an endpoint that is asked in a family's way; None without an id.

    Gateways answer in another form than they are asked in, so what is plainly Anthropic's or Google's is read as such
    everywhere.
    """
    if text(entry.get("id")) is None:
        return read_google(entry) if family == "google" or _is_google(entry) else read_openai(entry)
    own = "max_input_tokens" in entry or (family == "anthropic" and entry.get("type") == "model")
    return read_anthropic(entry) if own else read_openai(entry)


def _is_google(entry: Mapping[str, Any]) -> bool:
    return "supportedGenerationMethods" in entry or string(entry.get("name")).startswith("models/")


def read_openai(entry: Mapping[str, Any]) -> Listed | None:
    """One member of an OpenAI-compatible list, or of a local server's own; None without an id."""
    model_id = next(filter(None, (text(entry.get(field)) for field in _NAMES)), None)
    if model_id is None:
        return None
    efforts = mapping(entry.get("think_efforts"))  # Moonshot
    graded = efforts.get("support") is True
    return Listed(
        id=model_id,
        name=text(entry.get("display_name")) or text(entry.get("name")),
        context=_first_size(entry, _CONTEXT),
        output=_output(entry),
        chat=_chats(entry, model_id),
        tools=_states(entry, words=("tool_use", "tools", "function_calling"), parameters=("tools",)),
        thinking=_thinks(entry),
        always_thinks=entry.get("supports_thinking_type") == "only",
        image=_sees(entry, "image"),
        video=_sees(entry, "video"),
        audio=_sees(entry, "audio"),
        efforts=strings(efforts.get("valid_efforts")) if graded else None,
        default_effort=text(efforts.get("default_effort")) if graded else None,
        released=_created(entry),
        deprecated=_retires(entry),
    )


def read_anthropic(entry: Mapping[str, Any]) -> Listed | None:
    """One member of Anthropic's list; None without an id. Every model there calls tools."""
    model_id = text(entry.get("id"))
    if model_id is None:
        return None
    capabilities = mapping(entry.get("capabilities"))
    effort = mapping(capabilities.get("effort"))
    return Listed(
        id=model_id,
        name=text(entry.get("display_name")),
        context=size(entry.get("max_input_tokens")),
        output=size(entry.get("max_tokens")),
        thinking=_supported(capabilities, "thinking"),
        image=_supported(capabilities, "image_input"),
        efforts=tuple(level for level in _EFFORTS if _supported(effort, level)) or None,
        released=day(entry.get("created_at")),
    )


def read_google(entry: Mapping[str, Any]) -> Listed | None:
    """One member of Google's list; None without a name. Only what can ``generateContent`` chats."""
    name = text(entry.get("name"))
    if name is None:
        return None
    methods = strings(entry.get("supportedGenerationMethods"))
    return Listed(
        id=name.removeprefix("models/"),
        name=text(entry.get("displayName")),
        context=size(entry.get("inputTokenLimit")),
        output=size(entry.get("outputTokenLimit")),
        chat=(methods is None or "generateContent" in methods) and not marks_embedding(name),
        thinking=boolean(entry.get("thinking")),
    )


def size(value: Any) -> int | None:
    """A number of tokens that config.toml can hold, else None."""
    found = positive_integer(value)
    return found if found is not None and found <= MAX_INTEGER else None


def boolean(value: Any) -> bool | None:
    """True or false, else None."""
    return value if isinstance(value, bool) else None


def counts_together(entry: Mapping[str, Any]) -> bool:
    """Whether the server refuses a prompt and an asked output that do not fit into ``max_model_len`` together.

    vLLM and SGLang do, and routers before them, which leave ``owned_by`` out.
    """
    return size(entry.get("max_model_len")) is not None and string(entry.get("owned_by")) in (
        "vllm",
        "sglang",
        "",
    )


def _output(entry: Mapping[str, Any]) -> int | None:
    """The stated limit, else what a first prompt leaves where both are counted together."""
    stated = _first_size(entry, _OUTPUT)
    if stated is not None or not counts_together(entry):
        return stated
    return output_beside(size(entry.get("max_model_len")) or 0)


def _created(entry: Mapping[str, Any]) -> str | None:
    """The day that OpenAI's ``created`` gives in seconds; servers that know none put there 0 or the time of day."""
    seconds = positive_integer(entry.get("created"))
    if seconds is None or seconds > _LAST_SECOND:
        return None
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _retires(entry: Mapping[str, Any]) -> bool:
    return (
        entry.get("deprecated") is True
        or entry.get("status") == "deprecated"
        or text(entry.get("deprecation")) is not None  # Mistral: the day on which it goes
        or text(entry.get("expiration_date")) is not None  # OpenRouter
    )


def _first_size(entry: Mapping[str, Any], paths: tuple[tuple[str, ...], ...]) -> int | None:
    for *outer, last in paths:
        holder = mapping(entry.get(outer[0])) if outer else entry
        found = size(holder.get(last))
        if found is not None:
            return found
    return None


def _chats(entry: Mapping[str, Any], model_id: str) -> bool:
    outputs = strings(mapping(entry.get("architecture")).get("output_modalities"))  # OpenRouter
    return not (
        marks_embedding(model_id)
        or text(entry.get("type")) in _NO_CHAT_TYPES  # Together, Vercel, LM Studio
        or (outputs is not None and "text" not in outputs)
        or mapping(entry.get("capabilities")).get("completion_chat") is False  # Mistral
        or entry.get("supports_chat") is False  # Fireworks
        or entry.get("active") is False  # Groq
    )


def _states(entry: Mapping[str, Any], *, words: tuple[str, ...], parameters: tuple[str, ...]) -> bool | None:
    """What a list says of one ability, in whichever way it says such things; None when it does not."""
    accepted = strings(entry.get("supported_parameters"))  # OpenRouter
    if accepted is not None:
        return any(name in accepted for name in parameters)
    capabilities = entry.get("capabilities")
    named = strings(capabilities)  # LM Studio
    if named is not None:
        return any(word in named for word in words)
    stated = [mapping(capabilities).get(word) for word in words]  # Mistral
    stated += [entry.get(f"supports_{word}") for word in words]  # Moonshot, Fireworks
    return next((value for value in stated if isinstance(value, bool)), None)


def _thinks(entry: Mapping[str, Any]) -> bool | None:
    kind = entry.get("supports_thinking_type")  # Moonshot: only, both, no
    if kind in ("only", "both", "no"):
        return bool(kind != "no")
    return _states(entry, words=("reasoning",), parameters=("reasoning", "include_reasoning"))


def _sees(entry: Mapping[str, Any], kind: str) -> bool | None:
    inputs = strings(mapping(entry.get("architecture")).get("input_modalities"))  # OpenRouter
    if inputs is not None:
        return kind in inputs
    if kind == "image" and entry.get("type") == "vlm":  # LM Studio
        return True
    stated = [entry.get(f"supports_{kind}_in"), entry.get(f"supports_{kind}_input")]  # Moonshot, Fireworks
    if kind == "image":
        stated.append(mapping(entry.get("capabilities")).get("vision"))  # Mistral
    return next((value for value in stated if isinstance(value, bool)), None)


def _supported(capabilities: Mapping[str, Any], name: str) -> bool | None:
    return boolean(mapping(capabilities.get(name)).get("supported"))

"""The variables of the official SDKs, in the shell or in the ``env`` table of Claude Code's settings.json.

Source: the SDKs of OpenAI, Anthropic and Google, and https://docs.claude.com/en/docs/claude-code/settings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.untrusted import mapping, string
from provisioner.importers.found import Found, model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalog.models import Model

_CLAUDE_MODELS = (
    *("ANTHROPIC_MODEL", "ANTHROPIC_DEFAULT_OPUS_MODEL", "ANTHROPIC_DEFAULT_SONNET_MODEL"),
    *("ANTHROPIC_DEFAULT_HAIKU_MODEL", "ANTHROPIC_SMALL_FAST_MODEL"),
)
_CLOUDS = {
    "CLAUDE_CODE_USE_BEDROCK": "Amazon Bedrock",
    "CLAUDE_CODE_USE_VERTEX": "Google Vertex AI",
    "CLAUDE_CODE_USE_FOUNDRY": "Microsoft Foundry",
}
_SHORT_NAMES = frozenset({"default", "best", "opus", "sonnet", "haiku", "opusplan", "inherit"})
_GEMINI_KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY")


def read_shell(documents: Mapping[str, Any]) -> tuple[Found, ...]:
    """OpenAI's, Anthropic's and Google's variables of ``shell``."""
    shell = {name: string(value).strip() for name, value in mapping(documents.get("shell")).items()}
    return (*_openai(shell), *_anthropic(shell, "anthropic", {}), *_gemini(shell))


def read_claude(documents: Mapping[str, Any]) -> tuple[Found, ...]:
    """Claude Code's ``settings``: what its ``env`` table exports."""
    settings = mapping(documents.get("settings"))
    table = {name: string(value).strip() for name, value in mapping(settings.get("env")).items()}
    return tuple(_anthropic(table, "claude-code", settings))


def _openai(shell: Mapping[str, str]) -> Iterator[Found]:
    base_url = shell.get("OPENAI_BASE_URL") or shell.get("OPENAI_API_BASE")
    if base_url or shell.get("OPENAI_API_KEY"):
        yield Found(
            "openai",
            wire="openai" if base_url else None,
            base_url=base_url or None,
            catalog_id=None if base_url else "openai",
            models=_models(shell, ("OPENAI_MODEL",)),
            variable="OPENAI_API_KEY",
        )


def _gemini(shell: Mapping[str, str]) -> Iterator[Found]:
    base_url = shell.get("GOOGLE_GEMINI_BASE_URL")
    variable = next((name for name in _GEMINI_KEYS if shell.get(name)), None)
    if base_url or variable:
        yield Found(
            "google",
            wire="google-genai" if base_url else None,
            base_url=base_url or None,
            catalog_id=None if base_url else "google",
            variable=variable or _GEMINI_KEYS[0],
        )


def _anthropic(table: Mapping[str, str], name: str, settings: Mapping[str, Any]) -> Iterator[Found]:
    base_url, token = table.get("ANTHROPIC_BASE_URL"), table.get("ANTHROPIC_AUTH_TOKEN")
    cloud = next((who for flag, who in _CLOUDS.items() if table.get(flag) not in (None, "", "0")), None)
    helper = bool(string(settings.get("apiKeyHelper")))
    if cloud:
        yield Found(name, refused=f"it goes by {cloud}, whose protocol Kimi Code does not have")
        return
    if not (base_url or token or table.get("ANTHROPIC_API_KEY") or helper):
        return
    variable = "ANTHROPIC_AUTH_TOKEN" if token else "ANTHROPIC_API_KEY"
    notes = []
    if token:
        notes.append(
            "ANTHROPIC_AUTH_TOKEN is sent as a bearer token there, and Kimi Code sends it as x-api-key: "
            "test it before use"
        )
    if helper:
        notes.append("its key is what a command prints (apiKeyHelper), which is not run")
    if table.get("ANTHROPIC_CUSTOM_HEADERS"):
        notes.append("ANTHROPIC_CUSTOM_HEADERS are left out")
    given = _models(table, _CLAUDE_MODELS) + _models({"": string(settings.get("model"))}, ("",))
    yield Found(
        name,
        wire="anthropic" if base_url else None,
        base_url=base_url or None,
        catalog_id=None if base_url else "anthropic",
        models=tuple({one.id: one for one in given}.values()) if base_url else (),
        # What stands in a file is a key; what the shell exports is there to be referred to.
        variable=variable if not settings else None,
        needs_key=bool(settings),
        key=(token or table.get("ANTHROPIC_API_KEY") or None) if settings else None,
        notes=tuple(notes),
    )


def _models(table: Mapping[str, str], names: tuple[str, ...]) -> tuple[Model, ...]:
    found = (model(table.get(name)) for name in names if table.get(name) not in _SHORT_NAMES)
    return tuple(one for one in found if one)

"""Aliases whose first request is worth comparing: each wire, with what changes a parameter of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

_KEY = 'api_key = "sk-0123456789abcdef"\n'
_THINKS = 'capabilities = ["tool_use", "thinking"]\n'
_TOOLS = 'capabilities = ["tool_use"]\n'
_BETA = 'custom_headers = {anthropic-beta = "mine-2026-01-01"}\n'
_STANDARD = (
    'custom_headers = {Accept = "text/plain", Content-Type = "text/plain", Accept-Encoding = "identity", '
    'X-Api-Key = "other-0123456789", anthropic-version = "2024-01-01", X-Empty = ""}\n'
)


@dataclass(frozen=True)
class Case:
    """One alias: ``provider`` and ``model`` hold the lines of its two tables, ``rest`` what else is in the file."""

    name: str
    type: str
    model_name: str = "m"
    provider: str = _KEY
    model: str = _TOOLS
    rest: str = ""
    base: str | None = ""
    environment: dict[str, str] = field(default_factory=dict)
    alias: str = "p/m"

    def config(self, server: str) -> str:
        """The config.toml around the alias; ``base`` is appended to the server's URL, None leaves it out."""
        url = "" if self.base is None else f'base_url = "{server}{self.base}"\n'
        return (
            f'default_model = "{self.alias}"\ntelemetry = false\n{self.rest}\n'
            f'[providers.p]\ntype = "{self.type}"\n{url}{self.provider}\n'
            f'[models."{self.alias}"]\nprovider = "p"\nmodel = "{self.model_name}"\nmax_context_size = 128000\n'
            f"{self.model}"
        ).replace("SERVER", server)


def _chat(wire: str) -> tuple[Case, ...]:
    efforts = 'support_efforts = ["low", "medium", "high"]\n'
    return (
        Case(f"{wire}", wire, base="/v1"),
        Case(f"{wire} thinking", wire, base="/v1", model=_THINKS),
        Case(f"{wire} output limit", wire, base="/v1/", model=_THINKS + "max_output_size = 4096\n"),
        Case(f"{wire} efforts", wire, base="/v1", model=_THINKS + efforts),
        Case(
            f"{wire} default effort", wire, base="/v1", model=_THINKS + efforts + 'default_effort = "high"\n'
        ),
        Case(f"{wire} two efforts", wire, base="/v1", model=_THINKS + 'support_efforts = ["low", "high"]\n'),
        Case(f"{wire} efforts without thinking", wire, base="/v1", model=_TOOLS + efforts),
        Case(f"{wire} off effort", wire, base="/v1", model=_TOOLS + efforts + 'off_effort = "none"\n'),
        Case(f"{wire} always", wire, base="/v1", model='capabilities = ["always_thinking"]\n' + efforts),
        Case(f"{wire} switched off", wire, base="/v1", model=_THINKS, rest="[thinking]\nenabled = false\n"),
        Case(
            f"{wire} configured effort",
            wire,
            base="/v1",
            model=_THINKS + efforts,
            rest='[thinking]\neffort = "low"\n',
        ),
        Case(
            f"{wire} unlisted effort",
            wire,
            base="/v1",
            model=_THINKS + efforts,
            rest='[thinking]\neffort = "max"\n',
        ),
        Case(f"{wire} keep nothing", wire, base="/v1", model=_THINKS, rest='[thinking]\nkeep = "none"\n'),
        Case(f"{wire} o3", wire, model_name="o3-mini", base="/v1", model=""),
        Case(f"{wire} claude by name", wire, model_name="anthropic/claude-sonnet-4-5", base="/v1"),
        Case(
            f"{wire} overrides",
            wire,
            base="/v1",
            model=_THINKS
            + 'max_output_size = 9\n[models."p/m".overrides]\nmax_output_size = 777\n'
            + efforts,
        ),
        Case(f"{wire} huge context", wire, base="/v1", model="max_output_size = 400000\n"),
        Case(f"{wire} no key", wire, base="/v1", provider=""),
        Case(
            f"{wire} key from the shell only",
            wire,
            base="/v1",
            provider="",
            environment={"OPENAI_API_KEY": "sk-shell-0123"},
        ),
        Case(
            f"{wire} api_key_env",
            wire,
            base="/v1",
            provider='api_key_env = "MINE"\n',
            environment={"MINE": " sk-mine-0123456 "},
        ),
        Case(f"{wire} api_key_env unset", wire, base="/v1", provider='api_key_env = "MINE"\n'),
        Case(
            f"{wire} two keys",
            wire,
            base="/v1",
            provider=_KEY + 'api_key_env = "MINE"\n',
            environment={"MINE": "sk-mine"},
        ),
        Case(
            f"{wire} custom headers",
            wire,
            base="/v1",
            provider=_KEY + 'custom_headers = {X-Mine = "yes", authorization = "Bearer other"}\n',
        ),
    )


CASES: tuple[Case, ...] = (
    *_chat("openai"),
    *_chat("kimi"),
    *_chat("openai_responses"),
    Case("openai gpt-5", "openai", model_name="gpt-5.1", base="/v1", model=_THINKS),
    Case(
        "openai env table",
        "openai",
        base=None,
        provider='env = {OPENAI_API_KEY = "sk-table-01234", OPENAI_BASE_URL = "SERVER/v1"}\n',
    ),
    Case(
        "kimi env table",
        "kimi",
        base=None,
        provider='env = {KIMI_API_KEY = "sk-table-01234", KIMI_BASE_URL = "SERVER/v1"}\n',
    ),
    Case("openai model base_url", "openai", base="/v1", model=_TOOLS + 'base_url = "SERVER/other"\n'),
    Case(
        "kimi protocol anthropic",
        "kimi",
        base="/v1",
        model=_THINKS + 'protocol = "anthropic"\nbase_url = "SERVER/coding/v1"\n',
    ),
    Case(
        "kimi protocol anthropic off",
        "kimi",
        base="/v1",
        model=_TOOLS + 'protocol = "anthropic"\nbase_url = "SERVER/coding"\n',
    ),
    Case(
        "openai protocol anthropic",
        "openai",
        base="/v1",
        model=_THINKS + 'protocol = "anthropic"\nbase_url = "SERVER/anthropic"\n',
    ),
    Case(
        "openai protocol responses", "openai", base="/v1", model=_THINKS + 'protocol = "openai_responses"\n'
    ),
    Case("anthropic", "anthropic"),
    Case("anthropic /v1", "anthropic", base="/v1"),
    Case("anthropic thinking", "anthropic", model=_THINKS),
    Case("anthropic beta_api", "anthropic", model=_TOOLS + "beta_api = true\n"),
    Case("anthropic budget", "anthropic", model=_THINKS + "adaptive_thinking = false\n"),
    Case("anthropic efforts", "anthropic", model=_THINKS + 'support_efforts = ["low", "xhigh"]\n'),
    Case("anthropic plain efforts", "anthropic", model=_THINKS + 'support_efforts = ["low", "high"]\n'),
    Case("anthropic switched off", "anthropic", model=_THINKS, rest="[thinking]\nenabled = false\n"),
    Case("anthropic keep nothing", "anthropic", model=_THINKS, rest='[thinking]\nkeep = "none"\n'),
    *(
        Case(f"anthropic {name}", "anthropic", model_name=name, model=lines)
        for name in (
            "claude-3-5-haiku-20241022",
            "claude-sonnet-4-20250514",
            "claude-sonnet-4-5",
            "claude-opus-4-5-20251101",
            "claude-sonnet-4-6",
            "claude-opus-4-7",
            "claude-haiku-4-5",
            "claude-sonnet-5",
            "claude-fable-5",
            "claude-next",
            "claude-3-opus",
            "us.anthropic.claude-opus-4-1-v1:0",
        )
        for lines in (_TOOLS + "max_output_size = 50000\n",)
    ),
    Case(
        "anthropic small limit", "anthropic", model_name="claude-sonnet-4-5", model="max_output_size = 8192\n"
    ),
    Case(
        "anthropic sonnet off",
        "anthropic",
        model_name="claude-sonnet-4-5",
        rest="[thinking]\nenabled = false\n",
    ),
    Case(
        "anthropic fable off", "anthropic", model_name="claude-fable-5", rest="[thinking]\nenabled = false\n"
    ),
    *(
        Case(f"google {name}{suffix}", "google-genai", model_name=name, model=lines)
        for name in (
            "gemini-2.5-pro",
            "gemini-2.0-flash",
            "gemini-3-pro",
            "models/gemini-2.5-flash",
            "tunedModels/mine",
        )
        for suffix, lines in (("", _TOOLS), (" thinking", _THINKS))
    ),
    Case(
        "google efforts",
        "google-genai",
        model_name="gemini-3-flash",
        model=_THINKS + 'support_efforts = ["low", "high"]\n',
    ),
    Case(
        "google budget",
        "google-genai",
        model_name="gemini-2.5-pro",
        model=_THINKS + 'support_efforts = ["low", "medium"]\n',
    ),
    Case(
        "google off",
        "google-genai",
        model_name="gemini-2.5-pro",
        model=_THINKS,
        rest="[thinking]\nenabled = false\n",
    ),
    Case(
        "google env table",
        "google-genai",
        base=None,
        provider='env = {GOOGLE_API_KEY = "k-0123456789", GOOGLE_GEMINI_BASE_URL = "SERVER"}\n',
    ),
    Case("google custom headers", "google-genai", provider=_KEY + 'custom_headers = {X-Mine = "yes"}\n'),
    Case(
        "google on vertex",
        "google-genai",
        model_name="gemini-2.5-pro",
        provider=_KEY + 'env = {GOOGLE_CLOUD_PROJECT = "proj", GOOGLE_CLOUD_LOCATION = "us-central1"}\n',
    ),
    Case("google project only", "google-genai", provider=_KEY + 'env = {GOOGLE_CLOUD_PROJECT = "proj"}\n'),
    Case("google no key", "google-genai", provider=""),
    *(
        Case(f"{wire} name with blanks", wire, model_name=" m 1 ", base=base)
        for wire, base in (
            ("openai", "/v1"),
            ("kimi", "/v1"),
            ("openai_responses", "/v1"),
            ("anthropic", ""),
            ("google-genai", ""),
        )
    ),
    *(
        Case(f"anthropic beta header {name}", "anthropic", provider=_KEY + _BETA, model=model)
        for name, model in (
            ("alone", _TOOLS),
            ("and thinking", _THINKS),
            ("and beta_api", _THINKS + "beta_api = true\n"),
        )
    ),
    Case(
        "kimi protocol anthropic beta header",
        "kimi",
        provider=_KEY + _BETA,
        model=_THINKS + 'protocol = "anthropic"\nbase_url = "SERVER/x"\n',
    ),
    *(
        Case(f"{wire} own standard headers", wire, base=base, provider=_KEY + _STANDARD)
        for wire, base in (("openai", "/v1"), ("kimi", "/v1"), ("openai_responses", "/v1"), ("anthropic", ""))
    ),
    Case(
        "vertexai protocol google",
        "vertexai",
        model=_THINKS + 'protocol = "google-genai"\nbase_url = "SERVER"\n',
    ),
    Case(
        "openai protocol google", "openai", model=_THINKS + 'protocol = "google-genai"\nbase_url = "SERVER"\n'
    ),
    Case(
        "anthropic protocol openai",
        "anthropic",
        model=_THINKS + 'protocol = "openai"\nbase_url = "SERVER/v1"\n',
    ),
    Case(
        "vertexai env table",
        "vertexai",
        base=None,
        model=_THINKS + 'protocol = "google-genai"\n',
        provider=(
            'env = {VERTEXAI_API_KEY = "k-0123456789", GOOGLE_VERTEX_BASE_URL = "SERVER", '
            'GOOGLE_CLOUD_PROJECT = "proj", GOOGLE_CLOUD_LOCATION = "us-central1"}\n'
        ),
    ),
)

"""What `help TOPIC` prints: a page each, made from the tables that the program itself goes by."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from catalog.wire import WIRES
from provisioner.cli.error_table import GROUPS
from provisioner.cli.exit_codes import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from provisioner.app import App

# Every variable that is read, the wires' own aside: a test looks for others in the code.
ENVIRONMENT = (
    ("KIMI_CODE_HOME", "the folder of config.toml; else ~/.kimi-code. --config PATH names another file"),
    ("KIMI_CATALOG_URL", "another catalog than models.dev's, as --url does"),
    ("KIMI_REGISTRY_API_KEY", "the token of a registry, where no flag gives one"),
    ("HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY", "proxies; this machine itself is always asked directly"),
    ("SSL_CERT_FILE, SSL_CERT_DIR", "trusted authorities, for catalogs and registries"),
    ("NODE_EXTRA_CA_CERTS", "more trusted authorities, for models too, as for Kimi Code"),
    (
        "NODE_TLS_REJECT_UNAUTHORIZED",
        "0: certificates of models are not checked, as Kimi Code then does not check them",
    ),
    ("NO_COLOR, CLICOLOR=0, TERM=dumb", "no colour; with TERM=dumb questions are asked line by line"),
    ("FORCE_COLOR, CLICOLOR_FORCE", "colour where there is no terminal too"),
    ("XDG_CACHE_HOME, XDG_STATE_HOME", "where fetched documents, and backups and history are kept (Linux)"),
    ("ANDROID_DATA", "set on Android, whose folders for those are others"),
    ("HOME, PATH", "~; and where Kimi Code's own `kimi`, and git for doctor, are looked for"),
    (
        "KIMI_MODEL_*",
        "run Kimi Code without a file: `kimi provider env ALIAS` prints them, doctor and test name them",
    ),
    (
        "KIMI_CODE_CUSTOM_HEADERS, OPENAI_ORG_ID, OPENAI_PROJECT_ID",
        "what Kimi Code sends along; a test says so and does not",
    ),
    (
        "GOOGLE_CLOUD_PROJECT, GOOGLE_CLOUD_LOCATION, GOOGLE_GENAI_USE_VERTEXAI",
        "how Google's SDK, and so Kimi Code, takes Vertex AI",
    ),
    (
        "XDG_CONFIG_HOME, XDG_DATA_HOME, CODEX_HOME, CLAUDE_CONFIG_DIR, LLM_USER_PATH, CONFIG_FILE_PATH",
        "where `add --from` looks for other tools' files",
    ),
    (
        "OPENAI_API_BASE, OPENAI_MODEL, ANTHROPIC_*, GEMINI_API_KEY, CLAUDE_CODE_USE_*",
        "what `add --from env` and `add --from claude` find, beside the variables below",
    ),
)


def _environment(_app: App) -> Iterator[str]:
    yield "Environment variables that are read:"
    yield ""
    yield from _rows(ENVIRONMENT)
    yield ""
    yield "Kimi Code takes a host or a key that config.toml does not name from the shell:"
    yield ""
    for wire in WIRES.values():
        if names := (*filter(None, [wire.shell_base_url]), *wire.shell_keys):
            yield f"  {wire.name:<18}{', '.join(names)}"


def _errors(_app: App) -> Iterator[str]:
    yield "Every code with which something is said to be wrong. `kimi provider help CODE` has its cause and cure."
    for group, rows in GROUPS.items():
        yield ""
        yield f"What {group}:"
        yield from textwrap.wrap(", ".join(rows), 90, initial_indent="  ", subsequent_indent="  ")


def _exit_codes(_app: App) -> Iterator[str]:
    yield "Exit codes:"
    yield ""
    for code, meaning in MEANINGS.items():
        yield f"  {code:>3}  {meaning}"
    yield ""
    yield "Of several: 130, then 1 for any failure (6 where every failure is a refused key), then 7, then 0."


def _files(app: App) -> Iterator[str]:
    yield "Files, as they are found on this machine:"
    yield ""
    yield from _rows(
        (
            (str(app.config_path), "the configuration; a new one is for you alone (0600)"),
            (str(app.cache_dir), "fetched catalogs and registries; may be deleted at any time"),
            (str(app.backups), "config.toml before each change, for `kimi provider undo`; keys are in it"),
            (str(app.state_dir), "what imports wrote (no keys), and the history of tests"),
        )
    )


def _wires(_app: App) -> Iterator[str]:
    yield "Wires: the `type` of a provider, or the `protocol` of a model."
    for wire in WIRES.values():
        yield ""
        yield f"{wire.name}: {wire.description}"
        yield f"    base_url  {wire.base_url_shape}; by default {wire.default_base_url or 'follows from the location'}"
        yield f"    asks      {wire.path}"
        key = " or ".join(wire.env_keys) or "none"
        yield f"    key       {'needed' if wire.needs_key else 'or a login of Google Cloud'}; in the env table: {key}"
        places = [
            name
            for name, there in (
                ("a registry", wire.in_registry),
                ("the protocol of a model", wire.is_protocol),
            )
            if there
        ]
        if places:
            yield f"    named in  {' and '.join(places)} too"


def _ci(_app: App) -> Iterator[str]:
    yield from """\
In CI nothing is asked: what is missing ends a command with 2 and names the flag.

Set up, the token from a secret:
  printf %s "$REGISTRY_TOKEN" | kimi provider add --registry https://registry.example/api.json --token-stdin
  kimi provider add openai --api-key-env OPENAI_API_KEY --model 'gpt-5*'

Test everything, with a report that CI shows:
  kimi provider test --all --max-ttft 10 --junit results.xml --report models.html

Take what works, and run it:
  kimi provider set-default --first-passing 'openai/*,backup/*'
  kimi -p "say hi"

Or without a file:
  eval "$(kimi provider env openai/gpt-5)"

Fail when a registry or catalog has moved on (exit 3):
  kimi provider refresh --check

With --json stdout is one document, and an error is one object on stderr. `kimi provider help exit-codes`.""".splitlines()


def _registry(_app: App) -> Iterator[str]:
    named = ", ".join(wire.name for wire in WIRES.values() if wire.in_registry)
    yield from f"""\
A registry is one JSON document (api.json) that lists providers and their models; the format of models.dev.

Its providers are imported together and refreshed together:
  kimi provider add --registry URL --token-stdin
  kimi provider refresh

A provider's `type` is one of {named}.

To publish one:
  kimi provider registry init --output api.json    what is configured here, keys left out
  kimi provider registry validate api.json         what is amiss, with line and column
  kimi provider registry diff OLD NEW              what subscribers will see (exit 3 where anything)
  kimi provider schema registry                    its JSON Schema""".splitlines()


TOPICS: dict[str, tuple[str, Callable[[App], Iterable[str]]]] = {
    "environment": ("the variables that are read", _environment),
    "errors": ("what codes mean, and what ends it", _errors),
    "exit-codes": ("what an exit code says", _exit_codes),
    "files": ("where things are stored", _files),
    "wires": ("the protocols, their endpoints and keys", _wires),
    "ci": ("in scripts and pipelines", _ci),
    "registry": ("custom registries, for readers and authors", _registry),
}


def _rows(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Each name on a line of its own where it is long, its words below it."""
    for name, words in pairs:
        yield f"  {name}"
        yield f"      {words}"

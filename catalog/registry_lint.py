"""What an author of a registry should know beyond what an import tells: what has no effect, or another than meant.

Each check looks at what :func:`catalog.registry.survey` imports; what is skipped has been named there.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from catalog import first_prompt
from catalog.models import DEFAULT_CONTEXT, RegistryFinding
from catalog.pointer import pointer
from catalog.registry import SCHEMA_KEY
from catalog.untrusted import MAX_INTEGER, mapping, number, string, strings
from catalog.urls import host_of, is_loopback, origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_PROVIDER_FIELDS = ("id", "name", "api", "type", "env", "models")
_MODEL_FIELDS = (
    *("id", "name", "limit", "tool_call", "reasoning", "modalities", "support_efforts", "default_effort"),
)
_SECRETS = frozenset({"api_key", "apikey", "key", "token", "headers", "custom_headers", "password", "secret"})
_KINDS = frozenset({"text", "image", "video", "audio", "pdf", "file"})
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_ALIKE = 0.8
# Scripts whose letters pass for each other's.
_ALIKE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def author_findings(document: Mapping[str, Any], skipped: Iterable[str]) -> Iterator[RegistryFinding]:
    """Findings for a registry's author; ``skipped`` are the pointers of providers and models that are not imported."""
    left_out = set(skipped)
    if not isinstance(document.get(SCHEMA_KEY, ""), str):
        yield _warning(pointer(SCHEMA_KEY), "ignored", f"{SCHEMA_KEY} must be a string: the schema's address")
    ids: dict[str, str] = {}
    for key, value in document.items():
        at = pointer(key)
        if key == SCHEMA_KEY or at in left_out or not isinstance(value, dict):
            continue
        yield from _provider(value, at)
        yield from _names(value, at, string(value.get("id")), f"{at}/id", ids)
        keys: dict[str, str] = {}
        for model_key, model in value["models"].items():
            place = f"{at}/models{pointer(model_key)}"
            if place in left_out or not isinstance(model, dict):
                continue
            yield from _names(model, place, model_key, place, keys)
            yield from _model(model, place)


def _warning(place: str, code: str, message: str) -> RegistryFinding:
    return RegistryFinding(place, message, "warning", code)


def _provider(value: Mapping[str, Any], at: str) -> Iterator[RegistryFinding]:
    yield from _fields(value, at, _PROVIDER_FIELDS)
    for name in value:
        if name.lower().replace("-", "_") in _SECRETS:
            yield _warning(f"{at}{pointer(name)}", "secret", "ignored; a registry is no place for secrets")
    url = value["api"]
    if origin(url)[0] == "http" and not _is_private(host_of(url)):
        yield _warning(
            f"{at}/api", "endpoint", "it is http to a public host: keys and prompts can be read on the way"
        )
    for number_, name in enumerate(strings(value.get("env")) or ()):
        if not _VARIABLE.match(name.strip()):
            yield _warning(
                f"{at}/env/{number_}", "env_name", "it cannot be the name of an environment variable"
            )


def _is_private(host: str) -> bool:
    """Whether a host is this machine's or its own network's."""
    import ipaddress

    if is_loopback(host) or "." not in host.strip("."):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host.endswith((".local", ".internal", ".lan", ".localhost", ".home.arpa"))


def _model(model: Mapping[str, Any], at: str) -> Iterator[RegistryFinding]:
    yield from _fields(model, at, _MODEL_FIELDS)
    yield from _limits(mapping(model.get("limit")), at)
    yield from _efforts(model, at)
    stated = [
        name
        for name in ("reasoning", "modalities", "support_efforts")
        if isinstance(model.get(name), bool | dict | list)
    ]
    if stated and not isinstance(model.get("tool_call"), bool):
        message = (
            f"it states {stated[0]} without tool_call, so it is taken to call no tools: Kimi Code needs them"
        )
        yield _warning(at, "no_tool_call", message)
    modalities = mapping(model.get("modalities"))
    yield from _fields(modalities, f"{at}/modalities", ("input", "output"))
    for side in ("input", "output"):
        for number_, word in enumerate(strings(modalities.get(side)) or ()):
            if word not in _KINDS:
                place = f"{at}/modalities/{side}/{number_}"
                yield _warning(place, "modality", f"ignored: the kinds are {', '.join(sorted(_KINDS))}")


def _limits(limits: Mapping[str, Any], at: str) -> Iterator[RegistryFinding]:
    yield from _fields(limits, f"{at}/limit", ("context", "output", "input"))
    sizes = {name: number(limits.get(name)) for name in ("context", "output")}
    for name, size in sizes.items():
        if size is not None and size > 0 and size != int(size):
            yield _warning(f"{at}/limit/{name}", "limit", f"it is rounded down to {int(size)}")
    usable = [size is not None and 1 <= size <= MAX_INTEGER for size in sizes.values()]
    context, output = (
        int(size) if size and fits else None for size, fits in zip(sizes.values(), usable, strict=True)
    )
    place = f"{at}/limit/context" if "context" in limits else f"{at}/limit" if limits else at
    if context is None:
        instead = f"the output limit, {output}," if output else f"{DEFAULT_CONTEXT}"
        yield _warning(place, "context", f"it has no usable limit.context: {instead} counts as its context")
    elif output is not None and output > context:
        yield _warning(f"{at}/limit/output", "limit", "it is more than the context")
    if (context or output or DEFAULT_CONTEXT) < first_prompt.TOKENS:
        message = f"Kimi Code's first prompt alone is about {first_prompt.TOKENS:,} tokens: no turn will fit"
        yield _warning(place, "context", message)


def _efforts(model: Mapping[str, Any], at: str) -> Iterator[RegistryFinding]:
    efforts, default = strings(model.get("support_efforts")), model.get("default_effort")
    if efforts and model.get("reasoning") is not True:
        says = "reasoning is false" if model.get("reasoning") is False else "reasoning is not stated"
        yield _warning(f"{at}/support_efforts", "efforts", f"{says}, but efforts make it a model that thinks")
    for number_, word in enumerate(efforts or ()):
        if not word.strip() or word in (efforts or ())[:number_]:
            yield _warning(f"{at}/support_efforts/{number_}", "efforts", "it is blank, or there twice")
    if isinstance(default, str) and default and default not in (efforts or ()):
        yield _warning(f"{at}/default_effort", "efforts", "it is none of support_efforts")


def _fields(holder: Mapping[str, Any], at: str, known: tuple[str, ...]) -> Iterator[RegistryFinding]:
    """Members that nobody reads and that are nearly spelled like one that is read."""
    for name in holder:
        if name in known:
            continue
        folded = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().replace("-", "_")
        meant = difflib.get_close_matches(folded, known, n=1, cutoff=_ALIKE)
        if meant and meant[0] not in holder:
            yield _warning(f"{at}{pointer(name)}", "unknown_field", f"ignored: did you mean {meant[0]}?")


def _names(
    holder: Mapping[str, Any], at: str, identifier: str, place: str, known: dict[str, str]
) -> Iterator[RegistryFinding]:
    """What an id and a name look like; ``known`` are the ids so far, by how they look."""
    unseen = next((letter for letter in string(holder.get("name")) if not letter.isprintable()), None)
    if unseen is not None:
        named = f"U+{ord(unseen):04X} {unicodedata.name(unseen, '')}".rstrip()
        yield _warning(f"{at}/name", "invisible", f"it holds a character that cannot be seen: {named}")
    for name, where in {identifier: place, string(holder.get("id")): f"{at}/id"}.items():
        doubt = _looks_like_another(name)
        if doubt:
            yield _warning(where, "lookalike", doubt)
    if not identifier:
        yield _warning(place, "empty_key", "its key is empty, so its alias ends in a slash")
    looks = unicodedata.normalize("NFKC", identifier).casefold()
    if looks in known and known[looks] != identifier:
        yield _warning(place, "lookalike", f"it looks like {known[looks]!r}, which is another one")
    known.setdefault(looks, identifier)


def _looks_like_another(name: str) -> str | None:
    """Why a name may pass for another one; None when it may not."""
    if name.isascii():
        return None
    if unicodedata.normalize("NFKC", name) != name:
        return "it holds characters that look like others (such as full-width letters)"
    found = {unicodedata.name(letter, "").split(" ")[0] for letter in name if letter.isalpha()}
    mixed = [script.capitalize() for script in _ALIKE_SCRIPTS if script in found]
    return f"it mixes {' and '.join(mixed)} letters, which look alike" if len(mixed) > 1 else None

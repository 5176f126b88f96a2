"""What Kimi Code itself makes of the file, looked at again and again until nothing is hidden by something else."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from catalog.untrusted import mapping, string
from catalog.wire import WIRES
from provisioner.characters import folded
from provisioner.doctor.issue import Issue, at, edited, error, shown, warning
from provisioner.kimi_code.auth import NO_KEY, declared
from provisioner.kimi_code.base_url import pasted_path
from provisioner.kimi_code.finding import Unusable
from provisioner.kimi_code.shell import SHELL_MODEL
from provisioner.kimi_code.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from provisioner.doctor.issue import Edit
    from provisioner.kimi_code.finding import Finding
    from provisioner.kimi_code.finding import KeyPath as Path
    from provisioner.kimi_code.target import Target

_LISTS = frozenset({"capabilities", "support_efforts", "aliases"})
_SIZES = frozenset({"max_context_size", "max_input_size", "max_output_size"})

_ANY_SIZE = 2**17
# Its fix changes what is true of other aliases too.
_HIDES_NOTHING = frozenset({"default_model_unknown"})

# What an exported variable or a missing key would do to a provider; nothing, while no alias uses it.
_ONLY_WHEN_USED = frozenset({"shell_redirect", "variable_unset", "credential_missing"})


def issues(data: Mapping[str, Any], env: Mapping[str, str]) -> tuple[View, list[Issue]]:
    """All that Kimi Code would stumble over, and the view of a file without it.

    Kimi Code stops at the first thing that is wrong with a section or an alias. Each is therefore looked at again as
    if that were right, until nothing new shows.
    """
    found: dict[tuple[str, Path], Issue] = {}
    while True:
        seen = View.of(data, env)
        fixes = _Fixes(data, seen)
        fresh = [
            Issue(finding, fixes.of(finding))
            for finding in seen.findings()
            if (finding.code, finding.path) not in found
            and (finding.code != "no_default_model" or data.get("models"))  # a file that is still empty
        ]
        found |= {(issue.finding.code, issue.finding.path): issue for issue in fresh}
        pretended = edited(data, [edit for issue in fresh for edit in _as_if(data, issue)])
        if pretended == data:
            return seen, [
                *found.values(),
                *_keyless(seen),
                *_unused(data, seen),
                *_secondary(data, seen),
                *_shell_model(seen),
            ]
        data = pretended


def dropped(data: Mapping[str, Any], env: Mapping[str, str]) -> set[Path]:
    """The keys that Kimi Code drops whole sections for."""
    return {finding.path for finding in View.of(data, env).sections.flaws}


def _as_if(data: Mapping[str, Any], issue: Issue) -> tuple[Edit, ...]:
    """What makes the rest visible; a finding that hides nothing needs nothing."""
    code, path = issue.finding.code, issue.finding.path
    if code in _HIDES_NOTHING or not path:
        return ()
    if issue.edits:
        return issue.edits
    if code in ("section_dropped", "integer_too_large", "default_invalid", "context_missing"):
        return ((path, _ANY_SIZE if path[-1] == "max_context_size" else None),)
    if code == "type_unknown":
        return ((path, "kimi"),)  # the one type that no exported variable redirects
    if code in ("credential_conflict", "header_unsendable"):
        return ((path, None),)
    if code == "key_unsendable" and at(data, path) is not None and path[-1] != "api_key_env":
        return ((path, "unused"),)
    return ()


def _coerced(data: Mapping[str, Any], path: Path) -> tuple[Edit, ...]:
    """The value of another type that means the same, where there is one."""
    key, value = path[-1], at(data, path)
    right: Any = None
    if key in _LISTS and isinstance(value, str) and value:
        right = [value]
    elif key in _SIZES and isinstance(value, str) and value.replace("_", "").isdecimal() and value.isascii():
        right = int(value.replace("_", ""))
    elif key in ("custom_headers", "env") and isinstance(value, dict):
        words = {k: _word(v) if isinstance(v, int) else v for k, v in value.items()}
        right = words if all(isinstance(word, str) for word in words.values()) else None
    elif (
        isinstance(value, str)
        and value.lower() in ("true", "false")
        and key in ("beta_api", "adaptive_thinking", "enabled")
    ):
        right = value.lower() == "true"
    return () if right is None else ((path, right),)


def _word(value: int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _keyless(seen: View) -> Iterator[Issue]:
    """What Kimi Code sends for the providers that have no key, each once."""
    told = set()
    for alias, model in seen.sections.models.items():
        provider = mapping(seen.sections.providers.get(seen.provider_of(alias) or ""))
        if declared(provider, string(model.get("protocol")) or None).kind != "none":
            continue
        try:
            target = seen.target(alias)
        except Unusable:
            continue
        if target.credential is None or target.credential.kind != "none" or target.provider in told:
            continue
        told.add(target.provider)
        path = ("providers", target.provider) if target.provider else ("models", alias)
        if target.shell_key:
            message = f"{shown(path)} has no key: Kimi Code sends the value of {target.shell_key}, which is exported"
            yield error(
                "shell_key",
                path,
                message,
                f'api_key = "unused" in {shown(path)}, or unset {target.shell_key}',
            )
        else:
            message = f"{shown(path)} has no key: Kimi Code sends the word {NO_KEY!r}"
            hint = f'api_key = "…" in {shown(path)} (any word for a server that needs none)'
            yield warning("no_key", path, message, hint)


def _unused(data: Mapping[str, Any], seen: View) -> Iterator[Issue]:
    """What would be wrong with the providers that no alias uses, as if each had one."""
    used = {seen.provider_of(alias) for alias in seen.sections.models}
    lone = {name: table for name, table in seen.sections.providers.items() if name not in used}
    models = {}
    for name, table in lone.items():
        models[name] = {"provider": name, "model": "m", "max_context_size": _ANY_SIZE}
        row = WIRES.get(string(table.get("type")))
        if row is not None and not row.runs_by_type:
            models[name]["protocol"] = row.protocol
    trial = {**data, "providers": lone, "models": models}
    fixes = _Fixes(data, seen)
    for finding in View.of(trial, seen.env).findings():
        if finding.path[:1] == ("providers",) and finding.code not in _ONLY_WHEN_USED:
            yield Issue(finding, fixes.of(finding))


def _secondary(data: Mapping[str, Any], seen: View) -> Iterator[Issue]:
    table = mapping(data.get("secondary_model"))
    for key in ("default_model", "model"):
        if (name := string(table.get(key))) and name not in seen.sections.models:
            path = ("secondary_model", key)
            yield error(
                "secondary_model_unknown",
                path,
                f"secondary_model.{key} is {name!r}, an alias that config.toml does not have",
                "name an alias of kimi provider list there",
            )


def _shell_model(seen: View) -> Iterator[Issue]:
    if seen.has_shell_model and (seen.blocked is None or seen.blocked.code != "shell_model_without_key"):
        yield warning("shell_model", (), SHELL_MODEL, "unset KIMI_MODEL_NAME")


class _Fixes:
    """The one right answer to a finding, where there is one."""

    def __init__(self, data: Mapping[str, Any], seen: View) -> None:
        self.data = data
        self.seen = seen
        self.by_code: dict[str, Callable[[Path], tuple[Edit, ...]]] = {
            "section_dropped": lambda path: _coerced(data, path),
            "shell_redirect": self._pinned,
            "protocol_missing": self._protocol,
            "no_off_effort": self._thinking,
            "base_url_pasted": self._without_path,
            "type_unknown": lambda path: self._respelt(path, WIRES),
            "default_model_unknown": lambda path: self._respelt(path, seen.sections.models),
            "provider_missing": lambda path: self._respelt(path, seen.sections.providers),
        }

    def of(self, finding: Finding) -> tuple[Edit, ...]:
        fix = self.by_code.get(finding.code)
        return fix(finding.path) if fix else ()

    def _pinned(self, path: Path) -> tuple[Edit, ...]:
        """The wire's own default as ``base_url``, never the variable's value; not where wires share the table."""
        urls = {target.base_url for target in self._targets(path[:2])}
        return ((path, urls.pop()),) if len(urls) == 1 else ()

    def _targets(self, table: Path) -> Iterator[Target]:
        """What the aliases of a table would ask if no variable redirected them."""
        variables = {wire.shell_base_url for wire in WIRES.values()}
        quiet = View(self.seen.sections, {k: v for k, v in self.seen.env.items() if k not in variables})
        for alias in self.seen.sections.models:
            if table in (("models", alias), ("providers", self.seen.provider_of(alias))):
                with suppress(Unusable):
                    yield quiet.target(alias)

    def _protocol(self, path: Path) -> tuple[Edit, ...]:
        name = string(mapping(at(self.data, path[:2])).get("model"))
        return ((path, "google-genai"),) if name.startswith("gemini") else ()

    def _thinking(self, path: Path) -> tuple[Edit, ...]:
        model = mapping(at(self.data, path[:2]))
        if "capabilities" in mapping(model.get("overrides")):
            return ()
        words = model.get("capabilities", [])
        return (((*path[:2], "capabilities"), [*words, "thinking"]),) if isinstance(words, list) else ()

    def _without_path(self, path: Path) -> tuple[Edit, ...]:
        url, table = string(at(self.data, path)).strip(), mapping(at(self.data, path[:2]))
        kind = string(table.get("protocol") or table.get("type"))
        if kind not in WIRES or not (pasted := pasted_path(WIRES[kind], url)):
            return ()
        return ((path, url.removesuffix(pasted)),)

    def _respelt(self, path: Path, known: Mapping[str, Any]) -> tuple[Edit, ...]:
        """The only known name that differs in case, hyphens or characters that nobody sees."""
        name = at(self.data, path)
        if not isinstance(name, str):
            return ()
        same = [other for other in known if _plain(other) == _plain(name)]
        return ((path, same[0]),) if len(same) == 1 else ()


def _plain(name: str) -> str:
    return folded(name).replace("-", "_")

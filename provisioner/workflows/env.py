"""The variables with which Kimi Code runs an alias without a file.

Source: Kimi Code 2.1.0 makes a model and a provider of its own out of ``KIMI_MODEL_*`` where ``KIMI_MODEL_NAME`` is
exported; tests/peer/compare_env.py compares what it then sends with what it sends for the alias.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from catalog.untrusted import mapping, string
from provisioner.config.read import read
from provisioner.errors import ConfigInvalid, NotFound, UsageError
from provisioner.kimi_code.auth import declared
from provisioner.kimi_code.finding import Unusable
from provisioner.kimi_code.first_turn import OFF, effective, first_turn
from provisioner.kimi_code.view import View
from provisioner.note import Note
from provisioner.workflows.near import near

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.app import App
    from provisioner.kimi_code.target import Target

API_KEY = "KIMI_MODEL_API_KEY"

_PREFIX = "KIMI_MODEL_"
_SHELL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# Where KIMI_MODEL_CAPABILITIES is missing Kimi Code takes image_in and thinking for granted. This word says no more
# than what it sends to every model anyway.
_NO_CAPABILITY = "tool_use"
_OPTIONAL = ("MAX_OUTPUT_SIZE", "REASONING_KEY", "ADAPTIVE_THINKING", "THINKING_EFFORT", "THINKING_KEEP")
_WITHOUT_VARIABLE = ("max_input_size", "support_efforts", "default_effort", "off_effort", "beta_api")


@dataclass(frozen=True)
class Request:
    """The alias to run."""

    alias: str


@dataclass(frozen=True)
class Result:
    """What to export.

    Attributes:
        alias: the alias.
        variables: by name, all but the key. An empty value takes away what the calling shell has exported for
            another model.
        key_from: ``variable`` where the file names one, ``file`` where the key stands in it, ``none`` where it has no key.
        key: the name of the variable, or the key itself (for ``none`` the word that Kimi Code sends then).
        notes: what these variables do not carry.
    """

    alias: str
    variables: Mapping[str, str]
    key_from: Literal["variable", "file", "none"]
    key: str = field(repr=False)
    notes: tuple[Note, ...] = ()


def run(app: App, request: Request) -> Result:
    """The variables for ``request.alias``. What else is exported has no part in it, except to be overruled.

    Raises:
        NotFound: no such alias.
        ConfigInvalid: config.toml cannot be read, or Kimi Code would not run the alias.
        UsageError: no variable can say what the alias needs.
    """
    data = read(app.config_path).data
    variable = _key_variable(data, request.alias)
    # With a word in the place of the key: whether the variable is set here does not matter, it is only named.
    view = View.of(data, {variable: "named"} if variable else {})
    target = _target(view, request.alias, str(app.config_path))
    if target.vertex:
        raise UsageError(
            f"alias {request.alias!r} is asked on Vertex AI, whose project and location no KIMI_MODEL_ variable can name",
            hint=f"kimi -m {request.alias}",
        )
    if not target.model.isprintable():
        raise UsageError(f"the model name {target.model!r} cannot stand in a line of a shell")
    credential = target.credential
    found = {_PREFIX + name: value for name, value in _values(view, target).items()}
    for name in _OPTIONAL:
        if app.env.get(_PREFIX + name) and _PREFIX + name not in found:
            found[_PREFIX + name] = ""
    notes = _notes(view, target, found, app.env)
    if variable:
        if not _SHELL_NAME.match(variable):
            raise UsageError(
                f"api_key_env = {variable!r} cannot be referred to in a shell",
                hint=f'api_key_env = "NAME" in [providers.{target.provider}], of letters, digits and _',
            )
        if not app.env.get(variable, "").strip():
            notes.append(Note("variable_unset", f"{variable}, which holds the key, is not set here"))
        return Result(request.alias, found, "variable", variable, tuple(notes))
    key_from: Literal["file", "none"] = "none" if credential is None or credential.kind == "none" else "file"
    return Result(
        request.alias, found, key_from, credential.value if credential is not None else "", tuple(notes)
    )


def _key_variable(data: Mapping[str, Any], alias: str) -> str | None:
    """The variable that an alias takes its key from; None where the file holds the key, or has none."""
    view = View.of(data, {})
    model = view.sections.models.get(alias, {})
    if string(model.get("api_key")).strip():
        return None
    found = declared(mapping(view.sections.providers.get(view.provider_of(alias) or "")))
    return found.name if found.kind == "variable" else None


def _target(view: View, alias: str, path: str) -> Target:
    try:
        return view.target(alias)
    except Unusable as flaw:
        if flaw.code == "alias_unknown" and not view.sections.flaws:
            hint = near(alias, view.sections.models, otherwise="kimi provider list")
            raise NotFound(f'alias "{alias}" not found', hint=hint, where=path) from flaw
        if flaw.code == "login":
            raise UsageError(flaw.message, hint=f"kimi -m {alias}") from flaw
        first = next(iter(view.sections.flaws), flaw.finding)
        raise ConfigInvalid(first.message, hint=first.hint, where=path) from flaw


def _values(view: View, target: Target) -> dict[str, str]:
    """The variables that are set, without their prefix."""
    turn, model = target.turn, view.sections.models[target.alias]
    table = {**model, **mapping(model.get("overrides"))}
    capabilities = [name for name in target.capabilities if name.isprintable() and "," not in name]
    values = {
        "NAME": target.model,
        # On Gemini's own host vertexai is the same wire under a name that needs a protocol beside it.
        "PROVIDER_TYPE": "google-genai" if target.wire.name == "vertexai" else target.wire.name,
        "BASE_URL": target.base_url,
        "MAX_CONTEXT_SIZE": str(turn.context),
        "CAPABILITIES": ",".join(capabilities) or _NO_CAPABILITY,
    }
    if turn.limit_key == "max_output_size":
        values["MAX_OUTPUT_SIZE"] = str(turn.limit)
    display_name = string(table.get("display_name")).strip()
    if display_name and display_name.isprintable():
        values["DISPLAY_NAME"] = display_name
    if target.reasoning_key and target.reasoning_key.isprintable():
        values["REASONING_KEY"] = target.reasoning_key
    if turn.adaptive is not None:
        values["ADAPTIVE_THINKING"] = "true" if turn.adaptive else "false"
    if turn.effort != OFF and turn.keep != "all":
        values["THINKING_KEEP"] = turn.keep or "none"
    effort = _effort(target, values)
    # Kimi Code reads this one for Moonshot's own wire alone, and only where the model thinks.
    if target.wire.name == "kimi" and effort != turn.effort and OFF not in (effort, turn.effort):
        values["THINKING_EFFORT"] = turn.effort
    return values


def _effort(target: Target, values: Mapping[str, str]) -> str:
    """The thinking effort of the model that ``values`` make, in Kimi Code's eyes."""
    table: dict[str, Any] = {
        "model": target.model,
        "max_context_size": target.turn.context,
        "capabilities": values["CAPABILITIES"].split(","),
    }
    if target.turn.adaptive is not None:
        table["adaptive_thinking"] = target.turn.adaptive
    kind = values["PROVIDER_TYPE"]
    return first_turn(effective(table, kind), kind, kind, {}).effort


def _notes(view: View, target: Target, found: Mapping[str, str], env: Mapping[str, str]) -> list[Note]:
    """What the alias has and no variable carries."""
    model = view.sections.models[target.alias]
    table = {**model, **mapping(model.get("overrides"))}
    notes = []
    if target.headers:
        notes.append(
            Note(
                "headers",
                f"the custom_headers of {target.provider} are not carried ({', '.join(target.headers)}): Kimi Code "
                'takes lines of "Name: value" from KIMI_CODE_CUSTOM_HEADERS',
            )
        )
    if lost := [key for key in _WITHOUT_VARIABLE if key in table]:
        notes.append(Note("settings", f"no variable carries {', '.join(lost)}"))
    plain = {name.removeprefix(_PREFIX): value for name, value in found.items()}
    effort = _effort(target, plain)
    if effort != target.turn.effort and not plain.get("THINKING_EFFORT"):
        notes.append(
            Note(
                "effort",
                f"thinking is {target.turn.effort!r} with the file and {effort!r} without it",
            )
        )
    if target.credential is not None and target.credential.kind == "none":
        shell = next((name for name in target.wire.shell_keys if env.get(name, "").strip()), None)
        instead = f"; with the file Kimi Code would send the value of {shell}" if shell else ""
        word = target.credential.value
        notes.append(Note("no_key", f"the file has no key: {word!r} stands in for one{instead}"))
    return notes

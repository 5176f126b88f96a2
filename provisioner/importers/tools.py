"""The tools whose configuration can be read: where each keeps it, and what reads it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.importers import aider, codex, crush, jsonc, litellm, llm, opencode, variables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from provisioner.importers.found import Found


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool.

    Attributes:
        name: as ``add --from`` takes it.
        title: for people.
        files: by the name that ``read`` knows a document by, where it may lie: all that are there count, later
            ones over earlier ones. ``{home}`` and the names of :data:`BASES` are filled in. No project's file is
            among them: whoever cloned a repository did not choose its endpoints.
        read: what the documents have of providers.
    """

    name: str
    title: str
    files: Mapping[str, tuple[str, ...]]
    read: Callable[[Mapping[str, Any]], tuple[Found, ...]]


# A folder, the variable that moves it, and where it is otherwise.
BASES = {
    "config": ("XDG_CONFIG_HOME", "{home}/.config"),
    "data": ("XDG_DATA_HOME", "{home}/.local/share"),
    "codex": ("CODEX_HOME", "{home}/.codex"),
    "claude": ("CLAUDE_CONFIG_DIR", "{home}/.claude"),
    "llm": ("LLM_USER_PATH", "{config}/io.datasette.llm"),
    "litellm": ("CONFIG_FILE_PATH", "{home}/.litellm/config.yaml"),
}
_MAC_LLM = "{home}/Library/Application Support/io.datasette.llm"
SHELL = "shell"  # the one document that is no file: the environment

TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "opencode",
            "opencode",
            {
                "config": tuple(
                    f"{{config}}/opencode/{n}" for n in ("config.json", "opencode.json", "opencode.jsonc")
                ),
                "auth": ("{data}/opencode/auth.json",),
            },
            opencode.read,
        ),
        Tool(
            "crush", "Crush", {"config": ("{config}/crush/crush.json", "{data}/crush/crush.json")}, crush.read
        ),
        Tool(
            "codex", "Codex", {"config": ("{codex}/config.toml",), "auth": ("{codex}/auth.json",)}, codex.read
        ),
        Tool("claude", "Claude Code", {"settings": ("{claude}/settings.json",)}, variables.read_claude),
        Tool("env", "the SDKs' variables in this shell", {SHELL: ()}, variables.read_shell),
        Tool("litellm", "LiteLLM proxy", {"config": ("{litellm}",)}, litellm.read),
        Tool("aider", "aider", {"config": ("{home}/.aider.conf.yml",)}, aider.read),
        Tool(
            "llm",
            "llm",
            {
                "models": ("{llm}/extra-openai-models.yaml", f"{_MAC_LLM}/extra-openai-models.yaml"),
                "keys": ("{llm}/keys.json", f"{_MAC_LLM}/keys.json"),
            },
            llm.read,
        ),
    )
}


def places(tool: Tool, env: Mapping[str, str], home: str) -> dict[str, tuple[str, ...]]:
    """The paths of a tool's documents by their names, on a machine with this environment."""
    filled = {"home": home}
    for name, (variable, otherwise) in BASES.items():
        filled[name] = env.get(variable) or otherwise.format(**filled)
    return {name: tuple(path.format(**filled) for path in paths) for name, paths in tool.files.items()}


def document_of(tool: Tool, file_name: str) -> str:
    """Which document of a tool a file of this name is: the one that usually bears it, else the tool's first."""
    for name, paths in tool.files.items():
        if any(path.rpartition("/")[2] == file_name for path in paths):
            return name
    return next(iter(tool.files))


def parse(file_name: str, text: str) -> Any:
    """The document in ``text``, whose form its name tells: TOML, YAML, else JSON with comments.

    Raises:
        ValueError: it is no such document.
    """
    suffix = file_name.rpartition(".")[2]
    try:
        if suffix == "toml":
            return tomllib.loads(text)
        return _yaml(text) if suffix in ("yaml", "yml") else jsonc.loads(text)
    except RecursionError:
        raise ValueError("values are nested too deeply") from None


def merged(lower: Any, upper: Any) -> Any:
    """``upper`` laid over ``lower``, table by table."""
    if not (isinstance(lower, dict) and isinstance(upper, dict)):
        return upper
    return {**lower, **{name: merged(lower.get(name), value) for name, value in upper.items()}}


def _yaml(text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(getattr(error, "problem", None) or "it cannot be read")) from None

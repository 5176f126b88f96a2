"""What the variables of the shell change about what Kimi Code sends, whatever config.toml says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.kimi_code.auth import NO_KEY
from provisioner.note import Note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.kimi_code.target import Target

SHELL_MODEL = "KIMI_MODEL_NAME is exported: without -m Kimi Code runs that model, not default_model"
# What stands beside KIMI_MODEL_NAME and counts without it too.
_FOR_EVERY_MODEL = (
    "KIMI_MODEL_TEMPERATURE",
    "KIMI_MODEL_TOP_P",
    "KIMI_MODEL_MAX_COMPLETION_TOKENS",
    "KIMI_MODEL_MAX_TOKENS",
    "KIMI_MODEL_THINKING_KEEP",
    "KIMI_MODEL_THINKING_EFFORT",
)


def notes(target: Target, env: Mapping[str, str]) -> tuple[Note, ...]:
    """What of the environment would change a first turn of Kimi Code, and a test leaves out."""
    found = []
    if target.credential is not None and target.credential.kind == "none":
        would = (
            f"; Kimi Code would send the value of {target.shell_key}, which is exported"
            if target.shell_key
            else ", as Kimi Code does"
        )
        found.append(Note("no_key", f"the file has no key for it: the word {NO_KEY!r} was sent{would}"))
    if env.get("KIMI_MODEL_NAME", "").strip():
        found.append(Note("shell_model", SHELL_MODEL))
    if names := [name for name in _FOR_EVERY_MODEL if env.get(name, "").strip()]:
        found.append(
            Note(
                "shell_parameters",
                f"{' and '.join(names)} changes what Kimi Code asks of every model; not of this test",
            )
        )
    sent = ["KIMI_CODE_CUSTOM_HEADERS"]
    if target.wire.family == "openai":
        sent += ["OPENAI_ORG_ID", "OPENAI_PROJECT_ID"]
    if names := [name for name in sent if env.get(name, "").strip()]:
        found.append(
            Note(
                "shell_headers",
                f"Kimi Code also sends what {' and '.join(names)} hold{'s' if len(names) == 1 else ''}; this test does not",
            )
        )
    return tuple(found)

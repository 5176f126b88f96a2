"""A server's context, and whether Kimi Code's first prompt and the output it asks for find room in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.first_prompt import output_beside
from provisioner.smoke import first_prompt
from provisioner.smoke.cause import Cause
from provisioner.smoke.report import Correction

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target

_ENOUGH = 65_536


def shortage(target: Target, context: int, asked: int, *, shares_output: bool = True) -> Cause | None:
    """What is wrong with a server that holds ``context`` tokens; None where a first turn fits.

    Args:
        target: the alias.
        context: the tokens that the server holds for one request.
        asked: the output tokens that Kimi Code asks for.
        shares_output: whether prompt and asked output must fit together. llama.cpp and its like only stop early.
    """
    if context < first_prompt.TOKENS:
        return Cause(
            f"this server holds {context:,} tokens, and Kimi Code's first prompt alone is about "
            f"{first_prompt.TOKENS:,}",
            f"start the server with a larger context, {_ENOUGH:,} tokens for instance, or choose a model that has one",
        )
    if not shares_output or first_prompt.TOKENS + asked <= context:
        return None
    return together(target, context, asked)


def together(target: Target, context: int, asked: int) -> Cause:
    """The finding on a server that counts the prompt and the ``asked`` output together."""
    message = (
        f"Kimi Code will ask for {asked:,} output tokens beside a first prompt of about {first_prompt.TOKENS:,}, "
        f"this server allows {context:,} for prompt and output together"
    )
    output = output_beside(context)
    if output is None:
        return Cause(message, f"start the server with a larger context, {_ENOUGH:,} tokens for instance")
    changes: tuple[Correction, ...] = (Correction(("models", target.alias), "max_output_size", output),)
    if context < target.turn.context:
        changes += (Correction(("models", target.alias), "max_context_size", context),)
    lines = " and ".join(f"{change.key} = {change.value}" for change in changes)
    return Cause(message, f'{lines} in [models."{target.alias}"]', changes)

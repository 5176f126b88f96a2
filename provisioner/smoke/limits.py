"""The token limit that a server names when it refuses a larger one, read from the words it says it in.

Source of the wordings: refusals of OpenAI, Azure, Anthropic, Bedrock, Gemini, DeepSeek, Moonshot, DashScope, Groq,
Together, OpenRouter, SiliconFlow, Cohere, vLLM, text-generation-inference and pydantic's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from provisioner.smoke.first_prompt import TOKENS

_NUMBER = r"[`'\"]?(\d[\d,_]{0,12})[`'\"]?"
_ABOUT_LIMIT = re.compile(
    r"max_?(?:completion_|output_|new_|total_)?tokens|maximum tokens|output tokens|completion tokens|maxoutputtokens"
    r"|context (?:length|window|size)|max_seq_len|token limit|too many tokens|max_output",
    re.IGNORECASE,
)
_ABOUT_CONTEXT = re.compile(
    r"context.?(?:length|window|size)|max_seq_len|model token limit|inputs?`? tokens \+|max_total_tokens",
    re.IGNORECASE,
)
_ABOUT_OUTPUT = re.compile(r"max_(?:completion_|output_)?tokens[`'\"]?\s+(?:must|should) be", re.IGNORECASE)
# Each captures one number; the second member says whether the number itself is still allowed.
_WORDINGS: tuple[tuple[re.Pattern[str], bool], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), inclusive)
    for pattern, inclusive in (
        (rf"from \d+ \(inclusive\) to {_NUMBER} \(exclusive\)", False),
        (rf"\[\s*\d+\s*,\s*{_NUMBER}\s*\]", True),
        (rf"\d(?:\s*tokens?)?\s*>\s*{_NUMBER}", True),
        (rf"(?:<=|≤)\s*{_NUMBER}", True),
        (rf"(?:less|lower|fewer|smaller) than or equal to\s+{_NUMBER}", True),
        (rf"between \d+ and {_NUMBER}", True),
        (rf"(?:at most|up to|no more than|not exceed|exceed(?:s|ed)?(?: the)?)\s+{_NUMBER}", True),
        (rf"max_seq_len\D{{0,4}}{_NUMBER}", True),
        (rf"(?:maximum|max|limit)[^\d.;]{{0,60}}?(?:is|of|:|=|to)\s*{_NUMBER}", True),
        (rf"supports?(?: only)?\s+{_NUMBER}", True),
        (rf"(?:less|lower|fewer|smaller) than\s+{_NUMBER}", False),
    )
)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a server allows.

    Attributes:
        tokens: the number it named.
        whole_context: whether prompt and output together are meant, not the output alone.
    """

    tokens: int
    whole_context: bool


def speaks_of_limit(said: str) -> bool:
    """Whether a refusal is about how many tokens were asked for."""
    return _ABOUT_LIMIT.search(said) is not None


def allowed(said: str, asked: int) -> Allowed | None:
    """The limit in a refusal of ``asked`` tokens; None where it names no number below that."""
    if not speaks_of_limit(said):
        return None
    whole_context = _ABOUT_CONTEXT.search(said) is not None and _ABOUT_OUTPUT.search(said) is None
    for wording, inclusive in _WORDINGS:
        for found in wording.finditer(said):
            number = int(re.sub(r"[,_]", "", found.group(1))) - (not inclusive)
            # A context may well be larger than the output alone that was asked for.
            if 0 < number < asked + (TOKENS if whole_context else 0):
                return Allowed(number, whole_context)
    return None

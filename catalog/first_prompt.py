"""What Kimi Code's first prompt takes of a context, and what it leaves for the answer."""

from __future__ import annotations

# Kimi Code 2.1.0's first prompt, counted with the tokenizer of GPT-4o: 18,900; other tokenizers need more.
TOKENS = 20_000
# What it may take with a tokenizer that needs more pieces than most.
_ROOM = 24_000
_LEAST_OUTPUT = 1024
_MOST_OUTPUT = 32_768


def output_beside(context: int) -> int | None:
    """The ``max_output_size`` for a server that counts prompt and output together; None where too little is left.

    Args:
        context: the tokens that the server allows for both.
    """
    room = context - _ROOM
    return min(_MOST_OUTPUT, room // _LEAST_OUTPUT * _LEAST_OUTPUT) if room >= _LEAST_OUTPUT else None

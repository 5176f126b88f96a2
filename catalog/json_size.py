"""What a JSON text may cost once it is parsed, judged before it is: nine megabytes of ``{}`` become 300.

A comma takes one byte and stands for a value of some sixty, an empty object takes two and becomes seventy: what is
counted bounds the memory, whatever the text is made of. Characters inside of strings count too; that errs on the safe
side by little, as the bounds are many times what published documents have.
"""

from __future__ import annotations

# models.dev has some 50,000 and 250,000; a registry of 300 providers with 300 models each up to 500,000 and 2,000,000.
MOST_CONTAINERS = 800_000
MOST_VALUES = 4_000_000


def too_many(text: bytes | bytearray | str, share: int = 1) -> str | None:
    """What ``text`` has too much of, in words for a message; None where it may be parsed.

    Of an answer that is small by nature only a ``share``-th of the bounds is allowed.
    """
    containers = _count(text, "{") + _count(text, "[")
    if containers > MOST_CONTAINERS // share:
        return f"more than {MOST_CONTAINERS // share:,} objects and lists"
    return f"more than {MOST_VALUES // share:,} values" if _count(text, ",") >= MOST_VALUES // share else None


def _count(text: bytes | bytearray | str, char: str) -> int:
    return text.count(char) if isinstance(text, str) else text.count(char.encode())

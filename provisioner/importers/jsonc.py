"""JSON with comments and trailing commas, as opencode and editors write it."""

from __future__ import annotations

import json
import re
from typing import Any

# A string is taken whole, so that what looks like a comment or a comma in it stays.
_TOKEN = re.compile(
    r'"(?:\\.|[^"\\])*"?|//[^\n]*|/\*.*?(?:\*/|\Z)|,(?=(?:\s|//[^\n]*|/\*.*?\*/)*[}\]])', re.DOTALL
)


def loads(text: str) -> Any:
    """The document.

    Raises:
        ValueError: it is none.
    """
    return json.loads(_TOKEN.sub(lambda found: found[0] if found[0].startswith('"') else " ", text))

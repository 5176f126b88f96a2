"""Regular expressions that are compiled when they are first needed: to compile all takes longer than most commands."""

from __future__ import annotations

import re
from functools import cache


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """``pattern``, kept for good: unlike ``re``'s own cache this one forgets none."""
    return re.compile(pattern)

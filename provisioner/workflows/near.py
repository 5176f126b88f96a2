"""Names close to one that was not found, for the hint of an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def near(wanted: str, known: Iterable[str], *, otherwise: str | None = None) -> str | None:
    """Asks "did you mean …?" with up to three known names; ``otherwise`` where none comes close."""
    from difflib import get_close_matches  # a name is seldom wrong, and this takes some loading

    names = list(known) if wanted else []
    folded = {name.lower(): name for name in names}
    close = get_close_matches(wanted.lower(), folded, n=3, cutoff=0.6)
    found = [folded[name] for name in close] or [name for name in names if wanted.lower() in name.lower()][:3]
    return f"did you mean {', '.join(found)}?" if found else otherwise

"""What went wrong, as data: one kind out of a closed list, with what the server said and what ends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "auth",
    "forbidden",
    "model_not_found",
    "not_found_url",
    "bad_request",
    "rate_limit",
    "quota",
    "server",
    "redirect",
    "not_sse",
    "stream_error",
    "bad_json",
    "truncated",
    "protocol",
    "unreadable",
    "too_large",
    "dns",
    "refused",
    "tls",
    "timeout",
    "proxy",
    "config",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request did not end in an answer.

    Attributes:
        kind: what sort of trouble it is.
        message: what happened, the server's own words included.
        status: the HTTP status, where the server's answer was the trouble.
        type: the server's own name for it.
        code: the server's code; some send numbers.
        hint: the one command or line that ends it.
        retry_after_s: seconds after which the server wants to be asked again.
        transient: whether the same request may well succeed later.
        path: the keys of config.toml that are to blame, where it is the file.
    """

    kind: Kind
    message: str
    status: int | None = None
    type: str | None = None
    code: str | int | None = None
    hint: str | None = None
    retry_after_s: float | None = None
    transient: bool = False
    path: tuple[str, ...] = ()

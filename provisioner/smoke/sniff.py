"""What a body is, by its first bytes: the content type alone is not to be trusted."""

from __future__ import annotations

from typing import Literal

Kind = Literal["events", "json", "html", "text"]

_BOM = b"\xef\xbb\xbf"
_EVENT_STARTS = (b"data:", b"event:", b"id:", b"retry:", b":")
_ENOUGH = 64


def sniff(head: bytes, *, complete: bool = False) -> Kind | None:
    """The kind of body that starts with ``head``; None where more bytes are needed to tell.

    With ``complete`` nothing more will come: the answer is never None, and an empty body is ``text``.
    """
    start = head.removeprefix(_BOM).lstrip()
    if start.startswith((b"{", b"[")):
        return "json"
    if start.startswith(b"<"):
        return "html"
    if start.startswith(_EVENT_STARTS):
        return "events"
    undecided = not start or any(known.startswith(start) for known in (*_EVENT_STARTS, _BOM))
    if undecided and len(head) < _ENOUGH and not complete:
        return None
    return None if not start and not complete else "text"

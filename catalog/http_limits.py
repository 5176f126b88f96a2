"""What fetching one document may cost, in seconds and bytes.

The figures are the project's contract for untrusted hosts: a document that stalls, never ends or unpacks to
gigabytes costs no more than this.
"""

from __future__ import annotations

from typing import NamedTuple

KIB = 1024
MIB = 1024 * KIB


class Limits(NamedTuple):
    """Bounds of one fetch, redirects included.

    Attributes:
        connect: seconds until a connection stands.
        read: seconds of silence from the server.
        total: seconds for all of it: name resolution, redirects, headers and body.
        body: bytes of a document, as they arrive and again after decompression.
        error_body: bytes read of an error answer.
        redirects: redirects followed.
    """

    connect: float = 5.0
    read: float = 10.0
    total: float = 30.0
    body: int = 64 * MIB
    error_body: int = 64 * KIB
    redirects: int = 5


LIMITS = Limits()

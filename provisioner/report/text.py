"""Text from servers, made fit to stand in a document."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from provisioner.seen_keys import without_keys

# What XML 1.0 cannot hold even escaped, the C1 controls, and the bidirectional controls, which can make a line read
# as another than it is. https://www.w3.org/TR/xml/#charsets
_UNFIT = re.compile(
    "[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_LONGEST = 2_000


def printable(text: str) -> str:
    """``text`` without keys, and with a replacement character for each that no document should hold."""
    return _UNFIT.sub("\ufffd", without_keys(text).replace("\r\n", "\n"))


def shortened(text: str) -> str:
    """The beginning of ``text``: some servers answer with a whole web page."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters in all)"


def place(url: str) -> str:
    """``url`` without what may hold a credential: user, query and fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

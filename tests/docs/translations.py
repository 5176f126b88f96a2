"""The Chinese pages: which English page each belongs to, and whether it is a translation of what stands there now.

A translation begins with `<!-- translated from PATH, text DIGITS -->`. The digits are those of the English prose; code is the
same in both, and `python -m tests.docs.generate` carries it over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.docs.pages import ROOT, TRANSLATIONS, blocks, digest, levels

if TYPE_CHECKING:
    from pathlib import Path

_MARK = re.compile(r"\A<!-- translated from (\S+), text ([0-9a-f]{12}) -->\n")


def pages() -> list[Path]:
    return sorted(TRANSLATIONS.rglob("*.md"))


def original(page: Path) -> Path:
    """The English page of a translation."""
    found = _MARK.match(page.read_text())
    assert found, f"{page} does not begin with <!-- translated from PATH, text DIGITS -->"
    return (page.parent / found[1]).resolve()


def differences(text: str, english: str) -> list[str]:
    """In what a translation is not one of the English text that stands there now."""
    found = []
    mark = _MARK.match(text)
    if mark is None or mark[2] != digest(english):
        found.append(f"the English text has changed since: translate it, then write text {digest(english)}")
    if (ours := levels(text)) != (theirs := levels(english)):
        found.append(f"headings of the levels {ours}, in English {theirs}")
    if [(block.language, block.text) for block in blocks(text)] != [
        (block.language, block.text) for block in blocks(english)
    ]:
        found.append("the code is not the same: python -m tests.docs.generate")
    return found


def code_of(text: str, english: str) -> str:
    """The translation with the code of the English page; unchanged where the number of blocks differs."""
    ours, theirs = blocks(text), blocks(english)
    if len(ours) == len(theirs):
        for mine, other in reversed(list(zip(ours, theirs, strict=True))):
            text = text[: mine.start] + other.text + text[mine.end :]
    return text


def missing() -> set[str]:
    """The English pages that ought to have a translation and have none."""
    wanted = {ROOT / "README.md", ROOT / "docs" / "tutorial.md", *(ROOT / "docs" / "how-to").glob("*.md")}
    return {page.relative_to(ROOT).as_posix() for page in wanted - {original(page) for page in pages()}}

"""Pages of the documentation as data: headings and their anchors, links, fenced blocks, the prose between them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
INDEX = DOCS / "README.md"
TRANSLATIONS = DOCS / "zh"
SERVE = "kimi-provider demo --serve"  # prints commands too, as it runs them

_FENCE = re.compile(r"^```(\S*)[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
_CODE_SPAN = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+)\)")
_SET_ANCHOR = re.compile(r'<a id="([^"]+)"></a>')


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, and where the text stands in the page."""

    language: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a ``console`` block and what it printed; ``start`` and ``end`` are those of the output."""

    command: str
    output: str
    start: int
    end: int


def pages() -> list[Path]:
    """Every page: the README, and what lies below docs/."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(text: str) -> list[Block]:
    return [Block(found[1], found[2], found.start(2), found.end(2)) for found in _FENCE.finditer(text)]


def prose(text: str) -> str:
    """The page without what stands in fenced blocks."""
    return _FENCE.sub(r"```\1\n```", text)


def digest(text: str) -> str:
    """Twelve digits that change with the prose of a page, and not with its code."""
    return hashlib.sha256(prose(text).encode()).hexdigest()[:12]


def headings(text: str) -> list[str]:
    return [found[2] for found in _HEADING.finditer(prose(text))]


def levels(text: str) -> list[int]:
    """The levels of the headings, in order."""
    return [len(found[1]) for found in _HEADING.finditer(prose(text))]


def anchors(text: str) -> set[str]:
    """What ``#…`` may name in a page: its headings as GitHub spells them, and anchors set by hand."""
    seen: dict[str, int] = {}
    found = set(_SET_ANCHOR.findall(text))
    for heading in headings(text):
        words = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower())
        slug = words.replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        found.add(f"{slug}-{count}" if count else slug)
    return found


def links(text: str) -> list[str]:
    """The targets of the links and pictures of a page."""
    return _LINK.findall(_CODE_SPAN.sub("", prose(text)))


def steps(block: Block) -> Iterator[Step]:
    """The commands of a ``console`` block: each begins with ``$ ``, a line that goes on begins with ``> ``."""
    command: list[str] = []
    output: list[str] = []
    start = place = block.start
    for line in [*block.text.splitlines(keepends=True), "$ "]:
        if line.startswith("$ ") and (command != [SERVE] or place == block.end):
            if command:
                yield Step("\n".join(command), "".join(output), start, place)
            command, output = [line[2:].rstrip("\n")], []
            start = place + len(line)
        elif line.startswith("> ") and not output:
            command.append(line[2:].rstrip("\n"))
            start = place + len(line)
        else:
            output.append(line)
        place += len(line)

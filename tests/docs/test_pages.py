"""Links, anchors and the way from the index to each page."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.docs import pages


def broken(page: Path, text: str) -> list[str]:
    """The links of a page that lead nowhere in the repository."""
    found = []
    for link in pages.links(text):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        if path and not (target.exists() and target.is_relative_to(pages.ROOT)):
            found.append(f"{link}: there is no such file")
        elif anchor and target.suffix == ".md":
            there = text if target == page else target.read_text()
            if anchor not in pages.anchors(there):
                found.append(f"{link}: there is no such heading")
    return found


@pytest.mark.parametrize("page", pages.pages(), ids=pages.name)
def test_links_lead_somewhere(page: Path) -> None:
    assert broken(page, page.read_text()) == []


def test_a_link_that_leads_nowhere_is_noticed() -> None:
    text = "# One\n[a](README.md#how-tos) [b](nowhere.md) [c](README.md#nothing) [d](#one) [e](#two) `[f](code.md)`\n"
    assert broken(pages.DOCS / "page.md", text) == [
        "nowhere.md: there is no such file",
        "README.md#nothing: there is no such heading",
        "#two: there is no such heading",
    ]


def reachable(start: Path) -> set[Path]:
    seen, waiting = set[Path](), [start]
    while waiting:
        page = waiting.pop()
        if page in seen or not page.is_file() or not page.is_relative_to(pages.DOCS):
            continue
        seen.add(page)
        if page.suffix == ".md":
            links = (link.partition("#")[0] for link in pages.links(page.read_text()) if "://" not in link)
            waiting += [(page.parent / link).resolve() for link in links if link]
    return seen


def test_the_index_leads_to_every_file_and_the_readme_to_the_index() -> None:
    files = {path for path in pages.DOCS.rglob("*") if path.is_file()}
    assert files - reachable(pages.INDEX) == set()
    assert {"docs/README.md", "docs/zh/README.md"} <= set(pages.links((pages.ROOT / "README.md").read_text()))


def test_anchors_are_those_of_the_web_pages() -> None:
    text = (
        "# `test --json`: what it *says*\n## Is it 7?\n## Is it 7?\n```\n# no heading\n```\n### 中文 标题\n"
    )
    assert pages.anchors(text) == {"test---json-what-it-says", "is-it-7", "is-it-7-1", "中文-标题"}

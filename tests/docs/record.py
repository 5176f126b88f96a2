"""What the pages show of the program's output, compared with what it prints, and written anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.docs.console import page_steps, run, steady
from tests.docs.pages import TRANSLATIONS, pages

if TYPE_CHECKING:
    from pathlib import Path

    from tests.docs.console import Served


def shown() -> list[Path]:
    """The pages whose commands are run; translations have their output from the English page."""
    return [
        page
        for page in pages()
        if page.name != "README.md" and not page.is_relative_to(TRANSLATIONS) and page_steps(page.read_text())
    ]


def differences(text: str, outputs: list[str]) -> str:
    """Each command that prints something else now than the page shows; empty where none does."""
    return "\n".join(
        f"$ {step.command}\n--- the page\n{steady(step.output)}+++ now\n{steady(output)}"
        for step, output in zip(page_steps(text), outputs, strict=True)
        if steady(step.output) != steady(output)
    )


def recorded(text: str, outputs: list[str]) -> str:
    """The page with the outputs; what differs only in times stays as it is."""
    for step, output in reversed(list(zip(page_steps(text), outputs, strict=True))):
        if steady(step.output) != steady(output):
            text = text[: step.start] + output + text[step.end :]
    return text


def record(demo: Served, programs: Path, home: Path) -> list[Path]:
    """Writes anew the output that is no longer true, and returns the pages that changed."""
    changed = []
    for page in shown():
        before = page.read_text()
        after = recorded(before, run(before, demo, programs, home / page.stem))
        if after != before:
            page.write_text(after)
            changed.append(page)
    return changed

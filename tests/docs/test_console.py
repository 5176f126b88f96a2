"""What the pages show is what the program prints: their commands are run as a reader would run them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.docs import console, pages, record

if TYPE_CHECKING:
    from pathlib import Path

AGAIN = "\npython -m tests.docs.generate writes it anew"


@pytest.mark.parametrize("page", record.shown(), ids=pages.name)
def test_the_output_is_the_programs(page: Path, demo: console.Served, programs: Path, tmp_path: Path) -> None:
    text = page.read_text()
    assert record.differences(text, console.run(text, demo, programs, tmp_path)) == "", AGAIN


def test_the_tutorial_installs_as_the_readme_does() -> None:
    (first, *_) = pages.blocks((pages.DOCS / "tutorial.md").read_text())
    command = first.text.splitlines()[0]
    assert (pages.ROOT / "README.md").read_text().count(f"{command} && .venv/bin/kimi provider demo\n") == 1


def test_output_that_is_no_longer_true_is_noticed_and_written_anew(
    demo: console.Served, programs: Path, tmp_path: Path
) -> None:
    page = "# Page\n```console\n$ echo 3 ms; false\n1 ms\n$ echo $?\n0\n$ cat <<END\n> two\n> END\none\n```\n```sh\n$ no\n```\n"
    outputs = console.run(page, demo, programs, tmp_path)
    assert outputs == ["3 ms\n", "1\n", "two\n"]
    assert record.differences(page, outputs) == (
        "$ echo $?\n--- the page\n0\n+++ now\n1\n\n$ cat <<END\ntwo\nEND\n--- the page\none\n+++ now\ntwo\n"
    )
    written = record.recorded(page, outputs)
    assert written == page.replace("$?\n0", "$?\n1").replace("END\none", "END\ntwo")
    assert record.differences(written, outputs) == ""

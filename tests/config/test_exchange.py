"""What the system does when two files are to change places, and what it says when they cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.config import exchange

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("one", "two"):
        (tmp_path / name).write_text(name)
    return tmp_path / "one", tmp_path / "two"


def test_two_files_change_places(pair: tuple[Path, Path]) -> None:
    exchange.change_places(*pair)
    assert [path.read_text() for path in pair] == ["two", "one"]


def test_a_place_that_is_taken_is_not_free(pair: tuple[Path, Path]) -> None:
    one, two = pair
    with pytest.raises(FileExistsError, match="File exists") as caught:
        exchange.move(one, two)
    assert (caught.value.filename, caught.value.filename2) == (str(one), str(two))
    assert [path.read_text() for path in pair] == ["one", "two"]
    two.unlink()
    exchange.move(one, two)
    assert (one.exists(), two.read_text()) == (False, "one")


def test_what_is_missing_changes_no_places(pair: tuple[Path, Path]) -> None:
    one, two = pair
    two.unlink()
    for paths in ((one, two), (two, one)):
        with pytest.raises(FileNotFoundError):
            exchange.change_places(*paths)
    with pytest.raises(FileNotFoundError):
        exchange.move(two, one.with_name("three"))
    assert [path.name for path in one.parent.iterdir() if path.is_file()] == ["one"]

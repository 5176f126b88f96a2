"""Any change taken back, byte for byte, whatever the bytes are."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from provisioner.config import apply, backups, locked, tables, undo, whole
from provisioner.config.read import parse
from provisioner.config.splice import spliced
from provisioner.errors import ConfigChanged, ConfigInvalid, ConfigUnwritable, NotFound, ProvisionerError
from tests.config.test_rewrite_properties import configs, edits

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = '# mine\n[providers.a]\ntype = "kimi"\napi_key = "sk-aaaaaaaaaaaaaaaa"\n'
KEY = "sk-0123456789abcdef"


def adding(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda data: tables.with_provider(data, name, {"type": "openai", "api_key": KEY}, {})


class Place:
    """A config.toml with a history."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "kimi" / "config.toml"
        self.saved = folder / "state" / "backups"
        self.path.parent.mkdir()

    def write(self, content: bytes, mode: int = 0o600) -> None:
        self.path.write_bytes(content)
        self.path.chmod(mode)
        os.utime(self.path, (1_000_000_000, 1_000_000_000))

    def add(self, name: str) -> bytes | None:
        """Adds a provider; returns the bytes after."""
        apply.change(self.path, adding(name), backups=self.saved, clock=lambda: 1.0)
        return self.content()

    def undo(self, number: int | None = None, *, force: bool = False) -> undo.Undone:
        return undo.undo(self.path, number, folder=self.saved, clock=lambda: 2.0, force=force, command="undo")

    def content(self) -> bytes | None:
        return self.path.read_bytes() if self.path.exists() else None


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize("text", [TEXT, "\ufeff" + TEXT, TEXT.replace("\n", "\r\n"), "", "# no newline"])
def test_undo_is_the_file_before_and_a_second_one_a_redo(place: Place, text: str) -> None:
    place.write(text.encode())
    after = place.add("p")
    done = place.undo()
    assert (done.written, done.removed, done.entry.id) == (True, False, 1)
    assert place.content() == text.encode()
    assert place.undo().entry.id == 2
    assert place.content() == after
    assert place.undo().entry.id == 3
    assert place.content() == text.encode()
    assert [entry.summary for entry in undo.entries(place.path, place.saved)][1] == "back to before 1"


@pytest.mark.parametrize("foreign", [b"a = \n", b"\xff\xfe\n", b"[providers\r\n", b"\0"])
def test_an_invalid_file_comes_back_too(place: Place, foreign: bytes) -> None:
    place.write(TEXT.encode())
    place.add("p")
    place.write(foreign)
    with pytest.raises(ConfigChanged):
        place.undo()
    assert place.content() == foreign
    assert undo.preview(place.path, None, folder=place.saved, force=True).diff is None
    place.undo(force=True)
    assert place.content() == TEXT.encode()
    place.undo()
    assert place.content() == foreign


def test_a_file_that_was_not_there_goes_again_and_the_symlink_stays(place: Place, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles" / "kimi.toml"
    place.path.symlink_to(target)
    after = place.add("p")
    assert place.undo().removed
    assert place.path.is_symlink()
    assert not target.exists()
    with pytest.raises(NotFound, match="nothing to undo"):
        Place(tmp_path / "dotfiles").undo()
    place.undo()
    assert place.path.is_symlink()
    assert target.read_bytes() == after
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_the_mode_stays_but_a_key_is_never_given_to_everybody(place: Place) -> None:
    place.write(b"", 0o640)
    place.add("p")
    place.undo()
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o640
    place.path.chmod(0o644)
    assert place.undo().notes
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("content", "mode"),
    [
        (b"x = 1\n", 0o644),  # nothing in it is a secret
        (TEXT.encode(), 0o600),
        (b"[providers\n", 0o600),  # who knows what is in it
    ],
)
def test_what_comes_back_is_readable_by_everybody_only_where_it_surely_holds_no_key(
    place: Place, content: bytes, mode: int
) -> None:
    place.write(content)
    with locked.locked(place.path, locked.History(place.saved, lambda: 1.0, "x")) as held:
        held.put(whole.read(held.target), b"y = 1\n", "a change", private=False)
    place.path.chmod(0o644)
    done = place.undo()
    assert place.content() == content
    assert stat.S_IMODE(place.path.stat().st_mode) == mode
    assert bool(done.notes) == (mode == 0o600)


def test_what_force_would_lose_stays_where_it_cannot_be_kept(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write(TEXT.encode())
    place.add("p")
    place.write(b"foreign = 1\n")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "save", full)
    with pytest.raises(ConfigUnwritable, match="could not be kept"):
        place.undo(force=True)
    assert place.content() == b"foreign = 1\n"


def test_an_entry_that_nothing_is_on_record_of_is_not_found(place: Place) -> None:
    place.write(TEXT.encode())
    with pytest.raises(NotFound, match="nothing to undo"):
        place.undo(5)


LINES = st.lists(st.sampled_from(["# a\n", "# b\n", "\n", "x = 1\r\n"]), max_size=6).map("".join)


@given(LINES, LINES, LINES, LINES)
def test_the_difference_that_is_shown_is_the_whole_difference(
    start: str, old: str, new: str, end: str
) -> None:
    before, after = start + old + end, start + new + end
    splices = list(undo._splices(before, after))
    assert spliced(before, splices) == after
    assert all(before[splice.start : splice.end] != splice.new for splice in splices)


def test_further_back_goes_by_entry(place: Place) -> None:
    contents = [place.add(name) for name in "pqrs"]
    place.undo(3)
    assert place.content() == contents[1]
    place.undo(4)
    assert place.content() == contents[2]
    assert not place.undo(4).written
    place.undo(1)
    assert place.content() is None
    with pytest.raises(NotFound, match="only 1 to 7") as caught:
        place.undo(9)
    assert "--list" in (caught.value.hint or "")


@pytest.mark.parametrize("number", [None, 1, 2])
def test_what_changed_since_is_refused_and_with_force_kept(place: Place, number: int | None) -> None:
    place.write(TEXT.encode())
    place.add("p")
    place.add("q")
    mine = (place.content() or b"") + b"# by hand\n"
    place.write(mine)
    with pytest.raises(ConfigChanged, match="since change 2") as caught:
        place.undo(number)
    assert "--force" in (caught.value.hint or "")
    assert place.content() == mine
    done = place.undo(number, force=True)
    assert done.backup is not None
    assert done.backup.read_bytes() == mine
    place.undo()
    assert place.content() == mine


def test_a_file_that_is_gone_has_changed(place: Place) -> None:
    place.write(TEXT.encode())
    place.add("p")
    place.path.unlink()
    with pytest.raises(ConfigChanged, match="is gone"):
        place.undo()
    place.undo(force=True)
    assert place.content() == TEXT.encode()


@pytest.mark.parametrize("before", [None, TEXT.encode()])
def test_where_the_one_change_has_been_taken_back_by_hand_the_record_is_not_denied(
    place: Place, before: bytes | None
) -> None:
    if before is not None:
        place.write(before)
    place.add("p")
    if before is None:
        place.path.unlink()
    else:
        place.write(before)
    with pytest.raises(
        NotFound, match=r"(is gone, and was not there|is as it was) before change 1$"
    ) as caught:
        place.undo()
    assert caught.value.hint == "kimi provider undo --list"
    assert place.content() == before


def test_a_change_that_was_interrupted_is_passed_over(place: Place) -> None:
    first = place.add("p")
    second = place.add("q")
    target = place.path.resolve()
    backups.save(place.saved, target, second, b"never", at=3.0, command="add", summary="")
    assert place.undo().entry.id == 2
    assert place.content() == first


def test_a_save_during_an_undo_is_not_lost(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write(TEXT.encode())
    place.add("p")
    real = whole.stamp

    def saved(target: Path) -> Any:
        monkeypatch.setattr(whole, "stamp", real)
        place.write(b"# an editor's\n")
        return real(target)

    monkeypatch.setattr(whole, "stamp", saved)
    with pytest.raises(ConfigChanged):
        place.undo()
    assert place.content() == b"# an editor's\n"
    assert len(undo.entries(place.path, place.saved)) == 1


def test_a_moved_file_is_noticed(place: Place) -> None:
    place.write(TEXT.encode())
    place.add("p")
    other = place.path.with_name("other.toml")
    place.path.rename(other)
    with pytest.raises(NotFound, match="was written at") as caught:
        undo.undo(other, None, folder=place.saved, clock=lambda: 2.0)
    assert str(place.path) in (caught.value.hint or "")


def test_a_damaged_backup_is_not_restored(place: Place) -> None:
    place.write(TEXT.encode())
    after = place.add("p")
    for kept in place.saved.glob("*/*.toml"):
        kept.write_text("!")
    with pytest.raises(ConfigInvalid, match="cannot be read from its backup"):
        place.undo()
    assert place.content() == after


def test_a_file_that_may_not_be_written_stays(as_mortal: Path) -> None:
    place = Place(as_mortal)
    after = place.add("p")
    place.path.chmod(0o400)
    with pytest.raises(ConfigUnwritable):
        place.undo()
    assert place.content() == after
    assert len(undo.entries(place.path, place.saved)) == 1


def test_a_preview_writes_nothing_and_masks_keys(place: Place) -> None:
    place.write(TEXT.encode())
    after = place.add("p")
    shown = undo.preview(place.path, None, folder=place.saved)
    assert shown.diff is not None
    assert [line.text for line in shown.diff if line.kind == "remove"] == [
        "[providers.p]",
        'type = "openai"',
        'api_key = "sk-•••cdef"',
    ]
    assert KEY not in repr(shown)
    assert place.content() == after
    assert len(undo.entries(place.path, place.saved)) == 1


@given(configs(), st.lists(edits(), min_size=1, max_size=5), st.data())
@settings(max_examples=settings().max_examples * 2 // 5)  # each is up to ten changes on disk
def test_any_edits_then_undo_of_any_entry_is_back_to_the_byte(
    text: str, made: list[Any], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        try:
            parse(text, place.path)
        except ConfigInvalid:
            assume(False)
        place.write(text.encode())
        before: dict[int, bytes | None] = {}
        for edit in made:
            content = place.content()
            try:
                done = apply.change(place.path, edit, backups=place.saved, clock=lambda: 1.0)
            except ProvisionerError:
                continue
            if done.written:
                before[len(before) + 1] = content
        assume(bool(before))
        for number in data.draw(st.permutations(list(before))):
            place.undo(number)
            assert place.content() == before[number]
        place.undo(1)
        assert place.content() == text.encode()

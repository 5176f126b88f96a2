from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from provisioner.errors import ReportUnwritable
from provisioner.report.write import check, write

if TYPE_CHECKING:
    from pathlib import Path


def test_folders_are_made_and_the_old_file_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "report.html"
    check(target)
    assert not target.parent.exists()
    write(target, b"old")
    write(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


def test_a_report_is_as_readable_as_any_other_file(tmp_path: Path) -> None:
    write(tmp_path / "report.html", b"")
    (tmp_path / "other").write_bytes(b"")
    assert (tmp_path / "report.html").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_symlink_stays_one(tmp_path: Path) -> None:
    link = tmp_path / "link.html"
    link.symlink_to(tmp_path / "target.html")
    write(link, b"page")
    assert link.is_symlink()
    assert (tmp_path / "target.html").read_bytes() == b"page"


def test_a_pipe_is_written_into_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    check(pipe)
    write(pipe, b"page")
    reader.join(5)
    assert read == [b"page"]
    assert pipe.is_fifo()


def test_a_file_that_cannot_be_written_is_named_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "reports" / "report.html"
    write(target, b"old")
    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(ReportUnwritable) as caught:
        write(target, b"new")
    assert caught.value.message == "report.html cannot be written: no space left on device"
    assert caught.value.where == str(target)
    assert target.read_bytes() == b"old"
    assert list(target.parent.iterdir()) == [target]


def test_an_impossible_place_is_refused_beforehand(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportUnwritable, match="it is a folder"):
        check(tmp_path)
    with pytest.raises(ReportUnwritable, match="file is no folder"):
        check(tmp_path / "file" / "sub" / "report.html")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused_beforehand(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ReportUnwritable, match="permission denied"):
        check(tmp_path / "report.html")

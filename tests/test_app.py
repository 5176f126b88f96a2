"""Where the user's own folders are."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs
import pytest

from provisioner.app import App


@pytest.mark.parametrize("named", [None, "", "/x", "/x/", "/x/../y"])
def test_cache_and_state_are_where_platformdirs_has_them(
    named: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("XDG_CACHE_HOME", "XDG_STATE_HOME"):
        if named is None:
            monkeypatch.delenv(variable, raising=False)
        else:
            monkeypatch.setenv(variable, named)
    app = App.from_environment()
    assert app.cache_dir == platformdirs.user_cache_path("kimi-provider", appauthor=False)
    assert app.state_dir == platformdirs.user_state_path("kimi-provider", appauthor=False)


def test_a_relative_folder_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert App.from_environment().cache_dir == Path(os.environ["HOME"], ".cache", "kimi-provider")


def test_elsewhere_platformdirs_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "freebsd14")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert App.from_environment().cache_dir == Path(os.environ["HOME"], ".cache", "kimi-provider")

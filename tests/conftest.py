"""No test reaches a real home, cache or network: the guards below see to it."""

from __future__ import annotations

import ipaddress
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.app import App

if TYPE_CHECKING:
    from pathlib import Path

_connect = socket.socket.connect


@pytest.fixture(autouse=True)
def private_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, cache and environment of the test's own; returns the home."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("KIMI_REGISTRY_API_KEY", "KIMI_CATALOG_URL", "KIMI_CODE_HOME", "SSL_CERT_FILE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("KIMI_CODE_HOME", str(home / ".kimi-code"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / ".state"))
    return home


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections leave for loopback addresses and local sockets only."""

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0]
            if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
                pytest.fail(f"a test tried to reach {host}")
        _connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture
def app(private_world: Path) -> App:
    """An App whose paths lie in the test's own folder."""
    return App(
        config_path=private_world / ".kimi-code" / "config.toml",
        cache_dir=private_world / ".cache" / "kimi-provider",
        state_dir=private_world / ".state" / "kimi-provider",
        env={},
        clock=time.time,
    )

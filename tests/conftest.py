"""No test reaches a real home, cache or network: the guards below see to it."""

from __future__ import annotations

import ipaddress
import signal
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from provisioner.app import App

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Properties are judged by their truth, not by the load of the machine, and what fails once fails again.
# `--hypothesis-profile=explore` looks for new counterexamples, and takes its time.
settings.register_profile(
    "suite",
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "explore", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")

_connect = socket.socket.connect


@pytest.fixture(autouse=True)
def private_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, cache and environment of the test's own; returns the home."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("KIMI_REGISTRY_API_KEY", "KIMI_CATALOG_URL", "KIMI_CODE_HOME", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    # No certificate authority is trusted: to read them all, for each client, takes longer than most tests.
    monkeypatch.setenv("SSL_CERT_DIR", str(home))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("KIMI_CODE_HOME", str(home / ".kimi-code"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / ".state"))
    return home


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """Programs that tests start hear Ctrl-C, even where the tests themselves were started deaf to it.

    A background job of a script ignores SIGINT, and a process that starts so keeps ignoring it.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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
def app(private_home: Path) -> App:
    """An App whose paths lie in the test's own folder."""
    return App(
        config_path=private_home / ".kimi-code" / "config.toml",
        cache_dir=private_home / ".cache" / "kimi-provider",
        state_dir=private_home / ".state" / "kimi-provider",
        env={},
        clock=time.time,
    )

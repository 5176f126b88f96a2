"""What a command runs with: paths, clock, environment and HTTP, in one frozen value.

Below the command line only :meth:`App.from_environment` reads ``os.environ``; everything else is told. Tests build
an ``App`` of their own and can therefore reach no real home, cache or network.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.urls import shown
from provisioner import __version__
from provisioner.errors import UsageError
from provisioner.trace import async_hooks, hooks, silent

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    import httpx

    from provisioner.trace import Trace

CONFIG_NAME = "config.toml"


class Http:
    """Opens HTTP clients that never follow a redirect by themselves and name this program truthfully.

    Proxies and trust are those of ``provisioner/network.py``. Building a client can fail (a SOCKS proxy without
    ``socksio``), and so can its first request over https (``SSL_CERT_FILE`` that is no certificate): callers diagnose that
    as they do a failed connection.

    Attributes:
        transport: answers the requests for documents instead of the network.
        async_transport: answers the requests to models instead of the network.
        user_agent: how this program names itself.
        env: the environment at start-up.
        trace: is told of each request and answer, for `--debug`.
    """

    user_agent = f"kimi-provider/{__version__}"

    def __init__(
        self,
        transport: httpx.BaseTransport | None = None,
        async_transport: httpx.AsyncBaseTransport | None = None,
        *,
        env: Mapping[str, str] | None = None,
        trace: Trace = silent,
    ) -> None:
        self.transport = transport
        self.async_transport = async_transport
        self.env: Mapping[str, str] = env or {}
        self.trace = trace

    def traced(self, trace: Trace) -> Http:
        """The same, telling ``trace`` of each request and answer."""
        return Http(self.transport, self.async_transport, env=self.env, trace=trace)

    def client(self, timeout: httpx.Timeout) -> httpx.Client:
        """A blocking client, for documents."""
        import httpx

        from provisioner.network import LOOPBACK, document_trust

        trust = document_trust(self.env)

        def read_trust(request: httpx.Request) -> None:
            """What cannot be read is told before there is a connection that would stay open."""
            if request.url.scheme == "https" and self.transport is None:
                _ = trust.verify_mode

        told = {} if self.trace is silent else hooks(self.trace)
        return httpx.Client(
            timeout=timeout,
            transport=self.transport,
            verify=True if self.transport else trust,
            mounts={f"all://{host}": None for host in LOOPBACK},
            follow_redirects=False,
            headers={"User-Agent": self.user_agent},
            event_hooks={**told, "request": [*told.get("request", ()), read_trust]},
        )

    @functools.cached_property
    def _model_trust(self) -> ssl.SSLContext:
        """Read once for all requests of a command: it takes longer than many a request."""
        from provisioner.network import model_trust

        return model_trust(self.env)

    def model_client(self, url: str, timeout: httpx.Timeout) -> httpx.AsyncClient:
        """An asynchronous client for requests to the model at ``url``: proxy and trust are Kimi Code's."""
        import httpx

        from provisioner.network import model_proxy, no_trust

        offline = self.async_transport is not None
        proxy = None if offline else model_proxy(url, self.env)
        self.trace(f"proxy for {shown(url)}: {shown(proxy) if proxy else 'none'}")
        return httpx.AsyncClient(
            timeout=timeout,
            transport=self.async_transport,
            proxy=proxy,
            verify=self._model_trust if url.lower().startswith("https:") else no_trust(),
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": self.user_agent},
            event_hooks={} if self.trace is silent else async_hooks(self.trace),
        )


class App(NamedTuple):
    """Paths, clock, environment and HTTP.

    Attributes:
        config_path: config.toml, not resolved: it may be a symlink, and may not exist yet.
        cache_dir: a folder of our own below the user's cache folder; made when first written to.
        state_dir: backups and test history live here; made when first written to.
        env: the environment at start-up.
        clock: seconds since the epoch.
        http: opens clients.
        command: what runs, as it was typed without its arguments; changes go on record under this name.
        review: is shown the plan of a change right before it is written, and raises to refuse it.
    """

    config_path: Path
    cache_dir: Path
    state_dir: Path
    env: Mapping[str, str]
    clock: Callable[[], float] = time.time
    http: Http = Http()
    command: str = ""
    review: Callable[[Any], None] | None = None

    def __repr__(self) -> str:  # the environment holds keys
        return f"App(config_path={self.config_path!r}, command={self.command!r})"

    @property
    def backups(self) -> Path:
        """The folder of the versions of config.toml that changes have replaced."""
        return self.state_dir / "backups"

    @classmethod
    def from_environment(cls, config: Path | None = None) -> App:
        """What the process was started with.

        ``config`` is the command line's ``--config``; without it config.toml lies in ``$KIMI_CODE_HOME``, else in
        ``~/.kimi-code``, as Kimi Code itself looks for it. Where there is no home (containers run under user ids that
        no passwd file knows) state and cache lie beside config.toml.

        Raises:
            UsageError: there is no home, and nothing else says where config.toml is.
        """
        env = dict(os.environ)
        home = os.path.expanduser("~")  # noqa: PTH111  Path.home() raises where there is none
        homeless = not os.path.isabs(home)  # noqa: PTH117  it is text
        named = env.get("KIMI_CODE_HOME")
        if config is None and homeless and not named:
            why = (
                "HOME is no absolute path"
                if env.get("HOME")
                else "HOME is not set, and this user id has no passwd entry"
            )
            raise UsageError(
                f"there is no home folder: {why}",
                hint="set HOME or KIMI_CODE_HOME, or name the file with --config",
            )
        folder = Path(os.path.expanduser(named or "~/.kimi-code"))  # noqa: PTH111  see above
        path = config or folder / CONFIG_NAME
        cache, state = (
            path.parent / f".kimi-provider-{kind}"
            if homeless and not os.path.isabs(env.get(f"XDG_{kind.upper()}_HOME", ""))  # noqa: PTH117  it is text
            else _users(kind, env)
            for kind in ("cache", "state")
        )
        return cls(config_path=path, cache_dir=cache, state_dir=state, env=env, http=Http(env=env))


_ON_LINUX = {"cache": "~/.cache", "state": "~/.local/state"}


def _users(kind: str, env: Mapping[str, str]) -> Path:
    """The user's own folder for ``cache`` or ``state``, where platformdirs has it.

    On Linux that is one variable or one place below the home: not worth a tenth of the time of a quick command, which
    loading platformdirs would take.
    """
    if sys.platform == "linux" and "ANDROID_DATA" not in env:
        named = env.get(f"XDG_{kind.upper()}_HOME", "")
        base = named if os.path.isabs(named) else os.path.expanduser(_ON_LINUX[kind])  # noqa: PTH111, PTH117  as above
        return Path(base, "kimi-provider")
    import platformdirs

    found: Path = getattr(platformdirs, f"user_{kind}_path")("kimi-provider", appauthor=False)
    return found

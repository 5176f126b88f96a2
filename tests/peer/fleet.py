"""What a fleet of machines costs the server of a registry: nginx on loopback, asked as this project asks.

Usage: python -m tests.peer.fleet --nginx COMMAND [--machines N] [--spread SECONDS]

Our own command imports the registry and refreshes it once each; nginx's log shows the requests that it sends. These are
then repeated once for each machine, each on a connection of its own: with no copy kept (a fresh container), and with the
validators of a kept one (a cache that the job restores); all at once, and at random moments within ``--spread``; and
with a compressed file beside the plain one or not. Prints a table: requests, bytes, the most requests within a second, and how many failed.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import random
import shlex
import subprocess
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.peer.compare_servers import free_ports
from tests.peer.kimi_code import OURS

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = Path(__file__).resolve().parents[2]
_TOKEN = "tok-0123456789abcdef"
_PATIENCE_S = 60
_PROVIDERS, _MODELS = 10, 50
_MAKERS = ("orion", "lyra", "vega", "altair", "rigel", "deneb", "sirius", "polaris", "antares", "castor")
_CONF = """
daemon off; error_log {folder}/error.log; pid {folder}/pid; worker_processes 1;
events {{ worker_connections 16384; }}
http {{
  log_format asked '$msec $status $bytes_sent $http_accept_encoding|$http_if_none_match|$http_if_modified_since';
  access_log {folder}/access.log asked;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  types {{ application/json json; }}
  gzip_static {gzip};
  server {{ listen 127.0.0.1:{port} backlog=16384; root {folder}/site; }}
}}
"""


@dataclass(frozen=True)
class Asked:
    """A line of nginx's log: when, what it answered, how many bytes it sent, and the headers that decide that."""

    at: float
    status: int
    sent: int
    headers: dict[str, str]

    @classmethod
    def of(cls, line: str) -> Asked:
        """Reads one line in the format of ``_CONF``."""
        at, status, sent, rest = line.split(" ", 3)
        names = ("Accept-Encoding", "If-None-Match", "If-Modified-Since")
        # nginx writes a quotation mark of a header as \x22, and a missing header as "-".
        values = (value.replace("\\x22", '"') for value in rest.split("|"))
        headers = {name: value for name, value in zip(names, values, strict=True) if value != "-"}
        return cls(float(at), int(status), int(sent), headers)


@dataclass(frozen=True)
class Row:
    """What one way of asking cost."""

    what: str
    log: list[Asked]
    machines: int

    def __str__(self) -> str:
        sent = sum(asked.sent for asked in self.log)
        peak = max(Counter(int(asked.at) for asked in self.log).values(), default=0)
        failed = self.machines - len(self.log)
        return f"| {self.what} | {len(self.log):,} | {sent / 1e6:,.1f} | {sent // max(len(self.log), 1):,} | {peak:,} | {failed:,} |"


def document() -> dict[str, Any]:
    """A registry of ten providers with fifty models each, as rich as the format is and as varied as real ones."""
    chance = random.Random(1)

    def model() -> tuple[str, dict[str, Any]]:
        name = f"{chance.choice(_MAKERS)}-{chance.randrange(1, 9)}.{chance.randrange(10)}-{chance.randbytes(3).hex()}"
        inputs = ["text", *chance.sample(["image", "video", "audio"], chance.randrange(3))]
        limit = {"context": chance.randrange(8, 1024) * 1024, "output": chance.randrange(2, 128) * 1024}
        return name, {
            "id": f"{chance.choice(_MAKERS)}/{name}",
            "name": name.replace("-", " ").title(),
            "limit": limit,
            "tool_call": chance.randrange(5) > 0,
            "reasoning": chance.randrange(2) > 0,
            "modalities": {"input": inputs, "output": ["text"]},
        }

    def provider(name: str) -> dict[str, Any]:
        models = dict(model() for _ in range(_MODELS))
        return {
            "id": name,
            "name": name,
            "api": f"https://{name}.example/v1",
            "type": "openai",
            "models": models,
        }

    return {name: provider(name) for name in (f"team-{number}" for number in range(_PROVIDERS))}


@contextmanager
def serving(nginx: list[str], folder: Path, *, compressed: bool) -> Iterator[str]:
    """nginx with the registry as a static file; gives the registry's URL."""
    (port, _), site = free_ports(), folder / "site"
    site.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document(), indent=2).encode()
    (site / "api.json").write_bytes(text)
    (site / "api.json.gz").write_bytes(gzip.compress(text))
    conf = folder / "nginx.conf"
    conf.write_text(
        _CONF.format(folder=folder, port=port, gzip="on" if compressed else "off"), encoding="utf-8"
    )
    folder.chmod(0o755)  # nginx's worker has an owner of its own
    server = subprocess.Popen([*nginx, "-p", str(folder), "-c", str(conf)], stderr=subprocess.DEVNULL)
    try:
        while not (folder / "pid").exists() and server.poll() is None:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/api.json"
    finally:
        server.terminate()
        server.wait()


def asked(folder: Path, start: int = 0) -> list[Asked]:
    """The requests in nginx's log from line ``start`` on."""
    lines = (folder / "access.log").read_text(encoding="utf-8").splitlines()
    return [Asked.of(line) for line in lines[start:]]


def our_requests(folder: Path, url: str) -> tuple[Asked, Asked]:
    """What our command asks when it imports (nothing is kept), and when it refreshes (a copy is)."""
    home = folder / "home"
    home.mkdir()
    env = {
        "PATH": os.environ["PATH"], "HOME": str(home), "KIMI_CODE_HOME": str(home), "KIMI_REGISTRY_API_KEY": _TOKEN,
    }  # fmt: skip
    for arguments in (("add", "--registry", url), ("refresh", "--yes")):
        subprocess.run(
            [*OURS.split(), *arguments],
            cwd=_ROOT,
            env=env,
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )
    fresh, kept = asked(folder)
    return fresh, kept


async def repeat(url: str, one: Asked, machines: int, spread: float) -> None:
    """Sends the request once for each machine, at random moments within ``spread`` seconds."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    headers = {"Host": parts.netloc, "Accept": "application/json", "Connection": "close", **one.headers}
    headers["Authorization"] = f"Bearer {_TOKEN}"
    request = f"GET {parts.path} HTTP/1.1\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in headers.items()
    )

    async def machine(delay: float) -> None:
        await asyncio.sleep(delay)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
                writer.write(f"{request}\r\n".encode())
                while await reader.read(65536):
                    pass
                writer.close()
        except (OSError, TimeoutError):
            return  # the log lacks it, and so it is counted

    chance = random.Random(1)
    await asyncio.gather(*(machine(chance.uniform(0, spread)) for _ in range(machines)))


def main() -> None:
    """Simulates, and prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nginx", required=True, type=shlex.split, help="command that runs nginx")
    parser.add_argument("--machines", type=int, default=10_000)
    parser.add_argument("--spread", type=float, default=60, help="seconds over which the machines start")
    options = parser.parse_args()
    print(f"{options.machines:,} machines, a registry of {_PROVIDERS} providers of {_MODELS} models")
    print("| | requests | MB | bytes each | most in a second | failed |\n|---|---|---|---|---|---|")
    for compressed in (False, True):
        with tempfile.TemporaryDirectory(prefix="fleet-") as scratch:
            folder = Path(scratch)
            with serving(options.nginx, folder, compressed=compressed) as url:
                for name, one in zip(("no copy kept", "a copy kept"), our_requests(folder, url), strict=True):
                    for when, spread in (("at once", 0.0), (f"within {options.spread:g} s", options.spread)):
                        start = len(asked(folder))
                        asyncio.run(repeat(url, one, options.machines, spread))
                        what = f"{name}, {'gzip' if compressed else 'plain'}, {when}"
                        print(Row(what, asked(folder, start), options.machines), flush=True)


if __name__ == "__main__":
    main()

"""Serves the files of a folder on loopback over http and https, with validators, from a process of its own.

    python -m tests.benchmarks.file_server FOLDER

Prints one line of JSON with the two base URLs, and the path of the certificate that https clients must trust; serves
until its stdin ends.
"""

from __future__ import annotations

import hashlib
import http.server
import ipaddress
import json
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOST = "127.0.0.1"


@dataclass(frozen=True)
class Addresses:
    """Where the files are: two base URLs without a slash at the end, and the certificate of the second."""

    http: str
    https: str
    certificate: str


@contextmanager
def serving(folder: Path) -> Iterator[Addresses]:
    """Runs the server in a process of its own until the block ends."""
    command = [sys.executable, "-m", "tests.benchmarks.file_server", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        yield Addresses(**json.loads(process.stdout.readline()))
        process.stdin.close()


class _Server(http.server.ThreadingHTTPServer):
    def __init__(self, bodies: dict[str, bytes]) -> None:
        super().__init__((_HOST, 0), _Files)
        self.bodies = bodies
        self.tags = {path: f'"{hashlib.sha256(body).hexdigest()[:16]}"' for path, body in bodies.items()}


class _Files(http.server.BaseHTTPRequestHandler):
    """Answers with the file of a path, or with 304 to the validator that came with it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        body, tag = self.server.bodies.get(path), self.server.tags.get(path, "")
        if body is None:
            self._answer(404, b"", tag)
        elif self.headers.get("If-None-Match") == tag:
            self._answer(304, b"", tag)
        else:
            self._answer(200, body, tag)

    def _answer(self, status: int, body: bytes, tag: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


def _certificate(path: Path) -> None:
    """Writes a key, and a certificate for loopback that is its own authority."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(_HOST))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(certificate.public_bytes(pem) + key.private_bytes(pem, *plain))


def main() -> None:
    folder = Path(sys.argv[1])
    bodies = {f"/{path.name}": path.read_bytes() for path in folder.iterdir()}
    plain, secure = _Server(bodies), _Server(bodies)
    certificate = folder / "certificate.pem"
    _certificate(certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    for server in (plain, secure):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    addresses = {
        "http": f"http://{_HOST}:{plain.server_address[1]}",
        "https": f"https://{_HOST}:{secure.server_address[1]}",
        "certificate": str(certificate),
    }
    print(json.dumps(addresses), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()

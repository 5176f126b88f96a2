"""The program for shells that run it many times: one process has loaded it, and each command is a fork of that.

Most of what a command costs is to start Python and to import. A fork has its own environment, folder, input and output, as a new
process would have. `python -m tests.docs.fork_server SOCKET` serves; the client is a few lines of Python without imports of its own.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import shlex
import signal
import socket
import sys
from typing import TYPE_CHECKING, NoReturn

import catalog
import provisioner

if TYPE_CHECKING:
    from pathlib import Path

_MOST = 1024 * 1024
_CLIENT = """\
import json, os, socket, sys
asked = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    socket.send_fds(server, [len(asked).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(asked)
    sys.exit(server.recv(1)[0])
"""


def client(path: Path, address: Path) -> None:
    """Writes the program that has its commands run at ``address``; what it runs lies beside the socket."""
    script = address.with_suffix(".py")
    script.write_text(_CLIENT.format(address=str(address)))
    path.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, "-SEs", str(script)])} "$@"\n')
    path.chmod(0o755)


def main(address: str) -> NoReturn:
    """Serves until it is ended; a line on stdout says that it listens."""
    for package in (catalog, provisioner):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    for name in (
        "certifi",
        "httpx",
        "tomlkit",
        "xml.etree.ElementTree",
    ):  # what those import inside functions
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks: the client hears from them
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("ready", flush=True)
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _run(connection)
            connection.close()


def _run(connection: socket.socket) -> NoReturn:
    from provisioner.cli.main import run

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, descriptors, _, _ = socket.recv_fds(connection, 4, 3)
    with connection.makefile("rb") as asked:
        arguments, environment, folder = json.loads(asked.read(int.from_bytes(size, "big")))
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode) for number, mode in ((0, "r"), (1, "w"), (2, "w"))
    )
    code = 70
    try:
        code = run(arguments, "kimi-provider")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        connection.sendall(bytes([code]))
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])

"""The command line. It turns words into requests, results into text or JSON, and exceptions into exit codes."""

from __future__ import annotations

import sys


def kimi() -> None:
    """Entry point ``kimi``: ``kimi provider …`` is ours, everything else is handed over to Kimi Code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["provider"]:
        _run(arguments[1:], "kimi provider")
    from provisioner.cli.handover import hand_over

    sys.exit(hand_over(arguments))


def kimi_provider() -> None:
    """Entry point ``kimi-provider``: the same program as ``kimi provider``."""
    _run(sys.argv[1:], "kimi-provider")


def _run(arguments: list[str], name: str) -> None:
    if arguments == ["--version"]:  # scripts ask this often: answered without loading the command line
        from provisioner import __version__

        if sys.stdout:
            sys.stdout.write(f"kimi-provider {__version__}\n")
        sys.exit(0)
    try:
        from provisioner.cli.main import run

        code = run(arguments, name)
    except KeyboardInterrupt:  # while modules are loaded: nothing has been done yet
        code = 130
    sys.exit(code)

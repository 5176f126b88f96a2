"""The command line. It turns words into requests, results into text or JSON, and exceptions into exit codes."""

from __future__ import annotations

import codecs
import os
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
    unread = sys.stdout is None
    _open_streams()
    sys.unraisablehook = _pass_over
    if arguments == ["--version"]:  # scripts ask this often: answered without loading the command line
        from provisioner import __version__

        sys.stdout.write(f"kimi-provider {__version__}\n")
        sys.exit(0)
    import gc

    # Thousands of models are many objects and no garbage: looking through them again and again took a quarter of the time.
    gc.set_threshold(100_000, 20, 100)
    try:
        from provisioner.cli.later import delay

        delay()
        from provisioner.cli.main import run

        code = run(arguments, name, unread=unread)
    except KeyboardInterrupt:  # while modules are loaded: nothing has been done yet
        code = 130
    sys.exit(code)


def _pass_over(_: object) -> None:
    """What fails while an object goes: the error that it comes of has been reported."""


def _open_streams() -> None:
    """Opens what the program was started without, on nothing, and lets every character be printed.

    Python has None for a stream that is closed, and the next file that is opened gets its number: what a library
    prints then stands in that file.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
            stream = open(number, "r" if number == 0 else "w", encoding="utf-8", errors="replace")  # noqa: PTH123,SIM115  a number, open to the end
            setattr(sys, name, stream)
    if getattr(sys.stdout, "errors", None) == "strict":
        codecs.register_error("escape", _escaped)
        sys.stdout.reconfigure(errors="escape")  # type: ignore[union-attr]  # what has `errors` is a TextIOWrapper


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """A character that stdout's encoding does not have, written as JSON writes it: right in `--json` too."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    import json

    return json.dumps(error.object[error.start : error.end])[1:-1], error.end

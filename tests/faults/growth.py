"""Whether the time that strangers' text takes grows with its length: ``python -m tests.faults.growth``.

Each reader of such text is given texts that make a careless pattern try again at each character, of 4,000 and of 16,000
characters. Exit code 1 where the longer one takes more than ten times as long (four times is linear).
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

from catalog import endpoint, registry
from catalog.echoed import Echoes
from catalog.untrusted import id_flaw, label
from catalog.urls import masked_urls
from provisioner.config.masking import masked_text
from provisioner.kimi_code.view import View
from provisioner.secrets import looks_like_key, mask_prefixed
from provisioner.smoke import meaning, refusal
from provisioner.smoke.checks import vision

if TYPE_CHECKING:
    from collections.abc import Callable

SHORT, TIMES, MOST = 4_000, 4, 10
NOTICED_S = 0.1
KEY = "sk-q8Zr/4mW+tY7vK2nB5xC0dF3gH6jL9pS"
ECHOES = Echoes([KEY], lambda _: "•••")
BEGINNINGS = ("", "s", "x", '"', "'", "<", "${", "--", "Bearer ", "http://", "model ", "key = ")
UNITS = (
    *(
        "\\",
        " ",
        "-",
        "/",
        "s",
        "0",
        "a",
        "_",
        '"',
        "'",
        "“",
        "<",
        "[ ",
        "${",
        "#",
        "= ",
        "\n",
        "\x1b[",
        "\u200b",
    ),
    *(
        "\\u",
        "\\n",
        "%20",
        "/v1",
        "key",
        "--key",
        "models/",
        "<title",
        '"http://',
        "http://a@",
        "['",
        "1 ",
        "sk-q8Zr/",
    ),
)


def _registry(text: str) -> object:
    model = {"id": text, "name": text, "limit": {"context": 1000}}
    return registry.survey(
        {
            "p": {
                "id": "p",
                "name": text,
                "api": f"https://h/{text}",
                "type": "openai",
                "models": {text: model},
            }
        }
    )


READERS: dict[str, Callable[[str], object]] = {
    "echoed keys": ECHOES.hide,
    "echoed keys, live": ECHOES.split,
    "known keys' beginnings": mask_prefixed,
    "a key, perhaps": looks_like_key,
    "URLs in text": masked_urls,
    "names": label,
    "ids": id_flaw,
    "variables of an address": endpoint.variables_in,
    "a registry": _registry,
    "a comment of config.toml": lambda text: masked_text(
        "# " + text.replace("\n", " ").replace("\x1b", " ") + "\n"
    ),
    "an error body": lambda text: refusal.read_body(text.encode(), ECHOES),
    "an error page": lambda text: refusal.read_body(f"<html>{text}".encode(), ECHOES),
    "an error in JSON": lambda text: refusal.read_body(
        json.dumps({"error": {"message": text}}).encode(), ECHOES
    ),
    "the meaning of an error": lambda text: meaning.cause(text, None),
    "a picture's colour": lambda text: vision.names(text, "red"),
    "figures of the environment": lambda text: (
        View.of({}, {"KIMI_MODEL_NAME": "m", "KIMI_MODEL_TEMPERATURE": text}).has_shell_model
    ),
}


def seconds(read: Callable[[str], object], text: str) -> float:
    """Of the processor."""
    started = time.process_time()
    read(text)
    return time.process_time() - started


def main() -> int:
    bad = 0
    for name, read in READERS.items():
        worst = (0.0, 0.0, "")
        for beginning in BEGINNINGS:
            for unit in UNITS:
                text = beginning + unit * (SHORT // len(unit))
                short, long = (
                    seconds(read, text),
                    seconds(read, beginning + unit * (TIMES * SHORT // len(unit))),
                )
                if long > NOTICED_S and long > MOST * short:
                    bad += 1
                    sys.stdout.write(
                        f"{name}: {beginning!r} and {unit!r} take {short:.3f} and {long:.3f} s\n"
                    )
                worst = max(worst, (long, short, f"{beginning}{unit}"))
        sys.stdout.write(
            f"{name}: at most {worst[0]:.3f} s ({worst[1]:.3f} s for a quarter), with {worst[2]!r}\n"
        )
        sys.stdout.flush()
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main())

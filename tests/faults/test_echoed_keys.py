"""A model server that sends the key back: no command shows it, wherever what is quoted is cut."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from provisioner.smoke.options import Options
from provisioner.workflows import test as testing
from tests.smoke.server import Chunks, Request, reply, serving, stream
from tests.smoke.streams import chunk, data

if TYPE_CHECKING:
    from provisioner.app import App
    from provisioner.smoke.answer import Delta

KEY = "sk-q8Zr/4mW+tY7vK2nB5xC0dF3gH6jL9pS"
FORMS = {
    "as it is": KEY,
    "URL-encoded": quote(KEY, safe=""),
    "base64": base64.b64encode(f"user:{KEY}".encode()).decode(),
    "JSON escapes": "".join(f"\\u{ord(c):04x}" for c in KEY),
    "invisible": "\u200b".join(KEY),
    "variation selectors": "\ufe0f".join(KEY),
}
# So many characters before the key that each cut in the program falls inside of it once.
BEFORE = [cut - 20 for cut in (120, 160, 500, 1000, 2000)]


def smoke(app: App, *answers: Chunks) -> list[str]:
    """All that a test of each answer shows, in its document and while it runs: one server, a provider for each."""
    whole = [list(answer) for answer in answers]
    seen: dict[str, list[str]] = {f"p{number}/m": [] for number in range(len(whole))}

    def answer(request: Request) -> Chunks:
        return whole[int(request.path.split("/")[1])]

    def watch(alias: str, delta: Delta) -> None:
        seen[alias].append(delta.text)

    with serving(answer) as server:
        tables = (
            f'[providers.p{number}]\ntype = "openai"\nbase_url = "{server.url}/{number}/v1"\napi_key = "{KEY}"\n'
            f'[models."p{number}/m"]\nprovider = "p{number}"\nmodel = "m"\nmax_context_size = 128000\n'
            for number in range(len(whole))
        )
        app.config_path.parent.mkdir(exist_ok=True)
        app.config_path.write_text('default_model = "p0/m"\n' + "".join(tables))
        result = testing.run(app, testing.Request(tuple(seen), Options(checks=("text",), retries=0)), watch)
    tested = {found["alias"]: found for found in result.document()["results"]}
    return [json.dumps(tested[alias], ensure_ascii=False) + "".join(seen[alias]) for alias in seen]


def places(form: str, befores: list[int]) -> list[tuple[str, Chunks]]:
    """Answers that hold ``form`` after so many characters."""
    found: list[tuple[str, Chunks]] = []
    for before in befores:
        text = "x" * before + form
        error = {"error": {"message": text, "type": text, "code": text}}
        found += [
            ("a refusal in JSON", reply("400 Bad Request", json.dumps(error).encode())),
            ("a refusal in text", reply("500 Error", text.encode())),
            ("a web page", reply("200 OK", f"<html>{text}".encode())),
            ("text under 200", reply("200 OK", text.encode())),
            ("JSON under 200", reply("200 OK", json.dumps({"said": text}).encode())),
            ("an error under 200", reply("200 OK", json.dumps(error).encode())),
            ("an event that is no JSON", stream(f"data: {text}\n\n".encode())),
            ("an error in the stream", stream(data(error))),
            ("an answer", stream(data(chunk({"content": text}, finish="stop")))),
        ]
    return found


def leaks(shown: str, form: str) -> list[str]:
    """Parts of the key that are longer than what a masked key shows."""
    visible = "".join(c for c in shown if c.isprintable() and c not in "\u3164\ufe0f")
    plain = "".join(c for c in form if c.isprintable() and c not in "\u3164\ufe0f")
    size = 24 if plain.startswith("\\u") else 8
    return [part for at in range(len(plain) - size) if (part := plain[at : at + size]) in visible]


@pytest.mark.parametrize("name", FORMS)
def test_nothing_that_is_quoted_holds_a_part_of_the_key(name: str, app: App) -> None:
    form = FORMS[name]
    # The part of the base64 form before the key, "user:", is no secret.
    secret = form[7:] if name == "base64" else form
    asked = places(form, BEFORE if name == "as it is" else BEFORE[1:2])
    for (where, _), shown in zip(asked, smoke(app, *(answer for _, answer in asked)), strict=True):
        assert leaks(shown, secret) == [], where


@pytest.mark.parametrize("size", [1, 2, 5, 9])
def test_a_key_in_pieces_is_not_seen_while_it_arrives(size: int, app: App) -> None:
    pieces = [KEY[at : at + size] for at in range(0, len(KEY), size)]
    events = [data(chunk({"content": piece})) for piece in pieces]
    (shown,) = smoke(app, stream(*events, data(chunk({"content": " bye"}, finish="stop"))))
    assert leaks(shown, KEY) == []
    assert "sk-•••L9pS bye" in shown


def test_the_cut_of_an_endless_answer_falls_inside_of_the_key(app: App) -> None:
    text = "." * (2**20 - 30) + KEY + " bye"
    (shown,) = smoke(app, stream(data(chunk({"content": text}, finish="stop"))))
    assert "•••…" in shown
    assert leaks(shown, KEY) == []

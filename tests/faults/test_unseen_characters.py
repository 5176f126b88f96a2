"""Characters that cannot be seen, or that look like others, do not get into config.toml without a word."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from catalog.untrusted import id_flaw, label
from provisioner.workflows import add_registry
from tests.cli.conftest import Machine

if TYPE_CHECKING:
    from provisioner.app import App

UNSEEN = "\u200b\u200d\u202e\u2066\ufeff\u00ad\u034f\u061c\u115f\u1160\u17b4\u180b\u180e\u2800\u3164\ufe00\ufe0f\uffa0\U000e0041\U000e0101\x1b\x00"
URL = "https://h.test/api.json"


@pytest.mark.parametrize("character", UNSEEN)
def test_an_id_with_what_cannot_be_seen_is_refused(character: str) -> None:
    for identifier in (f"open{character}ai", f"{character}openai", f"openai{character}"):
        assert id_flaw(identifier) is not None


@pytest.mark.parametrize(
    "identifier", ["a/b:c@d.e+f", "with space", "通义千问", "модель", "modèle", "qwen2.5-7b"]
)
def test_an_id_in_any_script_is_an_id(identifier: str) -> None:
    assert id_flaw(identifier) is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Plain name", "Plain name"),
        ("Love \u2764\ufe0f \U0001f469\u200d\U0001f4bb", "Love \u2764\ufe0f \U0001f469\u200d\U0001f4bb"),
        ("\x1b[31mRed\x1b[0m", "Red"),
        ("\x1b]0;title\x07Name", "Name"),
        ("\x1b]8;;https://evil.test\x1b\\Link", "Link"),
        ("two\r\nlines\u2028three", "two lines three"),
        ("\u202eeman", "eman"),
        ("GP\u200bT\u200e-\u20605\ufeff", "GPT-5"),
        ("Kimi\u3164\uffa0\u115f\u2800 K2\U000e0041", "Kimi K2"),
        ("\u0645\u06cc\u200c\u062e \u908a\U000e0100", "\u0645\u06cc\u200c\u062e \u908a\U000e0100"),
        ("通义  千问", "通义  千问"),
        ("\u200d\ufe0f\u3164", None),
        ("\u200d" * 256 + "x", None),
        ("\x9b31m", "31m"),
        ("\x1b[2J", None),
        ("x" * 5000, "x" * 256),
        (None, None),
    ],
)
def test_a_name_commands_no_terminal(name: str | None, shown: str | None) -> None:
    assert label(name) == shown


def test_what_a_registry_calls_its_models_is_cleaned_before_it_is_written(app: App) -> None:
    machine = Machine(app)
    model = {
        "id": "m",
        "name": "\x1b]0;owned\x07\x1b[2JNice \u202emodel",
        "support_efforts": ["low", "\x1b[31mhigh"],
        "default_effort": "low\u2028",
    }
    entry: dict[str, Any] = {
        "name": "P",
        "api": "https://h.test/v1",
        "type": "openai",
        "models": {"m": model},
    }
    document = {key: entry | {"id": key} for key in ("openai", "open\u0430i", "OpenAI", "acme")}
    machine.write('[providers.openai]\ntype = "openai"\nbase_url = "https://h.test/v1"\napi_key = "k"\n')
    machine.serves((URL, {key: document[key] for key in ("open\u0430i", "OpenAI", "acme")}))
    done = add_registry.run(machine.app, add_registry.Request(URL, "t-0123456789"))
    written = tomllib.loads(machine.config.read_text())
    alias = written["models"]["acme/m"]
    assert alias["display_name"] == "Nice model"
    assert (alias["support_efforts"], alias["default_effort"]) == (["low", "high"], "low")
    assert [note for note in done.outcome.notes if "looks like" in note] == [
        "provider 'open\\u0430i' looks like 'openai', which is another one",
        "provider 'OpenAI' looks like 'openai', which is another one",
    ]


def test_an_alias_that_looks_like_one_of_the_file_is_told(app: App) -> None:
    machine = Machine(app)
    models: dict[str, Any] = {name: {"id": "m"} for name in ("gpt-5", "gpt-\uff15", "GPT-5", "other")}
    entry = {"id": "acme", "name": "P", "api": "https://h.test/v1", "type": "openai"}
    machine.serves((URL, {"acme": entry | {"models": {"gpt-5": models["gpt-5"]}}}))
    request = add_registry.Request(URL, "t-0123456789")
    assert not [note for note in add_registry.run(machine.app, request).outcome.notes if "looks like" in note]
    machine.serves((URL, {"acme": entry | {"models": models}}))
    assert [
        note for note in add_registry.run(machine.app, request).outcome.notes if "looks like" in note
    ] == [
        "alias 'acme/gpt-\\uff15' looks like 'acme/gpt-5', which is another one",
        "alias 'acme/GPT-5' looks like 'acme/gpt-5', which is another one",
    ]

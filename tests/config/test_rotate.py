"""Which values a new key takes the place of, and which it leaves alone; the command is in tests/workflows/test_key.py."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.config.rotate import current_key, registry_of, rotated

OLD, NEW = "sk-old-0123456789", "sk-new-0123456789"
REGISTRY = {"kind": "apiJson", "url": "https://r.test/api.json", "apiKey": OLD}


def test_no_key_is_in_what_is_printed_of_a_rotation() -> None:
    done = rotated({"providers": {"p": {"api_key": OLD, "x": OLD}}}, "p", OLD, {"api_key": NEW})
    assert OLD not in repr(done)
    assert NEW not in repr(done)


def test_the_key_of_a_model_is_its_providers_and_never_another_providers() -> None:
    data: dict[str, Any] = {
        "providers": {"p": {"api_key": OLD}, "q": {"api_key": OLD}},
        "models": {
            "p/m": {"provider": "p", "api_key": OLD},
            "q/m": {"provider": "q", "api_key": OLD},
            "by hand": 7,
        },
    }
    done = rotated(data, "p", OLD, {"api_key": NEW})
    models = {**data["models"], "p/m": {"provider": "p", "api_key": NEW}}
    assert done.data == {"providers": {"p": {"api_key": NEW}, "q": {"api_key": OLD}}, "models": models}
    assert (done.providers, done.aliases) == (("p",), ("p/m",))
    assert set(done.left) == {("providers", "q", "api_key"), ("models", "q/m", "api_key")}


def test_a_file_without_models_gets_none() -> None:
    assert rotated({"providers": {"p": {"api_key": OLD}}}, "p", OLD, {"api_key": NEW}).data.keys() == {
        "providers"
    }


@pytest.mark.parametrize(
    "held",
    [
        {"api_key": OLD, "source": {**REGISTRY, "apiKey": ""}},
        {"source": REGISTRY},
        {"env": {"A_KEY": OLD}, "source": {**REGISTRY, "apiKey": ""}},
        {"custom_headers": {"X-A": f"Bearer {OLD}"}, "source": {**REGISTRY, "apiKey": ""}},
    ],
)
def test_wherever_another_provider_of_the_registry_holds_the_key_it_changes(held: dict[str, Any]) -> None:
    data = {"providers": {"p": {"api_key": OLD, "source": REGISTRY}, "other": held}}
    done = rotated(data, "p", OLD, {"api_key": NEW})
    assert OLD not in str(done.data["providers"]["other"])
    assert NEW in str(done.data["providers"]["other"])
    assert done.left == ()


def test_one_that_holds_another_key_or_is_of_no_registry_or_no_table_stays() -> None:
    own = {"api_key": "sk-own-0123456789", "env": {"EMPTY": ""}, "source": {**REGISTRY, "apiKey": ""}}
    data = {
        "providers": {
            "p": {"api_key": OLD, "source": REGISTRY},
            "own": own,
            "hand": {"api_key": OLD, "source": "text"},
            "odd": "text",
        }
    }
    for credential in ({"api_key": NEW}, {"api_key_env": "A_NAME"}):
        done = rotated(data, "p", OLD, credential)
        assert {name: done.data["providers"][name] for name in ("own", "hand", "odd")} == {
            name: data["providers"][name] for name in ("own", "hand", "odd")
        }
        assert done.providers == ("p",)


def test_providers_without_a_registry_share_no_key() -> None:
    data = {"providers": {"p": {"api_key": OLD}, "q": {"api_key": OLD}}}
    assert rotated(data, "p", OLD, {"api_key": NEW}).data["providers"]["q"] == {"api_key": OLD}
    assert rotated(data, "p", OLD, {"api_key_env": "A"}).data["providers"]["q"] == {"api_key": OLD}


def test_without_a_key_only_the_provider_that_was_named_gets_one() -> None:
    source = {**REGISTRY, "apiKey": ""}
    data = {"providers": {"p": {"source": source}, "q": {"source": source, "api_key": ""}}}
    done = rotated(data, "p", "", {"api_key": NEW})
    assert done.data["providers"] == {"p": {"source": source, "api_key": NEW}, "q": data["providers"]["q"]}


@pytest.mark.parametrize("named", [{"api_key": OLD}, {"api_key_env": "BEFORE"}, {"env": {"A_KEY": OLD}}])
def test_a_variable_takes_the_place_of_the_key_and_of_another_variable(named: dict[str, Any]) -> None:
    data = {"providers": {"p": {"type": "openai", **named}}}
    done = rotated(data, "p", "" if "api_key_env" in named else OLD, {"api_key_env": "A_NAME"})
    assert done.data["providers"]["p"] == {"type": "openai", "api_key_env": "A_NAME"}


def test_a_variable_leaves_the_rest_of_env_alone() -> None:
    for old, env in (("", {"EMPTY": "", "B": "b"}), (OLD, {"EMPTY": "", "B": "b"}), (OLD, {})):
        data = {"providers": {"p": {"env": env}}}
        assert rotated(data, "p", old, {"api_key_env": "A"}).data["providers"]["p"] == {
            "env": env,
            "api_key_env": "A",
        }


def test_the_old_key_is_said_to_be_left_in_lists_too() -> None:
    data = {"providers": {"p": {"api_key": OLD}}, "hooks": [{"command": ["curl", f"Bearer {OLD}", 7]}]}
    assert rotated(data, "p", OLD, {"api_key": NEW}).left == (("hooks", "command"),)


@pytest.mark.parametrize(
    ("provider", "key"),
    [
        ({"api_key": "a", "env": {"K": "b"}, "source": {"apiKey": "c"}}, "a"),
        ({"env": {"K": "b"}, "source": {"apiKey": "c"}}, "b"),
        ({"env": {"OTHER": "b"}, "source": {"apiKey": "c"}}, "c"),
        ({"api_key": "", "env": "text", "source": "text"}, ""),
        ({"api_key": 7}, ""),
        ({}, ""),
    ],
)
def test_the_key_at_hand_is_the_first_in_kimi_codes_order(provider: dict[str, Any], key: str) -> None:
    assert current_key(provider, ("K",)) == key


@pytest.mark.parametrize(
    "provider", ["text", {}, {"source": "text"}, {"source": {"kind": "apiJson", "url": 7}}]
)
def test_what_has_no_address_is_of_no_registry(provider: Any) -> None:
    assert registry_of(provider) is None

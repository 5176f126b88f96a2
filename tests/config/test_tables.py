from __future__ import annotations

from typing import Any

import pytest

from catalog.reserved import RESERVED_IDS
from provisioner.config import tables
from provisioner.errors import ConfigInvalid, NotFound, ProviderManaged, UsageError

DATA: dict[str, Any] = {
    "default_model": "p/m",
    "default_provider": "p",
    "thinking": {"enabled": True},
    "secondary_model": {"default_model": "p/n", "models": {"p/n": {}, "q/m": {"x": 1}}},
    "providers": {
        "p": {
            "type": "openai",
            "api_key": "old",
            "custom_headers": {"X-A": "a"},
            "env": {"A": "a", "B": "b"},
            "default_model": "p/n",
        },
        "q": {"type": "kimi"},
        "login": {"type": "kimi", "oauth": {"storage": "file", "key": "x"}},
    },
    "models": {
        "p/m": {"provider": "p", "model": "m", "display_name": "M", "overrides": {"max_context_size": 1}},
        "p/n": {"provider": "p", "model": "n"},
        "short": {"provider": "p", "model": "m"},
        "q/m": {"provider": "q", "model": "m"},
        "odd": 1,
    },
    "hooks": [{"event": "x"}],
}


def frozen(data: Any) -> str:
    return repr(data)


@pytest.fixture(autouse=True)
def data_is_never_changed_in_place() -> Any:
    before = frozen(DATA)
    yield
    assert frozen(DATA) == before


def test_a_provider_and_its_aliases_are_rebuilt() -> None:
    new = tables.with_provider(
        DATA,
        "p",
        {"type": "openai", "api_key": "new"},
        {"p/m": {"provider": "p", "model": "m"}, "p/o": {"provider": "p"}},
    )
    assert new["providers"] == {
        "p": {
            "type": "openai",
            "api_key": "new",
            "custom_headers": {"X-A": "a"},
            "env": {"A": "a", "B": "b"},
        },
        "q": DATA["providers"]["q"],
        "login": DATA["providers"]["login"],
    }
    assert new["models"] == {
        "p/m": {"provider": "p", "model": "m", "overrides": {"max_context_size": 1}},
        "q/m": DATA["models"]["q/m"],
        "odd": 1,
        "p/o": {"provider": "p"},
    }
    assert new["default_model"] == "p/m"
    assert new["default_provider"] == "p"
    assert new["thinking"] == {"enabled": True}
    assert new["hooks"] is DATA["hooks"]


def test_what_an_entry_gives_wins_over_what_is_kept() -> None:
    provider = {"type": "openai", "env": {"A": "new"}, "default_model": "p/x"}
    new = tables.with_provider(DATA, "p", provider, {})
    assert new["providers"]["p"]["env"] == {"A": "new", "B": "b"}
    assert new["providers"]["p"]["default_model"] == "p/x"


CARRIED = [
    ("custom_headers", "api-key", True),
    ("custom_headers", "Cookie", True),
    ("custom_headers", "CF-Access-Client-Id", True),
    ("custom_headers", "X-Team", True),
    ("custom_headers", "User-Agent", False),
    ("custom_headers", "accept", False),
    ("env", "OPENAI_API_KEY", True),
    ("env", "OPENAI_BASE_URL", True),
    ("env", "GOOGLE_CLOUD_PROJECT", False),
]


@pytest.mark.parametrize(("table", "name", "refused"), CARRIED)
@pytest.mark.parametrize(
    "new",
    [
        {"type": "openai", "base_url": "https://b.example"},
        {"type": "anthropic", "base_url": "https://a.example"},
    ],
)
def test_nothing_but_what_is_known_to_be_harmless_follows_to_another_endpoint(
    table: str, name: str, new: dict[str, str], *, refused: bool
) -> None:
    old = {"type": "openai", "base_url": "https://a.example/", table: {name: "value"}}
    data = {"providers": {"p": old}}
    stays = tables.with_provider(data, "p", {"type": "openai", "base_url": "https://a.example"}, {})
    assert stays["providers"]["p"][table] == {name: "value"}
    if refused:
        with pytest.raises(ConfigInvalid, match=f"{table}.{name}"):
            tables.with_provider(data, "p", new, {})
    else:
        assert tables.with_provider(data, "p", new, {})["providers"]["p"][table] == {name: "value"}


def test_a_providers_default_model_is_kept_while_it_resolves() -> None:
    kept = tables.with_provider(DATA, "p", {"type": "openai"}, {"p/n": {"provider": "p"}})
    assert kept["providers"]["p"]["default_model"] == "p/n"


def test_a_first_provider_makes_the_containers() -> None:
    assert tables.with_provider({}, "p", {"type": "kimi"}, {}) == {"providers": {"p": {"type": "kimi"}}}


def test_removing_takes_along_whatever_named_the_provider_or_its_aliases() -> None:
    new = tables.without_providers(DATA, ["p"])
    assert new == {
        "thinking": {"enabled": True},
        "secondary_model": {"models": {"q/m": {"x": 1}}},
        "providers": {"q": {"type": "kimi"}, "login": DATA["providers"]["login"]},
        "models": {"q/m": DATA["models"]["q/m"], "odd": 1},
        "hooks": [{"event": "x"}],
    }


def test_an_alias_that_names_its_provider_as_provider_id_goes_with_it() -> None:
    """Kimi Code looks there first."""
    models = {
        "x": {"provider_id": "p", "provider": "q", "model": "m"},
        "y": {"provider": "p", "provider_id": "q"},
    }
    data = {"providers": {"p": {"type": "openai"}, "q": {"type": "openai"}}, "models": models}
    assert list(tables.without_providers(data, ("p",))["models"]) == ["y"]


def test_removing_another_provider_leaves_the_defaults() -> None:
    new = tables.without_providers(DATA, ["q"])
    assert new["default_model"] == "p/m"
    assert new["default_provider"] == "p"
    assert new["thinking"] == {"enabled": True}
    assert new["secondary_model"] == {"default_model": "p/n", "models": {"p/n": {}}}


def test_a_secondary_model_that_becomes_empty_goes() -> None:
    data = {
        "secondary_model": {"default_model": "p/m", "models": {"p/m": {}}},
        "providers": {"p": {}},
        "models": {"p/m": {"provider": "p"}},
    }
    assert tables.without_providers(data, ["p"]) == {"providers": {}, "models": {}}


def test_a_default_that_still_resolves_after_several_changes_is_kept() -> None:
    entry = tables.Entry({"type": "kimi"}, {"p/m": {"provider": "q", "model": "m"}})
    new = tables.with_providers(DATA, {"q": entry}, vanished=["p"])
    assert new["default_model"] == "p/m"
    assert "default_provider" not in new


def test_values_of_other_types_where_names_are_expected_name_nothing() -> None:
    data = {
        "default_model": ["p/m"],
        "providers": {"p": {}},
        "models": {"p/m": {"provider": "p"}, "x": {"provider": []}},
    }
    assert tables.without_providers(data, ["p"]) == {
        "default_model": ["p/m"],
        "providers": {},
        "models": {"x": {"provider": []}},
    }


@pytest.mark.parametrize("provider_id", sorted(RESERVED_IDS))
def test_reserved_ids_are_refused(provider_id: str) -> None:
    with pytest.raises(ProviderManaged, match="reserved"):
        tables.with_provider({}, provider_id, {"type": "kimi"}, {})


def test_logins_are_never_replaced_or_removed() -> None:
    with pytest.raises(ProviderManaged, match="login"):
        tables.with_provider(DATA, "login", {"type": "kimi"}, {})
    with pytest.raises(UsageError, match="login"):
        tables.without_providers(DATA, ["login"])


def test_unknown_names_are_not_found() -> None:
    with pytest.raises(NotFound, match='"nobody"'):
        tables.without_providers(DATA, ["nobody"])
    with pytest.raises(NotFound, match='"nobody/m"'):
        tables.with_default_model(DATA, "nobody/m")


@pytest.mark.parametrize("name", ["providers", "models"])
def test_containers_that_are_no_tables_are_refused(name: str) -> None:
    with pytest.raises(ConfigInvalid, match=f"`{name}` in config.toml is not a table"):
        tables.with_provider({name: 1}, "p", {"type": "kimi"}, {})


def test_a_default_is_set_and_thinking_is_never_invented() -> None:
    assert tables.with_default_model({"models": {"a": {}}}, "a") == {
        "models": {"a": {}},
        "default_model": "a",
    }
    assert tables.with_default_model(DATA, "q/m") == {**DATA, "default_model": "q/m"}

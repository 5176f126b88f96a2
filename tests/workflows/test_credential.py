from __future__ import annotations

from typing import Any

import pytest

from provisioner.cli.wizard.ask_key import standing
from provisioner.errors import UsageError
from provisioner.workflows.credential import Credential, settled


def fields(existing: dict[str, Any], wire: str) -> dict[str, str]:
    return settled(Credential(), existing, provider_id="p", wire=wire, base_url="http://h")


def test_a_key_in_the_env_table_counts_where_kimi_code_reads_it() -> None:
    table = {"type": "openai", "env": {"OPENAI_API_KEY": "k"}}
    assert fields(table, "openai_responses") == {}
    with pytest.raises(UsageError):
        fields(table, "anthropic")
    with pytest.raises(UsageError):
        fields({"env": {"OPENAI_API_KEY": " "}}, "openai")


HERE = {"type": "openai", "base_url": "http://h"}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({**HERE, "api_key": "k"}, "a key"),
        ({**HERE, "api_key": " "}, None),
        ({**HERE, "api_key_env": "MINE"}, "the variable MINE"),
        ({"type": "openai", "env": {"OPENAI_API_KEY": "k"}}, "OPENAI_API_KEY in its env table"),
        ({"type": "anthropic", "env": {"OPENAI_API_KEY": "k"}}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_wizard_names_the_key_that_kimi_code_would_find(table: Any, said: str | None) -> None:
    assert standing(table, "openai", "http://h") == (said, None)


def test_the_wizard_names_the_endpoint_whose_key_it_does_not_offer() -> None:
    said, elsewhere = standing({**HERE, "base_url": "http://old", "api_key": "k"}, "openai", "http://h")
    assert said is None
    assert elsewhere is not None
    assert "http://old" in elsewhere

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from catalog.models import Cost, Model
from provisioner.cli.prompts.list_state import Listing
from provisioner.cli.wizard.lists import model_rows, provider_rows
from provisioner.cli.wizard.model_facts import abilities, price, sentence, tokens
from provisioner.workflows.browse import Offer


def offer(id_: str, **changes: Any) -> Offer:
    made = Offer(id_, id_.title(), "openai", False, f"https://{id_}.example/v1", 2, (), None)
    return dataclasses.replace(made, **changes)


MODEL = Model(
    "m",
    "m",
    200_000,
    output_limit=64_000,
    capabilities=("image_in", "thinking", "tool_use"),
    cost=Cost(3, 15),
)


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (None, ""),
        (512, "512"),
        (8192, "8k"),
        (200_000, "200k"),
        (999_999, "1M"),
        (1_000_000, "1M"),
        (1_048_576, "1.05M"),
        (10_000_000, "10M"),
    ],
)
def test_tokens(figure: int | None, text: str) -> None:
    assert tokens(figure) == text


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        (None, ""),
        (Cost(None, 1), ""),
        (Cost(0, 0), "free"),
        (Cost(3, 15), "$3 / $15"),
        (Cost(0.075, 0.3), "$0.075 / $0.3"),
    ],
)
def test_prices(cost: Cost | None, text: str) -> None:
    assert price(cost) == text


def test_abilities_name_what_a_coding_agent_misses() -> None:
    assert abilities(MODEL) == "think image"
    assert abilities(MODEL._replace(capabilities=("audio_in",))) == "no-tools audio"
    assert abilities(MODEL._replace(capabilities=None)) == "no-tools"


def test_a_sentence_about_a_model() -> None:
    known = MODEL._replace(display_name="Model M")
    assert (
        sentence(known._replace(released="2026-01"))
        == "Model M; calls tools, thinks, reads images; released 2026-01"
    )
    assert sentence(MODEL) == "calls tools, thinks, reads images"


def test_popular_providers_come_first_and_the_rest_by_name() -> None:
    rows = provider_rows([offer("zeta"), offer("anthropic"), offer("alpha"), offer("moonshotai")], {})
    assert [row.cells[0] for row in rows] == [
        "popular",
        "Moonshotai",
        "Anthropic",
        "all the others",
        "Alpha",
        "Zeta",
    ]
    assert [row.value for row in provider_rows([offer("b"), offer("a")], {})] == ["a", "b"]


def test_a_provider_is_found_by_name_by_id_and_by_model() -> None:
    offers = [offer("one", name="Uno"), offer("two", name="Due"), offer("three", name="Tre")]
    rows = provider_rows(offers, {"three": ("kimi-k2", "kimi-k3"), "two": ("other",)})
    state = Listing(rows)
    for typed, found in (("due", "two"), ("one", "one"), ("kimi-k3", "three")):
        state.narrow(typed)
        assert [row.value for row in state.shown] == [found]
    assert state.shown[0].details("kimi") == "has kimi-k3, kimi-k2"
    assert state.shown[0].details("") == "openai wire at https://three.example/v1"


def test_many_models_that_match_are_counted() -> None:
    (row,) = provider_rows([offer("p")], {"p": tuple(f"k{i}" for i in range(7))})
    assert row.details("k") == "has k6, k5, k4, k3 and 3 more"


def test_what_is_configured_closed_or_guessed_is_said() -> None:
    offers = [offer("a"), offer("b", wire=None), offer("c", guessed=True, endpoint=None)]
    a, b, c = provider_rows(offers, {}, configured={"a", "b"}, logins={"a"})
    assert a.cells[-1] == "configured"
    assert a.closed is not None
    assert "login" in a.closed
    assert b.closed is not None
    assert "protocol" in b.closed
    assert c.cells[2] == "openai (guess)"
    assert c.details("") == "openai wire, which is a guess; the catalog gives no endpoint"


def test_models_stand_with_the_newest_first() -> None:
    dates = {"old": "2024-01-01", "undated": None, "new": "2026-01-01"}
    rows = model_rows({name: MODEL._replace(released=day) for name, day in dates.items()})
    assert [row.value for row in rows] == ["new", "old", "undated"]
    assert rows[0].cells == ("new", "2026-01-01", "200k", "64k", "think image", "$3 / $15")


def test_an_unknown_context_is_no_figure() -> None:
    (row,) = model_rows({"p/m": MODEL._replace(context_known=False)})
    assert row.cells[:3] == ("p/m", "", "?")

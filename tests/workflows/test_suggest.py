from __future__ import annotations

from typing import Any

from catalog.models import Model
from provisioner.workflows.suggest import FEW, suggested

TOOLS = ("tool_use",)


def offered(*models: tuple[str, str, str], without_tools: tuple[str, ...] = ()) -> frozenset[str]:
    """What is suggested of (id, family, release date) triples, padded to more than a few."""
    padding = [(f"old-{i}", "old", "2000-01-01") for i in range(FEW)]
    rows = [*models, *padding]
    entry: dict[str, Any] = {"models": {i: {"family": f} for i, f, _ in rows}}
    usable = [
        Model(i, i, 1000, capabilities=() if i in without_tools else TOOLS, released=d) for i, _, d in rows
    ]
    return suggested(entry, usable)


def test_a_short_list_is_suggested_whole() -> None:
    models = [Model(f"m{i}", f"m{i}", 1000) for i in range(FEW)]
    assert suggested({}, models) == {model.id for model in models}


def test_the_newest_of_each_family() -> None:
    assert offered(
        ("big-2", "big", "2026-03-01"), ("big-1", "big", "2025-12-01"), ("small-1", "small", "2025-06-01")
    ) == {"big-2", "small-1"}


def test_what_is_older_than_a_year_at_that_provider_is_left_out() -> None:
    assert offered(("a", "a", "2026-03-01"), ("b", "b", "2025-02-28")) == {"a"}


def test_a_dated_copy_gives_way_to_its_plain_name() -> None:
    assert offered(("m-4-20260301", "m", "2026-03-01"), ("m-4", "m", "2026-03-01")) == {"m-4"}
    assert offered(("m-4-2026-03-01", "m", "2026-03-01")) == {"m-4-2026-03-01"}


def test_a_preview_gives_way_to_a_finished_model_of_its_family_only() -> None:
    assert offered(
        ("a-2-preview", "a", "2026-03-01"), ("a-1", "a", "2026-01-01"), ("b-exp", "b", "2026-01-01")
    ) == {"a-1", "b-exp"}


def test_what_cannot_call_tools_is_left_out() -> None:
    assert offered(("a", "a", "2026-03-01"), ("b", "b", "2026-03-01"), without_tools=("b",)) == {"a"}


def test_of_two_at_once_the_plainer_name() -> None:
    assert offered(("k-code-highspeed", "k", "2026-03-01"), ("k-code", "k", "2026-03-01")) == {"k-code"}


def test_many_families_are_cut_to_the_newest() -> None:
    chosen = offered(*((f"m{i:02}", f"f{i}", f"2026-01-{i + 1:02}") for i in range(20)))
    assert chosen == {f"m{i:02}" for i in range(8, 20)}


def test_without_dates_and_families_something_is_suggested() -> None:
    models = [Model(f"m{i}", f"m{i}", 1000, capabilities=TOOLS) for i in range(20)]
    assert 0 < len(suggested({"models": {model.id: {} for model in models}}, models)) <= 12


def test_the_best_is_among_them_however_many_are_newer() -> None:
    newer = [(f"m{i:02}", f"f{i}", f"2026-02-{i + 1:02}") for i in range(20)]
    assert "claude-sonnet-5" in offered(*newer, ("claude-sonnet-5", "claude", "2026-01-30"))

from __future__ import annotations

from copy import deepcopy
from typing import Any

from catalog.registry import read_registry
from catalog.registry_diff import Difference, differences

URL = "https://registry.example/api.json"
OLD: dict[str, Any] = {
    "p": {
        "id": "p",
        "name": "P",
        "api": "https://x.example/v1",
        "type": "openai",
        "env": ["A_KEY"],
        "models": {"m": {"id": "m", "limit": {"context": 1000}}, "n": {"id": "n"}},
    },
    "q": {
        "id": "q",
        "name": "Q",
        "api": "https://q.example/v1",
        "type": "kimi",
        "models": {"m": {"id": "m"}},
    },
}


def between(old: Any, new: Any) -> tuple[Difference, ...]:
    return differences(read_registry(old, URL), read_registry(new, URL))


def test_what_has_no_effect_is_no_difference() -> None:
    new = deepcopy(OLD)
    new["$schema"] = "./registry.schema.json"
    new["p"]["name"] = "another name"
    new["p"]["models"]["m"] |= {"limit": {"context": 1000.9, "output": 5}, "cost": 1, "support_efforts": "x"}
    new["broken"] = {"id": "x"}
    new = dict(reversed(new.items()))
    assert between(OLD, new) == ()


def test_every_kind_of_difference_moved_endpoints_first() -> None:
    new = deepcopy(OLD)
    del new["q"]
    new["r"] = OLD["q"] | {"id": "r"}
    moved = new["p"]
    moved["env"] = ["B_KEY"]
    moved["type"], moved["api"] = "anthropic", "https://y.example"
    del moved["models"]["n"]
    moved["models"]["m"] = {"id": "m2", "name": "M", "limit": {"context": 2000}, "support_efforts": ["low"]}
    moved["models"]["m"] |= {"default_effort": "low"}
    moved["models"]["o"] = {"id": "o"}
    assert between(OLD, new) == (
        Difference("moved", "p", None, "type", "openai", "anthropic"),
        Difference("moved", "p", None, "base_url", "https://x.example/v1", "https://y.example"),
        Difference("removed", "p", "p/n"),
        Difference("removed", "q"),
        Difference("added", "p", "p/o"),
        Difference("added", "r"),
        Difference("changed", "p", "p/m", "model", "m", "m2"),
        Difference("changed", "p", "p/m", "max_context_size", 1000, 2000),
        Difference("changed", "p", "p/m", "capabilities", ["tool_use"], ["thinking"]),
        Difference("changed", "p", "p/m", "display_name", "m", "M"),
        Difference("changed", "p", "p/m", "support_efforts", None, ["low"]),
        Difference("changed", "p", "p/m", "default_effort", None, "low"),
        Difference("changed", "p", None, "env", "A_KEY", "B_KEY"),
    )

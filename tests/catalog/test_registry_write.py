from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalog import schema
from catalog.models import Model, Provider
from catalog.registry import read_registry, survey
from catalog.registry_write import registry_document

URL = "https://registry.example/api.json"
WORDS = st.lists(st.sampled_from(["text", "image", "video", "audio", "low", "high"]), max_size=4, unique=True)
MODELS = st.fixed_dictionaries(
    {"id": st.sampled_from(["m", "org/m:8b"])},
    optional={
        "name": st.sampled_from(["", "M"]),
        "limit": st.fixed_dictionaries(
            {}, optional={"context": st.integers(-1, 10**6), "output": st.integers(-1, 10**6)}
        ),
        "tool_call": st.booleans(),
        "reasoning": st.booleans(),
        "modalities": st.fixed_dictionaries({}, optional={"input": WORDS, "output": WORDS}),
        "support_efforts": WORDS,
        "default_effort": st.sampled_from(["", "low"]),
    },
)


@given(st.dictionaries(st.sampled_from(["a", "b/c", "d"]), MODELS), st.lists(st.sampled_from(["A", "B"])))
def test_what_is_read_can_be_written_and_reads_the_same(models: Any, env: list[str]) -> None:
    entry = {
        "id": "p",
        "name": "P",
        "api": "https://x.example/v1",
        "type": "kimi",
        "env": env,
        "models": models,
    }
    (provider,) = read_registry({"outer": entry}, URL).providers
    document = registry_document([provider])
    assert survey(document).providers == (provider,)
    if models:
        assert schema.problems(document, "registry") == []


def test_what_the_format_cannot_say_is_left_out() -> None:
    model = Model("m", "m", 1000, capabilities=("tool_use",), display_name="M")
    provider = Provider("p", "P", "openai", guessed=False, base_url="https://x.example/v1", models=(model,))
    rich = model._replace(
        input_limit=900,
        output_limit=100,
        reasoning_key="r",
        off_effort="none",
        protocol="anthropic",
        base_url="https://y.example",
        capabilities=("tool_use", "dynamically_loaded_tools"),
    )
    written = registry_document([provider._replace(models=(rich,))])
    assert written["p"]["models"]["m"]["limit"] == {"context": 1000, "output": 100}
    assert read_registry(written, URL).providers == (provider,)

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import DocumentInvalid
from catalog.models import Model, Provider, RegistryFinding, Skipped
from catalog.registry import Registry, lint, read_registry
from catalog.reserved import INTERNAL_IDS, MANAGED_IDS

URL = "https://registry.example/api.json"


def value(**fields: Any) -> dict[str, Any]:
    sound = {
        "id": "p",
        "name": "P",
        "api": "https://x.example/v1",
        "type": "openai",
        "models": {"m": {"id": "m"}},
    }
    return sound | fields


def read(**values: Any) -> Registry:
    return read_registry(values, URL)


def model(**fields: Any) -> Model:
    registry = read(p=value(models={"key": {"id": "m"} | fields}))
    (found,) = registry.providers[0].models
    return found


def test_a_rich_provider() -> None:
    rich = {
        "id": "real/m",
        "name": "M",
        "limit": {"context": 1000.7, "output": 50},
        "tool_call": True,
        "reasoning": True,
        "modalities": {"input": ["text", "image", "video"], "output": ["text", "image", "audio"]},
        "support_efforts": ["low", "high"],
        "default_effort": "low",
    }
    registry = read(outer=value(id="inner", type="kimi", env=["  ", "P_KEY ", "OTHER"], models={"key": rich}))
    assert registry == Registry(
        providers=(
            Provider(
                id="inner",
                name="P",
                wire="kimi",
                guessed=False,
                base_url="https://x.example/v1",
                models=(
                    Model(
                        key="key",
                        id="real/m",
                        context=1000,
                        capabilities=(
                            "tool_use",
                            "thinking",
                            "image_in",
                            "video_in",
                            "image_out",
                            "audio_out",
                        ),
                        display_name="M",
                        support_efforts=("low", "high"),
                        default_effort="low",
                    ),
                ),
                env=("P_KEY", "OTHER"),
            ),
        ),
        warnings=(),
        env_hints={"inner": "P_KEY"},
    )


def test_a_poor_model() -> None:
    assert model() == Model(
        key="key",
        id="m",
        context=131072,
        capabilities=("tool_use",),
        display_name="m",
        context_known=False,
    )


@pytest.mark.parametrize(
    ("limit", "context"),
    [
        ({"context": 10, "output": 5}, 10),
        ({"output": 5.9}, 5),
        ({"context": 0.5, "output": 5}, 5),
        ({"context": 0.5}, 131072),
        ({"context": -1}, 131072),
        ({"context": True}, 131072),
        ({"context": "10"}, 131072),
        ([10], 131072),
        (None, 131072),
        ({"context": 2**53 - 1}, 2**53 - 1),
    ],
)
def test_the_context_is_the_context_else_the_output_else_a_constant(limit: Any, context: int) -> None:
    assert model(limit=limit).context == context


@pytest.mark.parametrize("figure", [1e300, 2**53, 10**400])
def test_a_figure_that_kimi_code_cannot_read_is_dropped_and_named(figure: float) -> None:
    registry = read(p=value(models={"a/b~c": {"id": "m", "limit": {"context": figure, "output": 7}}}))
    assert registry.providers[0].models[0].context == 7
    (warning,) = registry.warnings
    assert warning.pointer == "/p/models/a~1b~0c/limit/context"


@pytest.mark.parametrize(
    ("fields", "capabilities"),
    [
        ({"tool_call": False}, ()),
        ({"tool_call": "yes"}, ("tool_use",)),
        ({"reasoning": 1}, ("tool_use",)),
        ({"reasoning": False}, ()),
        ({"modalities": {"input": ["image"]}}, ("image_in",)),
        ({"modalities": {"input": ["text", 5]}}, ("tool_use",)),
        ({"modalities": {"output": []}}, ()),
        ({"modalities": {}}, ("tool_use",)),
        ({"support_efforts": []}, ()),
        ({"support_efforts": ["low"]}, ("thinking",)),
        ({"support_efforts": ["low", None]}, ("tool_use",)),
        ({"modalities": {"input": ["audio"]}, "tool_call": True}, ("tool_use",)),
    ],
)
def test_capabilities(fields: dict[str, Any], capabilities: tuple[str, ...]) -> None:
    assert model(**fields).capabilities == capabilities


@pytest.mark.parametrize(
    ("fields", "efforts", "default"),
    [
        ({"support_efforts": [], "default_effort": ""}, (), None),
        ({"support_efforts": "low", "default_effort": 5}, None, None),
        ({"support_efforts": ["a", "b"], "default_effort": "c"}, ("a", "b"), "c"),
    ],
)
def test_efforts(fields: dict[str, Any], efforts: tuple[str, ...] | None, default: str | None) -> None:
    found = model(**fields)
    assert (found.support_efforts, found.default_effort) == (efforts, default)


@pytest.mark.parametrize(
    ("broken", "word"),
    [
        ([], "object"),
        (None, "object"),
        (value(id=None), "id must"),
        (value(id=5, name=""), "id and name must"),
        (value(api=""), "api must"),
        (value(type="google-genai"), "type must"),
        (value(type=["openai"]), "type must"),
        (value(models=[]), "models must"),
        (value(api="file:///etc/passwd"), "http"),
        (value(api="https://x.example/\x1b[2J"), "http"),
        (value(id="a\u202eb"), "invisible"),
        (value(id="../../x"), "path segment"),
    ],
)
def test_a_broken_entry_is_skipped_and_its_siblings_are_not(broken: Any, word: str) -> None:
    registry = read_registry({"a/b": broken, "good": value(id="good")}, URL)
    assert [provider.id for provider in registry.providers] == ["good"]
    (warning,) = registry.warnings
    assert warning.pointer == "/a~1b"
    assert word in warning.message


@pytest.mark.parametrize(
    ("key", "broken"),
    [
        ("x", {}),
        ("x", {"id": ""}),
        ("x", {"id": 5}),
        ("x", "m"),
        ("x", {"id": "a\nb"}),
        ("a\nb", {"id": "x"}),
    ],
)
def test_a_broken_model_is_skipped(key: str, broken: Any) -> None:
    registry = read(p=value(models={key: broken, "m": {"id": "m"}}))
    (provider,) = registry.providers
    assert [found.key for found in provider.models] == ["m"]
    assert [skipped.id for skipped in provider.skipped] == [key]
    assert len(registry.warnings) == 1


def test_a_provider_without_models_is_imported_and_named() -> None:
    registry = read(p=value(models={}))
    assert registry.providers[0].models == ()
    assert registry.warnings == (
        RegistryFinding(
            "/p/models", "it has no usable model: a provider without aliases", "warning", "no_models"
        ),
    )


def test_the_later_of_two_values_with_one_id_counts() -> None:
    registry = read(a=value(name="first"), b=value(name="second", models={"n": {"id": "n"}}))
    (provider,) = registry.providers
    assert (provider.name, [found.key for found in provider.models]) == ("second", ["n"])
    assert [warning.pointer for warning in registry.warnings] == ["/b/id"]


@pytest.mark.parametrize(
    ("api", "type_"), [("https://x.example/v1", "anthropic"), ("https://x.example", "openai")]
)
def test_an_endpoint_that_looks_wrong_is_kept_and_named(api: str, type_: str) -> None:
    registry = read(p=value(api=api, type=type_))
    assert registry.providers[0].base_url == api
    assert [warning.pointer for warning in registry.warnings] == ["/p/api"]


@pytest.mark.parametrize("reserved", sorted(MANAGED_IDS))
def test_kimi_codes_own_ids_are_refused_outright(reserved: str) -> None:
    with pytest.raises(DocumentInvalid, match="reserved") as caught:
        read(good=value(id="good"), bad=value(id=reserved))
    assert "/bad/id" in (caught.value.where or "")


@pytest.mark.parametrize("internal", sorted(INTERNAL_IDS))
def test_names_that_kimi_code_uses_inside_itself_are_skipped(internal: str) -> None:
    registry = read(good=value(id="good"), bad=value(id=internal))
    assert [provider.id for provider in registry.providers] == ["good"]
    assert [(w.pointer, w.message) for w in registry.warnings] == [
        ("/bad", "skipped: its id is a name that Kimi Code uses inside itself")
    ]


@pytest.mark.parametrize("document", [{}, [], None, "x", {"p": []}, {"p": value(type="x")}])
def test_nothing_usable(document: Any) -> None:
    with pytest.raises(DocumentInvalid):
        read_registry(document, URL)


def test_nothing_usable_names_the_first_reason() -> None:
    with pytest.raises(DocumentInvalid, match=r"/p skipped: type must .* \(and 1 more\)"):
        read(p=value(type="x"), q=5)


def test_env_is_no_hint_unless_all_of_it_is_text() -> None:
    assert read(p=value(env=["A", 5])).env_hints == {}


def test_skipped_models_are_counted_with_their_provider() -> None:
    (provider,) = read(p=value(models={"x": {}})).providers
    assert provider.skipped == (Skipped("x", "its id must be a non-empty string", flawed=True),)


def test_a_token_in_the_address_is_not_repeated() -> None:
    with pytest.raises(DocumentInvalid) as caught:
        read_registry([], "https://u:secret-1@x.example/api.json?token=secret-1")
    assert "secret-1" not in (caught.value.where or "")


def test_lint_adds_what_reading_passes_over_and_repeats_nothing() -> None:
    document = {
        "p": value(models={"m": {"id": "m", "tool_call": "yes", "limit": {"context": 1e300}}}),
        "pq": value(id="pq", name="", type="x"),
        "q": value(id="q", env="Q_KEY"),
    }
    found = lint(document, read_registry(document, URL))
    assert [problem.pointer for problem in found] == [
        "/p/models/m/limit/context",
        "/pq",
        "/p/models/m/tool_call",
        "/q/env",
    ]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below, max_size=3),
    max_leaves=6,
)
MODEL = st.fixed_dictionaries(
    {"id": st.just("m") | JUNK},
    optional={
        "limit": st.fixed_dictionaries({}, optional={"context": JUNK, "output": JUNK}) | JUNK,
        "modalities": st.fixed_dictionaries({}, optional={"input": JUNK, "output": JUNK}) | JUNK,
        **dict.fromkeys(("name", "tool_call", "reasoning", "support_efforts", "default_effort"), JUNK),
    },
)


@given(st.dictionaries(st.text(max_size=4), MODEL | JUNK, max_size=3) | JUNK, JUNK)
def test_whatever_stands_in_a_document_its_good_entries_are_read(models: Any, env: Any) -> None:
    registry = read(odd=value(id="odd", models=models, env=env), good=value(id="good"))
    assert registry.providers[-1].id == "good"
    assert all(0 < found.context < 2**53 for provider in registry.providers for found in provider.models)

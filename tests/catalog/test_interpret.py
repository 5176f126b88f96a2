from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import NotImportable
from catalog.interpret import interpret, usable_models, variables_of
from catalog.models import Model


def model(**fields: Any) -> dict[str, Any]:
    sound = {
        "id": "m",
        "name": "M",
        "limit": {"context": 1000, "output": 10},
        "modalities": {"input": ["text"], "output": ["text"]},
        "tool_call": True,
        "reasoning": False,
    }
    return sound | fields


def provider(*models: dict[str, Any], **fields: Any) -> dict[str, Any]:
    keyed = {str(index): published for index, published in enumerate(models or [model()])}
    sound = {"id": "p", "name": "P", "npm": "@ai-sdk/openai-compatible", "api": "https://x.example/v1"}
    return sound | {"env": ["P_KEY"], "doc": "https://x.example/doc", "models": keyed} | fields


def test_a_plain_provider() -> None:
    found = interpret(provider())
    assert (found.id, found.name, found.wire, found.guessed) == ("p", "P", "openai", False)
    assert found.base_url == "https://x.example/v1"
    assert (found.env, found.doc, found.skipped) == (("P_KEY",), "https://x.example/doc", ())
    assert found.models == (
        Model(key="m", id="m", context=1000, output_limit=10, capabilities=("tool_use",), display_name="M"),
    )


def test_the_catalogs_key_becomes_the_id_while_the_entrys_own_tells_the_wire() -> None:
    found = interpret(provider(id="claude", npm="x"), key="other")
    assert (found.id, found.wire) == ("other", "anthropic")


class TestEndpoint:
    def test_the_users_wins_and_is_adapted(self) -> None:
        entry = provider(npm="@ai-sdk/anthropic")
        assert interpret(entry, base_url=" https://mine.example/v1/ ").base_url == "https://mine.example"

    @pytest.mark.parametrize("url", ["", "  ", "https://${X}/v1", "localhost:1234", "file:///etc/passwd"])
    def test_an_unusable_one_of_the_user_is_refused(self, url: str) -> None:
        with pytest.raises(NotImportable) as caught:
            interpret(provider(), base_url=url)
        assert caught.value.reason == "bad_endpoint"

    @pytest.mark.parametrize(
        ("npm", "type_"),
        [
            ("@ai-sdk/openai", None),
            ("@ai-sdk/openai", "openai_responses"),
            ("@ai-sdk/anthropic", None),
            ("x", "kimi"),
        ],
    )
    def test_none_is_needed_where_the_default_host_is_the_same_companys(
        self, npm: str, type_: str | None
    ) -> None:
        assert interpret(provider(npm=npm, type=type_, api=None)).base_url is None

    @pytest.mark.parametrize("id_", ["google", "google-vertex"])
    def test_google_never_asks(self, id_: str) -> None:
        assert interpret(provider(id=id_, npm="x", api="")).base_url is None

    @pytest.mark.parametrize(
        "npm", ["@ai-sdk/xai", "@ai-sdk/openai-compatible", "@ai-sdk/google-vertex/anthropic"]
    )
    def test_elsewhere_it_would_send_the_key_to_another_company(self, npm: str) -> None:
        with pytest.raises(NotImportable) as caught:
            interpret(provider(npm=npm, api=None))
        assert caught.value.reason == "no_endpoint"
        assert "--base-url" in (caught.value.hint or "")

    def test_a_placeholder_asks_for_its_variable_even_where_a_default_exists(self) -> None:
        with pytest.raises(NotImportable) as caught:
            interpret(provider(npm="@ai-sdk/openai", api="https://${HOST}/${ORG}/v1"), variables={"ORG": "o"})
        assert (caught.value.reason, caught.value.variables) == ("variables", ("HOST",))
        assert "--var HOST=" in (caught.value.hint or "")

    def test_given_variables_fill_the_placeholder(self) -> None:
        entry = provider(api="https://${HOST}/v1")
        assert interpret(entry, variables={"HOST": "h.example"}).base_url == "https://h.example/v1"

    @pytest.mark.parametrize("value", ["https://h.example", "a b", "${HOST}", ""])
    def test_a_value_that_makes_no_url_is_refused(self, value: str) -> None:
        with pytest.raises(NotImportable):
            interpret(provider(api="https://${HOST}/v1"), variables={"HOST": value})

    def test_the_catalogs_own_may_not_be_a_file(self) -> None:
        with pytest.raises(NotImportable) as caught:
            interpret(provider(api="file:///etc/passwd"))
        assert caught.value.reason == "bad_endpoint"

    def test_every_variable_of_provider_and_models_is_known_beforehand(self) -> None:
        override = {"npm": "@ai-sdk/anthropic", "api": "https://${B}.example/${A}"}
        assert variables_of(provider(model(provider=override), api="https://${A}/v1")) == ("A", "B")
        assert variables_of(provider(model(provider=5), api=5)) == ()


class TestRefused:
    def test_an_unknown_type(self) -> None:
        with pytest.raises(NotImportable) as caught:
            interpret(provider(type="ollama"))
        assert caught.value.reason == "unknown_wire"

    def test_a_proprietary_protocol(self) -> None:
        with pytest.raises(NotImportable, match="Amazon Bedrock") as caught:
            interpret(provider(npm="@ai-sdk/amazon-bedrock"))
        assert caught.value.reason == "proprietary"

    def test_nothing_usable_says_why(self) -> None:
        with pytest.raises(NotImportable, match="2 skipped: its status is alpha") as caught:
            interpret(provider(model(status="alpha"), model(status="alpha")))
        assert caught.value.reason == "no_models"

    @pytest.mark.parametrize(
        "id_", ["", "a\nb", "a\u202eb", "a\u200bb", "\x1b[31m", " a", "../a", "x" * 257, "\ud800"]
    )
    def test_an_id_that_is_not_safe_to_write(self, id_: str) -> None:
        with pytest.raises(NotImportable) as caught:
            interpret(provider(id=id_))
        assert caught.value.reason == "bad_id"
        assert caught.value.message.isprintable()


def test_a_later_model_with_the_same_id_counts() -> None:
    models, _ = usable_models(provider(model(), model(name="second"), model(id="n")))
    assert [(found.id, found.display_name) for found in models] == [("m", "second"), ("n", "M")]


def test_models_may_be_a_list() -> None:
    models, (skipped,) = usable_models(provider(models=[model(), {}]))
    assert [found.id for found in models] == ["m"]
    assert skipped.id == "1"


def test_the_variables_fill_a_models_own_endpoint_too() -> None:
    override = {"npm": "@ai-sdk/anthropic", "api": "https://${X}.example/anthropic/v1"}
    (found,), _ = usable_models(provider(model(provider=override)), {"X": "x"})
    assert (found.protocol, found.base_url) == ("anthropic", "https://x.example/anthropic")


def test_an_override_is_measured_against_the_catalogs_endpoint_not_the_users() -> None:
    found = interpret(
        provider(model(provider={"api": "https://x.example/v1"})), base_url="https://mine.example"
    )
    assert found.models[0].base_url is None


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["none", "${X}"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below, max_size=3),
    max_leaves=6,
)
MODEL = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("id", "name", "family", "status", "limit", "modalities", "reasoning", "reasoning_options"), JUNK
    )
    | {
        "id": st.just("m"),
        "limit": st.just({"context": 5})
        | st.fixed_dictionaries({}, optional={"context": JUNK, "output": JUNK}),
        "reasoning_options": st.lists(st.fixed_dictionaries({"type": st.just("effort"), "values": JUNK}))
        | JUNK,
        "provider": st.fixed_dictionaries({}, optional={"npm": JUNK, "api": JUNK}) | JUNK,
        "interleaved": JUNK,
        "tool_call": JUNK,
        "cost": JUNK,
    },
)
ENTRY = st.fixed_dictionaries(
    {"models": st.dictionaries(st.text(max_size=4), MODEL | JUNK, max_size=3) | JUNK},
    optional=dict.fromkeys(("id", "name", "npm", "api", "type", "env", "doc"), JUNK),
)


@given(ENTRY)
def test_whatever_stands_in_a_document_it_is_read_or_refused(entry: dict[str, Any]) -> None:
    variables_of(entry)
    try:
        found = interpret(entry, key="p", base_url="https://x.example/v1")
    except NotImportable as refused:
        assert refused.message  # noqa: PT017 - either outcome is right
    else:
        assert all(0 < each.context < 2**53 for each in found.models)

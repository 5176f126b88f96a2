"""What fakes answer here is what the real servers answer, shortened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import httpx
import pytest

from catalog.discovery import discover
from catalog.errors import CredentialRefused, DocumentInvalid, FetchFailed, NotImportable
from catalog.models import Model
from tests.catalog.listing_server import BASE, Server, listing, models

if TYPE_CHECKING:
    from catalog.wire import WireName


def only(entry: dict[str, Any]) -> Model:
    (found,) = models(Server({"GET /v1/models": listing(entry)}))
    return found


class TestOpenAI:
    def test_the_bare_form_is_all_that_can_be_said(self) -> None:
        server = Server({"GET /v1/models": listing({"id": "gpt-x", "object": "model", "owned_by": "openai"})})
        assert models(server, base=BASE + "/") == (
            Model(key="gpt-x", id="gpt-x", context=131072, capabilities=("tool_use",), context_known=False),
        )
        assert server.requests[0].headers["Authorization"] == "Bearer k"
        assert server.asked == ["GET /v1/models"]

    @pytest.mark.parametrize("wire", ["kimi", "openai_responses"])
    def test_two_more_wires_list_alike(self, wire: WireName) -> None:
        assert models(Server({"GET /v1/models": listing({"id": "m"})}), wire)[0].id == "m"

    @pytest.mark.parametrize("key", [None, ""])
    def test_without_a_key_none_is_sent(self, key: str | None) -> None:
        server = Server({"GET /v1/models": listing({"id": "m"})})
        models(server, key=key)
        assert "Authorization" not in server.requests[0].headers

    def test_openrouter(self) -> None:
        found = only(
            {
                "id": "moonshotai/kimi-k2.5",
                "name": "MoonshotAI: Kimi K2.5",
                "context_length": 262144,
                "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
                "top_provider": {
                    "context_length": 131072,
                    "max_completion_tokens": 65536,
                    "is_moderated": False,
                },
                "supported_parameters": ["include_reasoning", "max_tokens", "reasoning", "tools"],
            }
        )
        assert (found.context, found.output_limit, found.context_known) == (262144, 65536, True)
        assert found.capabilities == ("image_in", "thinking", "tool_use")
        assert found.display_name == "MoonshotAI: Kimi K2.5"

    def test_openrouters_list_can_deny_tools(self) -> None:
        assert only({"id": "m", "supported_parameters": ["max_tokens"]}).capabilities == ()

    @pytest.mark.parametrize(
        ("entry", "context", "output"),
        [
            ({"owned_by": "vllm", "max_model_len": 40960, "root": "/models/m"}, 40960, 16384),
            ({"owned_by": "sglang", "max_model_len": 262144}, 262144, 32768),
            ({"max_model_len": 24576}, 24576, None),  # nothing is left beside the first prompt
            ({"owned_by": "acme", "max_model_len": 40960}, 40960, None),
            ({"context_window": 131072, "max_completion_tokens": 32768, "active": True}, 131072, 32768),
            ({"max_context_length": 32768, "capabilities": {"completion_chat": True}}, 32768, None),
            ({"meta": {"vocab_type": 2, "n_ctx_train": 40960}}, 40960, None),
            ({"metadata": {"context_length": 163840, "max_tokens": 16384}}, 163840, 16384),
            ({"context_length": 262144.0}, 262144, None),
            ({"context_length": "262144"}, 131072, None),
            ({"context_length": 1e300}, 131072, None),
            ({"context_length": True, "max_model_len": 5}, 5, None),
            ({"owned_by": "vllm", "max_model_len": 40960, "max_output_tokens": 4096}, 40960, 4096),
        ],
    )
    def test_limits_under_each_servers_name(
        self, entry: dict[str, Any], context: int, output: int | None
    ) -> None:
        found = only({"id": "m"} | entry)
        assert (found.context, found.output_limit) == (context, output)

    def test_mistral(self) -> None:
        flags = {"completion_chat": True, "function_calling": True, "vision": True, "reasoning": False}
        assert only({"id": "m", "name": None, "capabilities": flags}).capabilities == ("image_in", "tool_use")

    def test_moonshot(self) -> None:
        found = only(
            {
                "id": "kimi-k3",
                "display_name": "Kimi K3",
                "context_length": 262144,
                "supports_image_in": True,
                "supports_video_in": True,
                "supports_reasoning": True,
                "supports_thinking_type": "only",
                "think_efforts": {"support": True, "valid_efforts": ["low", "max"], "default_effort": "max"},
            }
        )
        assert found.capabilities == ("image_in", "video_in", "thinking", "always_thinking", "tool_use")
        assert (found.support_efforts, found.default_effort) == (("low", "max"), "max")

    def test_togethers_list_stands_alone(self) -> None:
        chat = {"id": "deepseek-ai/R1", "type": "chat", "display_name": "R1", "context_length": 163840}
        server = Server({"GET /v1/models": [chat, {"id": "flux", "type": "image"}]})
        assert [(found.id, found.context) for found in models(server)] == [("deepseek-ai/R1", 163840)]

    @pytest.mark.parametrize(
        "entry",
        [
            {"id": "text-embedding-3-small"},
            {"id": "m", "type": "embeddings"},
            {"id": "m", "capabilities": {"completion_chat": False, "completion_fim": True}},
            {"id": "m", "architecture": {"output_modalities": ["image"]}},
            {"id": "m", "active": False},
            {"id": "a\u202eb"},
            {"id": "a\ud800"},
            {"id": "../m"},
            {"id": ""},
            {"object": "model"},
        ],
    )
    def test_what_is_no_chat_model_is_left_out(self, entry: dict[str, Any]) -> None:
        (found,) = models(Server({"GET /v1/models": listing(entry, {"id": "sound"})}))
        assert found.id == "sound"

    @pytest.mark.parametrize(
        "answer", [{}, [], {"data": None}, {"data": [None, 5]}, 5, {"data": {"id": "m"}}]
    )
    def test_a_list_without_models(self, answer: Any) -> None:
        with pytest.raises(NotImportable, match="no chat model") as caught:
            models(Server({"GET /v1/models": answer}))
        assert "--model" in (caught.value.hint or "")


class TestAnthropic:
    def test_pages_and_fields(self) -> None:
        first = {
            "id": "claude-opus-x",
            "display_name": "Claude Opus X",
            "max_input_tokens": 1000000,
            "max_tokens": 128000,
            "capabilities": {
                "image_input": {"supported": True},
                "thinking": {"supported": True, "types": {"adaptive": {"supported": True}}},
                "effort": {"supported": True, "max": {"supported": True}, "low": {"supported": True}},
            },
        }
        server = Server(
            {
                "GET /anthropic/v1/models?limit=1000": {
                    "data": [first],
                    "has_more": True,
                    "last_id": "claude/opus x",
                },
                "GET /anthropic/v1/models?limit=1000&after_id=claude%2Fopus+x": {
                    "data": [{"id": "claude-haiku-x"}],
                    "has_more": False,
                    "last_id": "claude-haiku-x",
                },
            }
        )
        opus, haiku = models(server, "anthropic", "https://x.example/anthropic")
        assert opus == Model(
            key="claude-opus-x",
            id="claude-opus-x",
            context=1000000,
            output_limit=128000,
            capabilities=("image_in", "thinking", "tool_use"),
            display_name="Claude Opus X",
            support_efforts=("low", "max"),
        )
        assert (haiku.id, haiku.context_known) == ("claude-haiku-x", False)
        headers = server.requests[0].headers
        assert (headers["x-api-key"], headers["anthropic-version"]) == ("k", "2023-06-01")
        assert "Authorization" not in headers

    def test_a_server_that_repeats_itself_is_not_followed_for_ever(self) -> None:
        page = {"data": [{"id": "m"}], "has_more": True, "last_id": "m"}
        answers = {"GET /v1/models?limit=1000": page, "GET /v1/models?limit=1000&after_id=m": page}
        server = Server(answers)
        assert len(models(server, "anthropic", "https://x.example")) == 1
        assert len(server.requests) == 2


class TestPagesOfOtherWires:
    def test_a_list_that_goes_on_is_read_to_its_end(self) -> None:
        server = Server(
            {
                "GET /v1/models": {"data": [{"id": "a"}], "has_more": True, "last_id": "a"},
                "GET /v1/models?after=a": {"data": ["b"], "has_more": True},
                "GET /v1/models?after=b": {"data": ["b", "c"], "has_more": False},
            }
        )
        assert [found.id for found in models(server)] == ["a", "b", "c"]

    def test_a_server_that_always_says_so_is_asked_twice(self) -> None:
        page = {"data": ["a"], "has_more": True}
        server = Server({"GET /v1/models": page, "GET /v1/models?after=a": page})
        assert [found.id for found in models(server)] == ["a"]
        assert len(server.requests) == 2


class TestHeadersOfTheProvider:
    HEADERS: ClassVar = {"x-gateway": "gw-0123456789", "AUTHORIZATION": "Basic b3du"}

    def test_they_are_sent_with_every_question_and_win_over_the_key(self) -> None:
        listed = listing({"id": "m", "owned_by": "llamacpp"})
        server = Server({"GET /v1/models": listed, "GET /props": {}})
        discover(server.client, "openai", BASE, "k", self.HEADERS)
        assert server.asked == ["GET /v1/models", "GET /props"]
        for request in server.requests:
            assert request.headers["X-Gateway"] == "gw-0123456789"
            assert request.headers.get_list("Authorization") == ["Basic b3du"]

    def test_they_never_follow_to_another_origin(self) -> None:
        away = "https://other.example/models"
        server = Server(
            {
                "GET /v1/models": httpx.Response(302, headers={"Location": away}),
                "GET /models": listing({"id": "m"}),
            }
        )
        discover(server.client, "openai", BASE, "k", self.HEADERS)
        assert server.requests[1].url == away
        assert not {"x-gateway", "authorization"} & set(server.requests[1].headers)

    def test_a_refusal_that_quotes_one_is_masked(self) -> None:
        body = {"error": {"message": "no tenant for gw-0123456789"}}
        server = Server({"GET /v1/models": httpx.Response(403, json=body)})
        with pytest.raises(CredentialRefused) as caught:
            discover(server.client, "openai", BASE, "k", self.HEADERS)
        assert "no tenant for" in caught.value.message
        assert "gw-0123456789" not in caught.value.message

    def test_letters_beyond_ascii_are_sent_as_latin_1(self) -> None:
        server = Server({"GET /v1/models": listing({"id": "m"})})
        discover(server.client, "kimi", BASE, "k", {"x-team": "Zürich"})
        assert (b"x-team", "Zürich".encode("latin-1")) in server.requests[0].headers.raw


class TestGoogle:
    def test_pages_and_fields(self) -> None:
        server = Server(
            {
                "GET /v1beta/models?pageSize=1000": {
                    "models": [
                        {
                            "name": "models/gemini-x",
                            "displayName": "Gemini X",
                            "inputTokenLimit": 1048576,
                            "outputTokenLimit": 65536,
                            "supportedGenerationMethods": ["generateContent", "countTokens"],
                            "thinking": True,
                        },
                        {"name": "models/embedding-1", "supportedGenerationMethods": ["embedContent"]},
                    ],
                    "nextPageToken": "t",
                },
                "GET /v1beta/models?pageSize=1000&pageToken=t": {"models": [{"name": "tunedModels/mine"}]},
            }
        )
        gemini, tuned = models(server, "google-genai", "https://x.example/")
        assert (gemini.id, gemini.context, gemini.output_limit) == ("gemini-x", 1048576, 65536)
        assert (gemini.capabilities, gemini.display_name) == (("thinking", "tool_use"), "Gemini X")
        assert tuned.id == "tunedModels/mine"
        assert server.requests[0].headers["x-goog-api-key"] == "k"
        assert "key=" not in str(server.requests[0].url)


class TestFailures:
    def test_vertex_has_no_list(self) -> None:
        with pytest.raises(NotImportable) as caught:
            models(Server({}), "vertexai")
        assert caught.value.reason == "no_listing"
        assert "--model" in (caught.value.hint or "")

    @pytest.mark.parametrize(
        ("status", "advice"),
        [(404, "check --base-url"), (405, "check --base-url"), (429, "try again"), (500, "try again")],
    )
    def test_no_list_there(self, status: int, advice: str) -> None:
        with pytest.raises(FetchFailed) as caught:
            models(Server({"GET /v1/models": httpx.Response(status)}))
        assert caught.value.status == status
        assert caught.value.hint == f"{advice}, or name the models yourself with --model ID[:CONTEXT]"

    @pytest.mark.parametrize(
        ("wire", "path"), [("openai", "/v1/models"), ("anthropic", "/v1/v1/models?limit=1000")]
    )
    def test_a_refused_key_is_not_repeated(self, wire: WireName, path: str) -> None:
        body = {"error": {"message": "Incorrect API key provided: sk-secret-1"}}
        server = Server({f"GET {path}": httpx.Response(401, json=body)})
        with pytest.raises(CredentialRefused) as caught:
            models(server, wire, key="sk-secret-1")
        assert "sk-secret-1" not in f"{caught.value.message} {caught.value.hint}"
        assert "--api-key" in (caught.value.hint or "")

    @pytest.mark.parametrize(
        ("body", "word"), [(b"<!doctype html>", "web page"), (b"pong", "not JSON"), (b"", "not JSON")]
    )
    def test_no_json(self, body: bytes, word: str) -> None:
        with pytest.raises(DocumentInvalid, match=word) as caught:
            models(Server({"GET /v1/models": httpx.Response(200, content=body)}))
        assert "--base-url" in (caught.value.hint or "")

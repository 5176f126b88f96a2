"""What the size of a first turn runs into: found with ``full``, and told by local servers to a small test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.smoke.server_context import is_local
from tests.smoke.server import Chunks, Request, reply
from tests.smoke.test_checks import change, says, smoked

if TYPE_CHECKING:
    from collections.abc import Callable

LIMITED = "max_output_size = 8000"
BIG = 20_000  # bytes of a body that only a full request has


def big_refused(status: str, message: str, **error: Any) -> Callable[[Request], Chunks]:
    def answer(request: Request) -> Chunks:
        if len(json.dumps(request.body)) > BIG:
            return reply(status, {"error": {"message": message, **error}})
        return says()

    return answer


@pytest.mark.parametrize(
    ("status", "said", "message", "hint"),
    [
        (
            "400 Bad Request",
            "the request exceeds the available context size (21283 tokens > 8192 tokens), try increasing it",
            "this server holds 8,192 tokens",
            "start the server with a larger context",
        ),
        (
            "500 Internal Server Error",
            "The number of tokens to keep from the initial prompt is greater than the context length.",
            "more than this server's context holds",
            "start the server with a larger context",
        ),
        (
            "400 Bad Request",
            "This model's maximum context length is 32768 tokens. However, you requested 38628 tokens "
            "(22244 in the messages, 16384 in the completion).",
            "allows 32,768 for prompt and output together",
            'max_output_size = 8192 and max_context_size = 32768 in [models."p/m"]',
        ),
        (
            "413 Too Large",
            "Request too large for model `m` on tokens per minute (TPM): Limit 6000, Requested 21000",
            "6000 tokens a minute",
            "rate limit",
        ),
        ("400 Bad Request", "Too many tools: 25; at most 20", "offers 25 tools", "other than p/m"),
        ("413 Too Large", "Request Entity Too Large", "one of a first turn's size (83 kB) is not", ""),
    ],
)
def test_what_a_full_request_runs_into_is_named(status: str, said: str, message: str, hint: str) -> None:
    model = "max_output_size = 16384" if "16384" in said else LIMITED
    assert smoked(big_refused(status, said), model=model)[0].verdict == "pass"
    result, _ = smoked(big_refused(status, said), size="full", model=model)
    assert result.verdict == "fail"
    assert result.error is not None
    assert message in result.error.message
    assert said in result.error.message
    assert hint in (result.error.hint or "")


def test_a_server_that_breaks_on_a_full_request_alone_leaves_it_open_and_says_so() -> None:
    result, _ = smoked(big_refused("500 Oops", "CUDA out of memory"), size="full", model=LIMITED)
    assert result.verdict == "unknown"
    assert result.error is not None
    assert "a small request is answered" in result.error.message


def test_a_key_that_is_refused_is_no_matter_of_size() -> None:
    result, server = smoked(reply("401 No", {"error": {"message": "bad key"}}), size="full")
    assert result.error is not None
    assert result.error.kind == "auth"
    assert len(server.requests) == 1


@pytest.mark.parametrize("size", ["small", "full"])
def test_the_size_that_was_sent_is_told(size: Any) -> None:
    result, server = smoked(says(), size=size, model=LIMITED)
    assert result.request is not None
    assert result.request.size == size
    assert result.request.bytes == int(server.requests[0].headers["content-length"])


def telling(owner: str, documents: dict[str, Any], **entry: Any) -> Callable[[Request], Chunks]:
    listed = {"data": [{"id": "other"}, {"id": "m", "owned_by": owner, **entry}]}
    known = {"/v1/models": listed, **documents}

    def answer(request: Request) -> Chunks:
        if request.method == "POST" and request.path.endswith("/completions"):
            return says()
        return reply("200 OK", known[request.path]) if request.path in known else reply("404 Not Found")

    return answer


SHOW = {"parameters": "num_ctx                        4096", "model_info": {"llama.context_length": 131_072}}


@pytest.mark.parametrize(
    ("answer", "tokens"),
    [
        (telling("llamacpp", {"/props": {"default_generation_settings": {"n_ctx": 8192}}}), "8,192"),
        (telling("vllm", {}, max_model_len=16_384), "16,384"),
        (telling("organization_owner", {"/api/v0/models": {"data": [{"id": "m", "loaded_context_length": 4096}]}}), "4,096"),
        (telling("library", {"/api/ps": {"models": [{"name": "m", "context_length": 4096}]}}), "4,096"),
        (telling("library", {"/api/show": SHOW}), "4,096"),
    ],
)  # fmt: skip
def test_a_local_server_that_says_that_it_holds_too_little_fails(
    answer: Callable[[Request], Chunks], tokens: str
) -> None:
    result, server = smoked(answer, lists=True, model=LIMITED)
    assert (result.verdict, result.error and result.error.kind) == ("fail", "config")
    assert result.error is not None
    assert f"holds {tokens} tokens" in result.error.message
    assert "larger context" in (result.error.hint or "")
    assert smoked(answer, lists=True, size="least", model=LIMITED)[0].verdict == "pass"
    assert all(request.headers["authorization"] for request in server.requests)


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (telling("vllm", {}, max_model_len=32_768), 'max_output_size = 8192 and max_context_size = 32768 in [models."p/m"]'),
        (telling("llamacpp", {"/props": {"default_generation_settings": {"n_ctx": 32_768}}}), None),
        (telling("elsewhere", {}, max_model_len=32_768), None),
        (telling("library", {"/api/show": {"model_info": {"llama.context_length": 131_072}}}), None),
        (telling("llamacpp", {}), None),
        (lambda _: says(), None),
    ],
)  # fmt: skip
def test_only_servers_that_count_the_output_in_want_room_for_it(
    answer: Callable[[Request], Chunks], line: str | None
) -> None:
    result, _ = smoked(answer, lists=True, model="max_output_size = 16384")
    assert result.verdict == ("pass" if line is None else "fail")
    assert (result.error and str(result.error.hint).partition(" (kimi")[0]) == line
    assert change(result, "text") == (line and "max_output_size = 8192")


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://[::1]/v1", True),
        ("http://192.168.1.7/v1", True),
        ("http://box:1234/v1", True),
        ("http://box.local/v1", True),
        ("https://api.openai.com/v1", False),
        ("https://8.8.8.8/v1", False),
    ],
)
def test_only_local_servers_are_asked(url: str, *, local: bool) -> None:
    assert is_local(url) is local

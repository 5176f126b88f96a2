"""The checks against small servers that do, or claim, one thing or another."""

from __future__ import annotations

import asyncio
import json
import tomllib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from provisioner.kimi_code.view import View
from provisioner.smoke.client import Runtime
from provisioner.smoke.options import Options
from provisioner.smoke.picture import COLOURS, png_of
from provisioner.smoke.report import document
from provisioner.smoke.runner import check_alias
from tests.smoke.server import Chunks, Request, Server, reply, serving, stream
from tests.smoke.streams import BASES, BY_WIRE, CHAT_USAGE, DONE, chunk, config, data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from provisioner.smoke.probe import Size
    from provisioner.smoke.report import AliasResult, Check

USAGE = {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 5}}
COUNTED = {"choices": [], "usage": CHAT_USAGE}


def says(text: str = "Hello", reasoning: str = "", **delta: Any) -> list[bytes | float]:
    pieces = [chunk({"reasoning_content": reasoning})] if reasoning else []
    return stream(data(*pieces, chunk({"content": text, **delta}), chunk(finish="stop"), USAGE) + DONE)


def calls(arguments: str, name: str = "get_time") -> list[bytes | float]:
    call = {"index": 0, "id": "c1", "function": {"name": name, "arguments": arguments}}
    return stream(data(chunk({"tool_calls": [call]}), chunk(finish="tool_calls"), USAGE) + DONE)


def smoked(
    answer: Callable[[Request], Chunks] | Chunks,
    wire: str = "openai",
    *checks: Any,
    size: Size = "small",
    lists: bool = False,
    **more: Any,
) -> tuple[AliasResult, Server]:
    with serving(answer, lists=lists) as server:
        return run(config(wire, server.url + BASES[wire], **more), *checks, size=size), server


def run(
    text: str, *checks: Any, size: Size = "small", timeout_s: float = 10, retries: int = 0
) -> AliasResult:
    runtime = Runtime(lambda _url, timeout: httpx.AsyncClient(timeout=timeout), {}, lambda: 0.0)
    options = Options(("text", *checks), size, timeout_s, retries)
    return asyncio.run(check_alias(runtime, View.of(tomllib.loads(text), runtime.env), "p/m", options))


def found(result: AliasResult, name: str) -> Check:
    return next(check for check in result.checks if check.name == name)


def change(result: AliasResult, name: str) -> str | None:
    changes = found(result, name).changes
    return changes[0].line().partition(" in ")[0] if changes else None


@pytest.mark.parametrize("wire", BASES)
def test_a_good_answer_passes_on_every_wire(wire: str) -> None:
    result, server = smoked(stream(BY_WIRE[wire]), wire, model="max_output_size = 4096")
    assert (result.verdict, result.error) == ("pass", None)
    assert result.answer.text.startswith("Hel")
    assert result.spent == (result.answer.usage,)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("events", "detail"),
    [
        ([chunk({"reasoning_content": "Hm"}), chunk(finish="length"), USAGE], "only thinking"),
        (
            [chunk({"reasoning_content": "Hm"}), chunk({"content": "\n"}), chunk(finish="stop")],
            "only thinking",
        ),
        ([chunk(finish="stop"), USAGE], "nothing came"),
        ([chunk({"content": "No"}), chunk(finish="content_filter"), USAGE], "filtered"),
    ],
)
def test_pass_demands_text_or_a_call_that_is_not_blocked(events: list[Any], detail: str) -> None:
    result, _ = smoked(stream(data(*events) + DONE))
    assert (result.verdict, result.error) == ("fail", None)
    assert detail in found(result, "text").detail


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([chunk({"content": "Hi"}), chunk(finish="stop")], "no_usage"),
        (
            [chunk({"content": "Hi"}), chunk(finish="stop"), {"choices": [], "usage": {"total_tokens": "9"}}],
            "no_usage",
        ),
        ([chunk({"content": "Hi"}), USAGE], "no_finish_reason"),
        ([chunk({"content": "No"}), chunk(finish="error"), USAGE], "odd_finish"),
        ([chunk({"content": "Hi"}), chunk(finish="length"), USAGE], "odd_finish"),
        ([chunk({"content": " "}), chunk(finish="stop"), USAGE], "blank_answer"),
        ([chunk({"thoughts": "hm"}), chunk({"content": "Hi"}), chunk(finish="stop"), USAGE], "reasoning_key"),
    ],
)
def test_what_kimi_code_puts_up_with_passes_with_a_note(events: list[Any], code: str) -> None:
    result, _ = smoked(stream(data(*events) + DONE))
    assert (result.verdict, result.error) == ("pass", None)
    assert [note.code for note in result.notes] == [code]


@pytest.mark.parametrize(
    ("first", "verdict"),
    [
        (reply("500 Oops", {"error": {"message": "blip"}}), "pass"),
        (reply("409 Conflict", {"error": {"message": "blip"}}), "fail"),
        (reply("429 Slow", {"error": {"message": "slow"}}, retry_after="0"), "pass"),
        ([], "pass"),
        (stream(data(chunk(finish="stop"))), "pass"),
        (stream(data({"error": {"message": "x", "type": "server_error"}})), "pass"),
        (reply("500 Oops", {"error": {"message": "insufficient balance"}}), "fail"),
        (reply("501 No", {"error": {"message": "no"}}), "unknown"),
        (stream(data({"error": {"message": "insufficient balance"}})), "fail"),
        (stream(data(chunk(finish="content_filter"))), "fail"),
    ],
)
def test_what_kimi_code_tries_again_is_tried_again(
    first: Chunks, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provisioner.smoke.retry._FIRST_WAIT_S", 0.01)
    asked: list[Request] = []

    def answer(request: Request) -> Chunks:
        asked.append(request)
        return first if len(asked) == 1 else says()

    with serving(answer) as server:
        result = run(config("openai", f"{server.url}/v1"), retries=1)
    assert result.verdict == verdict
    assert [note.code for note in result.notes] == (["retried"] if verdict == "pass" else [])


def test_a_call_is_an_answer_too() -> None:
    assert smoked(calls("{}"))[0].verdict == "pass"


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("401 No", "fail"),
        ("403 No", "fail"),
        ("404 No", "fail"),
        ("429 No", "unknown"),
        ("500 No", "unknown"),
        ("302 No", "unknown"),
    ],
)
def test_what_says_nothing_about_the_alias_is_unknown(status: str, verdict: str) -> None:
    assert smoked(reply(status))[0].verdict == verdict


def refusing(
    said: str, *, least_too: bool = False, least: Chunks | None = None
) -> Callable[[Request], Chunks]:
    def answer(request: Request) -> Chunks:
        if request.method == "GET":
            return reply("404 Not Found")
        if "tools" in request.body or least_too:
            return reply("400 Bad Request", {"error": {"message": said, "type": "invalid_request_error"}})
        return least or says()

    return answer


def test_a_refused_parameter_is_told_by_a_minimal_request() -> None:
    said = "max_tokens is too large: 128000. This model supports at most 8192 completion tokens"
    result, server = smoked(refusing(said))
    assert result.verdict == "fail"
    assert result.error is not None
    assert result.error.kind == "bad_request"
    assert result.error.message.startswith(
        "Kimi Code will ask for 128,000 output tokens, this server allows 8,192"
    )
    line = 'max_output_size = 8192 in [models."p/m"]'
    assert result.error.hint == f"{line} (kimi provider test p/m --fix writes it)"
    assert change(result, "text") == "max_output_size = 8192"
    assert [request.body.keys() >= {"tools", "prompt_cache_key"} for request in server.requests] == [
        True,
        False,
    ]


def test_a_refused_model_behind_a_refused_parameter_comes_out() -> None:
    missing = reply(
        "404 Not Found", {"error": {"message": "The model `m` does not exist", "code": "model_not_found"}}
    )
    result, _ = smoked(refusing("prompt_cache_key: unknown parameter", least=missing))
    assert result.error is not None
    assert result.error.kind == "model_not_found"


def test_when_the_least_is_refused_too_no_parameter_is_blamed() -> None:
    result, server = smoked(refusing("no luck today", least_too=True))
    assert result.error is not None
    assert (result.error.kind, result.error.message) == ("bad_request", "HTTP 400: no luck today")
    assert found(result, "text").changes == ()
    assert len(server.requests) == 2


def test_the_least_request_tries_the_other_limit_name_once() -> None:
    def answer(request: Request) -> Chunks:
        if "max_tokens" in request.body:
            return reply(
                "400 Bad Request",
                {"error": {"message": "'max_tokens' is not supported, use 'max_completion_tokens'"}},
            )
        return says()

    result, server = smoked(answer, size="least")
    assert result.verdict == "pass"
    assert "max_completion_tokens" in server.requests[1].body
    failed, server = smoked(answer)
    assert failed.verdict == "fail"
    assert "wants max_completion_tokens" in str(failed.error)
    assert len(server.requests) == 3


def test_minimal_sends_only_the_least() -> None:
    _, server = smoked(says(), size="least")
    assert server.requests[0].body.keys() == {"model", "messages", "stream", "stream_options", "max_tokens"}


def test_a_key_that_is_echoed_is_masked_everywhere() -> None:
    key = "sk-0123456789abcdef"
    result, _ = smoked(
        reply("401 Unauthorized", {"error": {"message": f"bad key {key}", "type": key, "code": key}})
    )
    assert key not in repr(result)
    assert "sk-•••cdef" in str(result.error)
    result, _ = smoked(
        says(f"your key is {key[:9]}", tool_calls=[{"index": 0, "function": {"name": "f", "arguments": key}}])
    )
    assert key not in repr(result)
    split = stream(
        data(chunk({"content": key[:8]}), chunk({"content": key[8:]}), chunk(finish="stop"), USAGE) + DONE
    )
    assert smoked(split)[0].answer.text == "sk-•••cdef"


def test_characters_cut_in_half_are_made_whole_and_halves_alone_are_replaced() -> None:
    raw = b'data: {"choices": [{"delta": {"content": "%s"}, "finish_reason": %s}]}\n\n'
    body = raw % (rb"\ud83d", b"null") + raw % (rb"\ude00 \ud83d", b'"st\\udc00op"') + data(USAGE)
    result, _ = smoked(stream(body))
    assert (result.answer.text, result.answer.finish_raw) == ("\U0001f600 \ufffd", "st\ufffdop")
    assert json.dumps(document(result), ensure_ascii=False).encode()
    error = rb'{"error": {"message": "bad \ud800"}}'
    assert "bad \ufffd" in str(smoked(reply("400 Bad", error))[0].error)


def test_a_registrys_token_is_not_in_the_result() -> None:
    source = 'source = {kind = "apiJson", url = "http://r", apiKey = "tok-0123456789"}'
    result, _ = smoked(says(), provider=source)
    assert result.source == {}


@pytest.mark.parametrize(
    ("error", "in_stream", "in_json", "hint"),
    [
        (
            {"message": "Incorrect API key provided", "code": "invalid_api_key"},
            "stream_error",
            "auth",
            "correct api_key in [providers.p]",
        ),
        (
            {"message": "x", "code": "insufficient_quota"},
            "quota",
            "quota",
            "top up the account of provider p, then kimi provider test p/m",
        ),
        (
            {"message": "The model `m` does not exist"},
            "stream_error",
            "model_not_found",
            'correct model in [models."p/m"]',
        ),
        (
            {"message": "tools are not supported"},
            "stream_error",
            "bad_request",
            "choose a model, or a provider of it, that takes tools: Kimi Code sends them with every request",
        ),
        ({"message": "boom"}, "stream_error", "stream_error", "kimi provider test p/m"),
    ],
)
def test_an_error_inside_a_200_is_advised_on_by_its_words(
    error: dict[str, str], in_stream: str, in_json: str, hint: str
) -> None:
    for answer, kind in (
        (stream(data({"error": error})), in_stream),
        (reply("200 OK", {"error": error}), in_json),
    ):
        found = smoked(answer)[0].error
        assert found is not None
        assert (found.kind, found.hint) == (kind, hint)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"base_resp": {"status_code": 1004, "status_msg": "login fail"}}, "auth"),
        ({"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}, "quota"),
        ({"error_code": 110, "error_msg": "Access token invalid or no longer valid"}, "auth"),
        ({"code": 500, "msg": "404 NOT_FOUND", "success": False}, "stream_error"),
        ({"choices": [], "message": "x"}, "stream_error"),
        ({"choices": [{"message": {"content": "Hi"}}], "base_resp": {"status_code": 0}}, "not_sse"),
        ({"message": {"role": "assistant", "content": "Hi"}, "done": True}, "not_sse"),
    ],
)
def test_errors_that_come_as_a_success_in_any_form(body: dict[str, Any], kind: str) -> None:
    found = smoked(reply("200 OK", body))[0].error
    assert found is not None
    assert found.kind == kind


def test_retry_after_is_heeded_as_long_as_there_is_time() -> None:
    answers = iter([reply("429 Slow", retry_after_ms="50"), reply("503 Busy", retry_after_ms="50"), says()])
    with serving(lambda _: next(answers)) as server:
        result = run(config("openai", f"{server.url}/v1"), retries=2)
    assert (result.verdict, len(server.requests)) == ("pass", 3)
    result, server = smoked(reply("429 Slow", retry_after="3600"))
    assert (result.verdict, len(server.requests)) == ("unknown", 1)
    assert result.error is not None
    assert result.error.retry_after_s == 3600


def tool_server(first: Chunks, second: Chunks) -> Callable[[Request], Chunks]:
    def answer(request: Request) -> Chunks:
        if any(message["role"] == "tool" for message in request.body["messages"]):
            return second
        return first if "get_time" in str(request.body["messages"]) else says()

    return answer


CLAIMS = 'capabilities = ["tool_use"]'
GOOD_CALL = calls('{"city": "Paris"}')


def test_tools_called_fitted_and_answered() -> None:
    result, server = smoked(tool_server(GOOD_CALL, says("It is 14:37.")), "openai", "tools", model=CLAIMS)
    assert (result.verdict, found(result, "tools").verdict) == ("pass", "pass")
    sent = server.requests[-1].body["messages"]
    assert sent[-2]["tool_calls"][0]["function"]["arguments"] == '{"city": "Paris"}'
    assert (sent[-1]["tool_call_id"], "14:37" in sent[-1]["content"]) == ("c1", True)


@pytest.mark.parametrize(
    ("first", "second", "verdict", "detail"),
    [
        (says("It is noon."), says(), "fail", "in words"),
        (calls('{"city": '), says(), "fail", "not JSON"),
        (calls('{"town": "Paris"}'), says(), "fail", "fit its schema"),
        (calls('{"city": 7}'), says(), "fail", "fit its schema"),
        (calls("{}", name="other"), says(), "fail", "where 'get_time' was asked for"),
        (GOOD_CALL, reply("400 Bad", {"error": {"message": "no tool results"}}), "fail", "refused"),
        (GOOD_CALL, says(""), "fail", "no answer"),
        (GOOD_CALL, says("No idea."), "unknown", "does not use"),
        (GOOD_CALL, reply("500 Oops"), "unknown", "500"),
        (reply("503 Busy"), says(), "unknown", "503"),
    ],
)
def test_a_claim_to_tools_that_does_not_hold(
    first: Chunks, second: Chunks, verdict: str, detail: str
) -> None:
    result, _ = smoked(tool_server(first, second), "openai", "tools", model=CLAIMS)
    assert (result.verdict, found(result, "tools").verdict) == (verdict, verdict)
    assert detail in found(result, "tools").detail
    assert change(result, "tools") is None


def test_what_the_file_claims_of_tools_does_not_matter() -> None:
    result, _ = smoked(tool_server(GOOD_CALL, says("14:37")), "openai", "tools", model="capabilities = []")
    assert (result.verdict, change(result, "tools")) == ("pass", None)
    result, _ = smoked(tool_server(says(), says()), "openai", "tools", model="capabilities = []")
    assert (result.verdict, change(result, "tools")) == ("fail", None)


def test_calls_that_kimi_code_would_glue_together_fail() -> None:
    call = {"index": 0, "id": "c1", "function": {"name": "get_time", "arguments": '{"city": "Paris"}'}}
    other = {**call, "index": None}
    twice = stream(
        data(chunk({"tool_calls": [call]}), chunk({"tool_calls": [call]}), chunk(finish="tool_calls"))
    )
    del other["index"]
    apart = stream(
        data(chunk({"tool_calls": [other]}), chunk({"tool_calls": [other]}), chunk(finish="tool_calls"))
    )
    for first, verdict in ((twice, "fail"), (apart, "pass")):
        result, _ = smoked(tool_server(first, says("14:37")), "openai", "tools")
        assert found(result, "tools").verdict == verdict


@pytest.mark.parametrize(("name", "line"), [("gpt-4o-mini", None), ("other", "capabilities = []")])
def test_no_line_is_offered_against_what_the_name_gives(name: str, line: str | None) -> None:
    blind = seeing(lambda _: "I cannot see pictures.")
    result, _ = smoked(blind, "openai", "vision", model='capabilities = ["image_in"]', name=name)
    assert (found(result, "vision").verdict, change(result, "vision")) == ("fail", line)


def filming(describe: Callable[[str], str]) -> Callable[[Request], Chunks]:
    """Takes an upload, and describes its colour to who names it."""
    colour = ""

    def answer(request: Request) -> Chunks:
        nonlocal colour
        if request.path == "/v1/files":
            assert b'name="purpose"\r\n\r\nvideo' in request.body
            pixel = request.body.partition(b"00db")[2][4:7]
            colour = next(name for name, rgb in COLOURS.items() if bytes(reversed(rgb)) == pixel)
            return reply("200 OK", {"id": "f1"})
        if request.method == "DELETE":
            return reply("200 OK", {"deleted": True})
        shown = "ms://f1" in str(request.body)
        return says(describe(colour) if shown else "Hi")

    return answer


@pytest.mark.parametrize(
    ("describe", "capabilities", "verdict", "line"),
    [
        (str, ["video_in"], "pass", None),
        (lambda _: "a cat", ["video_in"], "fail", "capabilities = []"),
        (lambda _: "a cat", ["x"], "pass", None),
        (str, ["x"], "pass", 'capabilities = ["x", "video_in"]'),
    ],
)
def test_video(
    describe: Callable[[str], str], capabilities: list[str], verdict: str, line: str | None
) -> None:
    result, server = smoked(filming(describe), "kimi", "video", model=f"capabilities = {capabilities}")
    assert (found(result, "video").verdict, change(result, "video")) == (verdict, line)
    assert (server.requests[-1].method, server.requests[-1].path) == ("DELETE", "/v1/files/f1")


def test_a_video_that_cannot_be_uploaded_and_a_wire_without_uploads() -> None:
    def answer(request: Request) -> Chunks:
        return reply("403 No", {"error": {"message": "no files"}}) if "files" in request.path else says()

    result, _ = smoked(answer, "kimi", "video", model='capabilities = ["video_in"]')
    assert found(result, "video").verdict == "fail"
    assert found(smoked(says(), "openai", "video")[0], "video").verdict == "skipped"


def thinker(*, on: bool, off: bool, refuses_off: bool = False) -> Callable[[Request], Chunks]:
    def answer(request: Request) -> Chunks:
        enabled = request.body.get("thinking", {}).get("type") == "enabled"
        if not enabled and refuses_off and "train" in str(request.body):
            return reply("400 Bad", {"error": {"message": "thinking cannot be disabled"}})
        return says(reasoning="Hm." if (on if enabled else off) else "")

    return answer


@pytest.mark.parametrize(
    ("answer", "capabilities", "verdict", "line"),
    [
        (thinker(on=True, off=False), ["thinking"], "pass", None),
        (thinker(on=True, off=True), ["thinking", "x"], "fail", 'capabilities = ["x", "always_thinking"]'),
        (
            thinker(on=True, off=True, refuses_off=True),
            ["thinking"],
            "fail",
            'capabilities = ["always_thinking"]',
        ),
        (thinker(on=True, off=True), ["always_thinking"], "pass", None),
        (thinker(on=False, off=False), ["x", "thinking"], "fail", 'capabilities = ["x"]'),
        (thinker(on=False, off=False), ["x"], "pass", None),
        (thinker(on=True, off=True), ["x"], "pass", 'capabilities = ["x", "thinking"]'),
    ],
)
def test_thinking(
    answer: Callable[[Request], Chunks], capabilities: list[str], verdict: str, line: str | None
) -> None:
    result, _ = smoked(answer, "kimi", "thinking", model=f"capabilities = {capabilities}")
    assert (found(result, "thinking").verdict, change(result, "thinking")) == (verdict, line)


def test_thinking_that_is_only_counted_is_seen() -> None:
    counted = stream(data(chunk({"content": "Hello"}), chunk(finish="stop"), COUNTED) + DONE)
    result, _ = smoked(counted, "openai", "thinking", model='capabilities = ["thinking"]')
    assert found(result, "thinking").verdict == "pass"


def seeing(describe: Callable[[str], str]) -> Callable[[Request], Chunks]:
    import base64

    pictures = {base64.b64encode(png_of(colour)).decode(): colour for colour in COLOURS}

    def answer(request: Request) -> Chunks:
        shown = next((colour for picture, colour in pictures.items() if picture in str(request.body)), None)
        return says() if shown is None else says(describe(shown))

    return answer


@pytest.mark.parametrize(
    ("describe", "capabilities", "verdict", "line"),
    [
        (str, ["image_in"], "pass", None),
        (lambda colour: f"It is {colour.upper()}.", ["image_in"], "pass", None),
        (lambda _: "I cannot see pictures.", ["x", "image_in"], "fail", 'capabilities = ["x"]'),
        (lambda _: "red, green, blue, yellow, black or white", ["image_in"], "fail", "capabilities = []"),
        (lambda _: "I cannot see pictures.", ["x"], "pass", None),
        (str, ["x"], "pass", 'capabilities = ["x", "image_in"]'),
    ],
)
def test_vision(
    describe: Callable[[str], str], capabilities: list[str], verdict: str, line: str | None
) -> None:
    result, server = smoked(seeing(describe), "openai", "vision", model=f"capabilities = {capabilities}")
    assert (found(result, "vision").verdict, change(result, "vision")) == (verdict, line)
    assert len(server.requests) <= 3


def test_one_colour_for_all_pictures_is_a_guess() -> None:
    result, _ = smoked(seeing(lambda _: "blue"), "openai", "vision", model='capabilities = ["image_in"]')
    assert found(result, "vision").verdict == "fail"


def test_after_a_failed_text_check_nothing_more_is_asked() -> None:
    result, server = smoked(reply("401 No"), "openai", "tools", "thinking", "vision")
    assert [check.verdict for check in result.checks] == ["fail", "skipped", "skipped", "skipped"]
    assert len(server.requests) == 1


@contextmanager
def thresholds(**limits: float) -> Iterator[list[tuple[str, str]]]:
    slow = stream(
        0.2,
        data(chunk({"content": "a"})),
        0.1,
        data(chunk({"content": "b"})),
        0.1,
        data(chunk({"content": "c"})),
        0.1,
        data(chunk({"content": "d"}), chunk(finish="stop"), USAGE) + DONE,
    )
    with serving(slow) as server:
        runtime = Runtime(lambda _url, timeout: httpx.AsyncClient(timeout=timeout), {}, lambda: 0.0)
        options = Options(**limits)  # type: ignore[arg-type]  # only numbers are given
        result = asyncio.run(
            check_alias(
                runtime, View.of(tomllib.loads(config("openai", f"{server.url}/v1")), {}), "p/m", options
            )
        )
        yield [(check.name, check.verdict) for check in result.checks[1:]]


def test_thresholds() -> None:
    with thresholds(max_ttft_s=60, min_tps=0.1) as checks:
        assert checks == [("max_ttft", "pass"), ("min_tps", "pass")]
    with thresholds(max_ttft_s=0.1, min_tps=9000) as checks:
        assert checks == [("max_ttft", "fail"), ("min_tps", "fail")]


def test_a_rate_that_is_not_known_is_not_passed() -> None:
    with serving(says()) as server:
        runtime = Runtime(lambda _url, timeout: httpx.AsyncClient(timeout=timeout), {}, lambda: 0.0)
        options = Options(min_tps=1)
        result = asyncio.run(
            check_alias(
                runtime, View.of(tomllib.loads(config("openai", f"{server.url}/v1")), {}), "p/m", options
            )
        )
    assert (result.verdict, found(result, "min_tps").verdict) == ("unknown", "unknown")


def test_nothing_is_sent_for_what_cannot_be_sent() -> None:
    result = run(config("openai", "ftp://h"))
    assert (result.verdict, result.error and result.error.kind, result.url) == ("fail", "config", None)
    assert result.provider == "p"


def test_a_deadline_holds_for_all_requests_together() -> None:
    with serving(lambda _: stream(5.0)) as server:
        result = run(config("openai", f"{server.url}/v1"), "tools", "vision", timeout_s=0.4)
    assert result.error is not None
    assert result.error.kind == "timeout"

"""A plain client for each wire, so that a test can say the same thing on all six."""

from __future__ import annotations

import base64
import functools
import json
import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

    from provisioner.demo.server import Demo

WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
    "required": ["city", "days"],
}


# Plain HTTP needs no certificates, and reading them takes longer than most of these tests.
get = functools.partial(httpx.get, verify=False, timeout=20)
post = functools.partial(httpx.post, verify=False, timeout=20)


@dataclass
class Heard:
    """What came back, in the same words for every wire."""

    status: int = 200
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    body: bytes = b""
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    tool: str = ""
    arguments: list[str] = field(default_factory=list)
    finish: str = ""
    spent: tuple[int, int] = (0, 0)  # tokens in and out, reasoning included
    thoughts: int = 0
    turns: list[dict[str, Any]] = field(default_factory=list)  # what to send back with a tool's result

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def said(self) -> str:
        return "".join(self.text)

    @property
    def call(self) -> Any:
        return json.loads("".join(self.arguments))


def png(colour: tuple[int, int, int], size: int = 8) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(colour) * size) * size
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def events(body: bytes, end: bytes) -> list[dict[str, Any]]:
    """The JSON of every event, of which each must be framed exactly as the wire does."""
    assert body.endswith(end * 2)
    found = []
    for block in body[: -2 * len(end)].split(end * 2):
        *names, data = block.split(end)
        if data == b"data: [DONE]":
            found.append({"done": True})
            continue
        event = json.loads(data.removeprefix(b"data: "))
        if names:
            assert names == [b"event: " + event["type"].encode()]
        found.append(event)
    return found


@dataclass(frozen=True)
class Speaker:
    """One wire: where to send, what, and how to read the answer."""

    wire: str
    path: Callable[[str], str]
    headers: Callable[[str], dict[str, str]]
    ask: Callable[..., dict[str, Any]]
    hear: Callable[[Heard], None]
    listing: str

    def post(
        self, demo: Demo, body: Any, *, model: str = "echo", key: str | None = None, **extra: str
    ) -> Heard:
        """Send ``body``, and read the answer if it is a stream."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = self.headers(demo.model_key if key is None else key) | {"content-type": "application/json"}
        reply = post(demo.url + self.path(model), content=content, headers=headers | extra)
        heard = Heard(reply.status_code, reply.headers, reply.content)
        if reply.headers["content-type"].startswith("text/event-stream"):
            self.hear(heard)
        return heard

    def say(self, demo: Demo, prompt: str, *, model: str = "echo", **how: Any) -> Heard:
        """Say it as ``ask`` words it."""
        return self.post(demo, self.ask(prompt, model=model, **how), model=model)


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def _ask_chat(
    prompt: str,
    *,
    model: str = "echo",
    tool: bool = False,
    limit: int | None = None,
    think: bool = False,
    image: bytes | None = None,
    after: Heard | None = None,
    stream: bool = True,
) -> dict[str, Any]:
    content: Any = prompt
    if image:
        url = "data:image/png;base64," + base64.b64encode(image).decode()
        content = [{"type": "text", "text": prompt}, {"type": "image_url", "image_url": {"url": url}}]
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": "user", "content": content}],
        "stream": stream,
    }
    if stream:
        body["stream_options"] = {"include_usage": True}
    if tool:
        body["tools"] = [{"type": "function", "function": {"name": "get_weather", "parameters": WEATHER}}]
    if limit is not None:
        body["max_completion_tokens"] = limit
    if not think:
        body |= {"thinking": {"type": "disabled"}}
    if after:
        body["messages"] += [
            *after.turns,
            {"role": "tool", "tool_call_id": after.turns[0]["tool_calls"][0]["id"], "content": "12 degrees"},
        ]
    return body


def _ask_openai(prompt: str, *, think: bool = False, **how: Any) -> dict[str, Any]:
    body = _ask_chat(prompt, think=True, **how)
    return body if think or body["model"] != "thinker" else body | {"reasoning_effort": "none"}


def _hear_chat(heard: Heard) -> None:
    *chunks, usage, done = events(heard.body, b"\n")
    assert done == {"done": True}
    assert usage["choices"] == []
    call: dict[str, Any] = {}
    for chunk in chunks:
        choice = chunk["choices"][0]
        delta = choice["delta"]
        heard.text += [delta["content"]] if delta.get("content") else []
        heard.reasoning += [delta["reasoning_content"]] if "reasoning_content" in delta else []
        for piece in delta.get("tool_calls", []):
            call = call or piece
            heard.arguments += [piece["function"]["arguments"]]
        heard.finish = choice["finish_reason"] or heard.finish
    heard.spent = usage["usage"]["prompt_tokens"], usage["usage"]["completion_tokens"]
    heard.thoughts = usage["usage"]["completion_tokens_details"]["reasoning_tokens"]
    if call:
        heard.tool = call["function"]["name"]
        function = {"name": heard.tool, "arguments": "".join(heard.arguments)}
        turn = {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": call["id"], "type": "function", "function": function}],
        }
        heard.turns = [turn | ({"reasoning_content": "".join(heard.reasoning)} if heard.reasoning else {})]


def _ask_responses(
    prompt: str,
    *,
    model: str = "echo",
    tool: bool = False,
    limit: int | None = None,
    think: bool = False,
    image: bytes | None = None,
    after: Heard | None = None,
    stream: bool = True,
) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "input_text", "text": prompt}]
    if image:
        url = "data:image/png;base64," + base64.b64encode(image).decode()
        content.append({"type": "input_image", "image_url": url})
    body: dict[str, Any] = {
        "model": model,
        "input": [{"role": "user", "content": content}],
        "stream": stream,
        "store": False,
    }
    if tool:
        body["tools"] = [{"type": "function", "name": "get_weather", "parameters": WEATHER}]
    if limit is not None:
        body["max_output_tokens"] = limit
    if model == "thinker":
        body["reasoning"] = {"effort": "low", "summary": "auto"} if think else {"effort": "none"}
    if after:
        result = {
            "type": "function_call_output",
            "call_id": after.turns[-1]["call_id"],
            "output": "12 degrees",
        }
        body["input"] += [*after.turns, result]
    return body


def _hear_responses(heard: Heard) -> None:
    found = events(heard.body, b"\n")
    assert [event["sequence_number"] for event in found] == list(range(len(found)))
    for event in found:
        match event["type"]:
            case "response.output_text.delta":
                heard.text.append(event["delta"])
            case "response.reasoning_summary_text.delta":
                heard.reasoning.append(event["delta"])
            case "response.function_call_arguments.delta":
                heard.arguments.append(event["delta"])
            case "response.completed" | "response.incomplete":
                response = event["response"]
                reason = (response["incomplete_details"] or {}).get("reason")
                heard.finish = reason or response["status"]
                usage = response["usage"]
                heard.spent = usage["input_tokens"], usage["output_tokens"]
                heard.thoughts = usage["output_tokens_details"]["reasoning_tokens"]
                heard.turns = response["output"]
    calls = [item for item in heard.turns if item["type"] == "function_call"]
    heard.tool = calls[0]["name"] if calls else ""


def _ask_messages(
    prompt: str,
    *,
    model: str = "echo",
    tool: bool = False,
    limit: int | None = None,
    think: bool = False,
    image: bytes | None = None,
    after: Heard | None = None,
    stream: bool = True,
) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "text", "text": prompt}]
    if image:
        source = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(image).decode()}
        content.insert(0, {"type": "image", "source": source})
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": 4096 if limit is None else limit,
        "messages": [{"role": "user", "content": content}],
        "stream": stream,
    }
    if tool:
        body["tools"] = [{"name": "get_weather", "input_schema": WEATHER}]
    if think:
        body["thinking"] = {"type": "enabled", "budget_tokens": 1024}
    if after:
        result = {"type": "tool_result", "tool_use_id": after.turns[-1]["id"], "content": "12 degrees"}
        body["messages"] += [
            {"role": "assistant", "content": after.turns},
            {"role": "user", "content": [result]},
        ]
    return body


def _hear_messages(heard: Heard) -> None:
    found = events(heard.body, b"\n")
    assert (found[0]["type"], found[-1]["type"]) == ("message_start", "message_stop")
    assert {"type": "ping"} in found
    for event in found:
        match event["type"]:
            case "content_block_start":
                heard.turns.append(dict(event["content_block"]))
            case "content_block_delta":
                delta, block = event["delta"], heard.turns[event["index"]]
                match delta["type"]:
                    case "text_delta":
                        heard.text.append(delta["text"])
                        block["text"] += delta["text"]
                    case "thinking_delta":
                        heard.reasoning.append(delta["thinking"])
                        block["thinking"] += delta["thinking"]
                    case "signature_delta":
                        block["signature"] += delta["signature"]
                    case "input_json_delta":
                        heard.arguments.append(delta["partial_json"])
            case "message_delta":
                heard.finish = event["delta"]["stop_reason"]
                usage = event["usage"]
                heard.spent = usage["input_tokens"], usage["output_tokens"]
                heard.thoughts = usage["output_tokens_details"]["thinking_tokens"]
    for block in heard.turns:
        if block["type"] == "tool_use":
            heard.tool = block["name"]
            block["input"] = heard.call


def _ask_google(
    prompt: str,
    *,
    model: str = "echo",
    tool: bool = False,
    limit: int | None = None,
    think: bool = False,
    image: bytes | None = None,
    after: Heard | None = None,
    stream: bool = True,  # stands in the path
) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"text": prompt}]
    if image:
        parts.append({"inlineData": {"mimeType": "image/png", "data": base64.b64encode(image).decode()}})
    settings: dict[str, Any] = {} if limit is None else {"maxOutputTokens": limit}
    if model == "thinker":
        settings["thinkingConfig"] = {"includeThoughts": True} if think else {"thinkingBudget": 0}
    body: dict[str, Any] = {"contents": [{"role": "user", "parts": parts}], "generationConfig": settings}
    if tool:
        body["tools"] = [{"functionDeclarations": [{"name": "get_weather", "parametersJsonSchema": WEATHER}]}]
    if after:
        result = {"functionResponse": {"name": after.tool, "response": {"output": "12 degrees"}}}
        body["contents"] += [
            {"role": "model", "parts": after.turns},
            {"role": "user", "parts": [result]},
        ]
    return body


def _hear_google(heard: Heard) -> None:
    for chunk in events(heard.body, b"\r\n"):
        candidate = chunk["candidates"][0]
        for part in candidate["content"]["parts"]:
            heard.turns.append(part)
            if "functionCall" in part:
                heard.tool = part["functionCall"]["name"]
                heard.arguments = [json.dumps(part["functionCall"]["args"])]
            elif part["text"]:
                (heard.reasoning if part.get("thought") else heard.text).append(part["text"])
        heard.finish = candidate.get("finishReason", heard.finish)
        usage = chunk["usageMetadata"]
        heard.thoughts = usage.get("thoughtsTokenCount", 0)
        heard.spent = usage["promptTokenCount"], usage["candidatesTokenCount"] + heard.thoughts


SPEAKERS = {
    one.wire: one
    for one in (
        Speaker(
            "kimi", lambda _: "/kimi/v1/chat/completions", bearer, _ask_chat, _hear_chat, "/kimi/v1/models"
        ),
        Speaker(
            "openai",
            lambda _: "/openai/v1/chat/completions",
            bearer,
            _ask_openai,
            _hear_chat,
            "/openai/v1/models",
        ),
        Speaker(
            "openai_responses",
            lambda _: "/responses/v1/responses",
            bearer,
            _ask_responses,
            _hear_responses,
            "/responses/v1/models",
        ),
        Speaker(
            "anthropic",
            lambda _: "/anthropic/v1/messages?beta=true",
            lambda key: {"x-api-key": key, "anthropic-version": "2023-06-01"},
            _ask_messages,
            _hear_messages,
            "/anthropic/v1/models",
        ),
        Speaker(
            "google-genai",
            lambda model: f"/google/v1beta/models/{model}:streamGenerateContent?alt=sse",
            lambda key: {"x-goog-api-key": key},
            _ask_google,
            _hear_google,
            "/google/v1beta/models",
        ),
        Speaker(
            "vertexai",
            lambda model: (
                f"/vertex/v1beta1/projects/p/locations/global/publishers/google/models/{model}"
                ":streamGenerateContent?alt=sse"
            ),
            bearer,
            _ask_google,
            _hear_google,
            "/vertex/v1beta1/publishers/google/models",
        ),
    )
}

"""Small streams of every wire, built as servers build them, and what each means."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from provisioner.smoke.wires.chat_reader import ChatReader
from provisioner.smoke.wires.google_reader import GoogleReader
from provisioner.smoke.wires.messages_reader import MessagesReader
from provisioner.smoke.wires.responses_reader import ResponsesReader

if TYPE_CHECKING:
    from provisioner.smoke.wires.reader import Reader

DONE = b"data: [DONE]\n\n"


def data(*values: Any, end: str = "\n") -> bytes:
    """``data:`` events without names."""
    return "".join(f"data: {json.dumps(value, ensure_ascii=False)}{end}{end}" for value in values).encode()


def named(*values: dict[str, Any]) -> bytes:
    """Events that repeat their ``type`` as the event's name."""
    return "".join(f"event: {value['type']}\ndata: {json.dumps(value)}\n\n" for value in values).encode()


def chunk(delta: dict[str, Any] | None = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta or {}, "finish_reason": finish}
    return {"id": "c1", "object": "chat.completion.chunk", "model": "m", "choices": [choice], **more}


CHAT_USAGE = {
    "prompt_tokens": 7,
    "completion_tokens": 5,
    "completion_tokens_details": {"reasoning_tokens": 2},
}
CHAT = (
    data(
        chunk({"role": "assistant", "content": ""}),
        chunk({"reasoning_content": "Hm, "}),
        chunk({"reasoning_content": "ünïcödé \u2028 "}),
        chunk({"content": "Hel"}),
        chunk({"content": "lo \u0085 there"}),
        chunk(finish="stop"),
        {"id": "c1", "choices": [], "usage": CHAT_USAGE},
    )
    + DONE
)

MESSAGES = named(
    {"type": "message_start", "message": {"id": "m1", "usage": {"input_tokens": 7, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Hm."}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "c2ln"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "ping"},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "Hel"}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "lo"}},
    {"type": "content_block_stop", "index": 1},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}},
    {"type": "message_stop"},
)

RESPONSES = named(
    {"type": "response.created", "response": {"id": "r1", "status": "in_progress"}},
    {"type": "response.output_item.added", "output_index": 0, "item": {"type": "reasoning", "id": "rs1"}},
    {"type": "response.reasoning_summary_text.delta", "output_index": 0, "delta": "Hm."},
    {"type": "response.output_text.delta", "output_index": 1, "delta": "Hel"},
    {"type": "response.output_text.delta", "output_index": 1, "delta": "lo"},
    {"type": "response.output_text.done", "output_index": 1, "text": "Hello"},
    {
        "type": "response.completed",
        "response": {
            "status": "completed",
            "usage": {
                "input_tokens": 7,
                "output_tokens": 5,
                "output_tokens_details": {"reasoning_tokens": 2},
            },
        },
    },
)

GOOGLE = data(
    {"candidates": [{"content": {"role": "model", "parts": [{"text": "Hm.", "thought": True}]}}]},
    {"candidates": [{"content": {"parts": [{"text": "Hel"}]}}], "usageMetadata": {"promptTokenCount": 7}},
    {
        "candidates": [{"content": {"parts": [{"text": "lo"}]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 3, "thoughtsTokenCount": 2},
    },
    end="\r\n",
)

STREAMS: dict[str, tuple[type[Reader], bytes]] = {
    "chat": (ChatReader, CHAT),
    "messages": (MessagesReader, MESSAGES),
    "responses": (ResponsesReader, RESPONSES),
    "google": (GoogleReader, GOOGLE),
}


def config(
    wire: str, base_url: str, *, provider: str = "", model: str = "", name: str = "m", rest: str = ""
) -> str:
    """A config.toml with the alias ``p/m``; it is the default model too."""
    if wire == "vertexai":
        model = f'protocol = "google-genai"\n{model}'
    return (
        f'default_model = "p/m"\n{rest}\n[providers.p]\ntype = "{wire}"\nbase_url = "{base_url}"\napi_key = "sk-0123456789abcdef"\n{provider}\n'
        f'[models."p/m"]\nprovider = "p"\nmodel = "{name}"\nmax_context_size = 128000\n{model}\n'
    )


BASES = {
    "kimi": "/v1",
    "openai": "/v1",
    "openai_responses": "/v1",
    "anthropic": "",
    "google-genai": "",
    "vertexai": "",
}
BY_WIRE = {
    "kimi": CHAT,
    "openai": CHAT,
    "openai_responses": RESPONSES,
    "anthropic": MESSAGES,
    "google-genai": GOOGLE,
    "vertexai": GOOGLE,
}

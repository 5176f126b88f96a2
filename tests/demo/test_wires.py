"""The same conversation on every wire: streamed deltas, thinking, tools, pictures, limits, usage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema
import pytest

from tests.demo.speak import SPEAKERS, WEATHER, Speaker, bearer, get, png, post

if TYPE_CHECKING:
    from provisioner.demo.server import Demo

STOP = dict.fromkeys(("kimi", "openai"), "stop") | {
    "openai_responses": "completed",
    "anthropic": "end_turn",
    "google-genai": "STOP",
    "vertexai": "STOP",
}
LENGTH = dict.fromkeys(("kimi", "openai"), "length") | {
    "openai_responses": "max_output_tokens",
    "anthropic": "max_tokens",
    "google-genai": "MAX_TOKENS",
    "vertexai": "MAX_TOKENS",
}
TOOL = STOP | {"kimi": "tool_calls", "openai": "tool_calls", "anthropic": "tool_use"}


def test_text_comes_in_pieces_with_a_finish_and_usage(demo: Demo, speaker: Speaker) -> None:
    heard = speaker.say(demo, "say hi")
    assert heard.headers["transfer-encoding"] == "chunked"
    assert heard.said.endswith('You wrote: "say hi"')
    assert heard.reasoning == []
    assert heard.finish == STOP[speaker.wire]
    assert heard.spent[0] > 0
    assert heard.spent[1] == len(heard.text) > 10


def test_a_model_that_can_think_does_so_when_asked(demo: Demo, speaker: Speaker) -> None:
    heard = speaker.say(demo, "say hi", model="thinker", think=True)
    assert "".join(heard.reasoning).startswith("The prompt has 2 words.")
    assert heard.said.startswith("Hi!")
    assert heard.thoughts == len(heard.reasoning)
    assert heard.spent[1] == len(heard.text) + len(heard.reasoning)


def test_thinking_can_be_switched_off(demo: Demo, speaker: Speaker) -> None:
    heard = speaker.say(demo, "say hi", model="thinker")
    assert heard.reasoning == []
    assert heard.thoughts == 0
    assert heard.spent[1] == len(heard.text)


@pytest.mark.parametrize(("model", "think"), [("echo", False), ("thinker", True)])
def test_a_tool_is_called_and_its_result_is_used(
    demo: Demo, speaker: Speaker, model: str, think: bool
) -> None:
    prompt = "Use get_weather for Paris, 3 days."
    heard = speaker.say(demo, prompt, model=model, think=think, tool=True)
    assert heard.finish == TOOL[speaker.wire]
    assert heard.tool == "get_weather"
    assert heard.call == {"city": "Paris", "days": 3}
    jsonschema.validate(heard.call, WEATHER)
    if speaker.wire not in ("google-genai", "vertexai"):
        assert len(heard.arguments) > 3  # in pieces; Google's are whole
    answer = speaker.say(demo, prompt, model=model, think=think, tool=True, after=heard)
    assert "12 degrees" in answer.said
    assert answer.tool == ""
    assert answer.finish == STOP[speaker.wire]


def test_a_tool_that_is_not_asked_for_is_not_called(demo: Demo, speaker: Speaker) -> None:
    assert speaker.say(demo, "say hi", tool=True).tool == ""


@pytest.mark.parametrize(
    ("colour", "name"), [((250, 5, 5), "red"), ((10, 20, 240), "blue"), ((0, 160, 30), "green")]
)
def test_the_colour_of_a_picture_is_named(
    demo: Demo, speaker: Speaker, colour: tuple[int, int, int], name: str
) -> None:
    heard = speaker.say(demo, "Which colour is this?", model="thinker", image=png(colour))
    assert heard.said == f"The picture is mostly {name}."


def test_a_picture_is_refused_by_a_model_that_cannot_see(demo: Demo, speaker: Speaker) -> None:
    assert speaker.say(demo, "Which colour?", image=png((255, 0, 0))).status == 400


def test_a_broken_picture_is_refused(demo: Demo, speaker: Speaker) -> None:
    assert speaker.say(demo, "Which colour?", model="thinker", image=b"no picture").status == 400


def test_the_limit_cuts_the_answer(demo: Demo, speaker: Speaker) -> None:
    heard = speaker.say(demo, "say hi", limit=16)
    assert heard.finish == LENGTH[speaker.wire]
    assert heard.spent[1] == len(heard.text) == 16


def test_reasoning_spends_the_limit_first(demo: Demo, speaker: Speaker) -> None:
    if speaker.wire == "anthropic":
        pytest.skip("its least budget of 1,024 tokens is more than the demo thinks")
    heard = speaker.say(demo, "say hi", model="thinker", think=True, limit=16)
    assert heard.thoughts == 14
    assert len(heard.text) == 2
    assert heard.finish == LENGTH[speaker.wire]


def test_unstreamed_the_answer_is_one_document(demo: Demo) -> None:
    said = {SPEAKERS["openai"].say(demo, "say hi").said}
    for wire in ("kimi", "openai", "openai_responses", "anthropic"):
        heard = SPEAKERS[wire].say(demo, "say hi", stream=False)
        assert heard.headers["content-type"] == "application/json"
        match heard.json:
            case {"choices": [{"message": {"content": text}}]}:
                said.add(text)
            case {"output": [{"content": [{"text": text}]}]} | {"content": [{"text": text}]}:
                said.add(text)
    google = SPEAKERS["google-genai"]
    path = f"{demo.url}/google/v1beta/models/echo:generateContent"
    reply = post(path, json=google.ask("say hi"), headers=google.headers(demo.token))
    said.add(reply.json()["candidates"][0]["content"]["parts"][0]["text"])
    assert len(said) == 1


def test_every_list_names_the_models_that_work(demo: Demo, speaker: Speaker) -> None:
    body = get(demo.url + speaker.listing, headers=speaker.headers(demo.token)).json()
    found = next(value for value in body.values() if isinstance(value, list))
    assert [entry.get("id") or entry["name"].rpartition("/")[2] for entry in found] == ["echo", "thinker"]


def test_vertex_takes_an_api_key_without_a_project_only(demo: Demo) -> None:
    speaker = SPEAKERS["vertexai"]
    express = "/vertex/v1beta1/publishers/google/models/echo:streamGenerateContent?alt=sse"
    key = {"x-goog-api-key": demo.model_key}
    assert post(demo.url + express, json=speaker.ask("hi"), headers=key).status_code == 200
    refused = post(demo.url + speaker.path("echo"), json=speaker.ask("hi"), headers=key)
    assert refused.status_code == 401
    assert refused.json()["error"]["status"] == "UNAUTHENTICATED"


def test_kimi_tells_usage_in_the_last_choice_too(demo: Demo) -> None:
    body = SPEAKERS["kimi"].say(demo, "say hi").body
    assert b'"finish_reason":"stop","usage":{"prompt_tokens":' in body


def test_without_being_asked_chat_completions_tell_no_usage(demo: Demo) -> None:
    body = SPEAKERS["openai"].ask("say hi")
    del body["stream_options"]
    reply = post(f"{demo.url}/openai/v1/chat/completions", json=body, headers=bearer(demo.token))
    assert b"usage" not in reply.content
    assert reply.content.endswith(b"data: [DONE]\n\n")


def test_reminders_behind_the_prompt_are_not_the_prompt(demo: Demo) -> None:
    body = SPEAKERS["kimi"].ask("say hi")
    body["messages"].append(
        {"role": "user", "content": "<system-reminder>\nUse get_weather.\n</system-reminder>"}
    )
    assert SPEAKERS["kimi"].post(demo, body).said.endswith('"say hi"')

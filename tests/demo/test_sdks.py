"""The official SDKs against the demo: what it sends is what they expect of the real servers.

They are no dependencies of ours. `pip install openai anthropic google-genai` makes these tests run.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.demo.speak import WEATHER, png

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.demo.server import Demo

PROMPT = "Use get_weather for Paris, 3 days."
CALLED = {"city": "Paris", "days": 3}


class TestOpenAI:
    @pytest.fixture
    def sdk(self) -> Any:
        return pytest.importorskip("openai", reason="the SDK openai is not installed")

    @pytest.fixture
    def client(self, sdk: Any, demo: Demo) -> Iterator[Any]:
        with sdk.OpenAI(base_url=f"{demo.url}/openai/v1", api_key=demo.model_key, max_retries=0) as client:
            yield client

    @pytest.fixture
    def responses(self, sdk: Any, demo: Demo) -> Iterator[Any]:
        url = f"{demo.url}/responses/v1"
        with sdk.OpenAI(base_url=url, api_key=demo.model_key, max_retries=0) as client:
            yield client.responses

    def test_chat_streams_text_and_usage(self, client: Any) -> None:
        messages = [{"role": "user", "content": "say hi"}]
        with client.chat.completions.stream(
            model="echo", messages=messages, stream_options={"include_usage": True}
        ) as stream:
            deltas = [event.delta for event in stream if event.type == "content.delta" and event.delta]
            done = stream.get_final_completion()
        assert len(deltas) > 10
        assert "".join(deltas) == done.choices[0].message.content
        assert done.choices[0].finish_reason == "stop"
        assert done.usage.completion_tokens == len(deltas)

    def test_chat_calls_a_tool_and_uses_its_result(self, client: Any) -> None:
        messages: list[Any] = [{"role": "user", "content": PROMPT}]
        tools = [{"type": "function", "function": {"name": "get_weather", "parameters": WEATHER}}]
        with client.chat.completions.stream(model="echo", messages=messages, tools=tools) as stream:
            asked = stream.get_final_completion().choices[0]
        assert asked.finish_reason == "tool_calls"
        call = asked.message.tool_calls[0]
        assert json.loads(call.function.arguments) == CALLED
        messages += [asked.message, {"role": "tool", "tool_call_id": call.id, "content": "12 degrees"}]
        with client.chat.completions.stream(model="echo", messages=messages, tools=tools) as stream:
            answer = stream.get_final_completion().choices[0]
        assert "12 degrees" in answer.message.content

    def test_chat_thinks(self, client: Any) -> None:
        chunks = list(
            client.chat.completions.create(
                model="thinker",
                messages=[{"role": "user", "content": "say hi"}],
                reasoning_effort="low",
                stream=True,
                stream_options={"include_usage": True},
            )
        )
        deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
        reasoning = "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas)
        assert reasoning.startswith("The prompt has 2 words.")
        assert chunks[-1].usage.completion_tokens_details.reasoning_tokens > 0

    def test_refusals_are_the_errors_they_stand_for(self, sdk: Any, client: Any, demo: Demo) -> None:
        ask = {"messages": [{"role": "user", "content": "hi"}], "stream": True}
        with pytest.raises(sdk.NotFoundError) as missing:
            client.chat.completions.create(model="gone", **ask)
        assert missing.value.code == "model_not_found"
        with pytest.raises(sdk.BadRequestError, match="supports at most 131072") as large:
            client.chat.completions.create(model="echo", max_tokens=999_999, **ask)
        assert large.value.param == "max_tokens"
        with pytest.raises(sdk.RateLimitError) as quota:
            client.chat.completions.create(model="out-of-quota", **ask)
        assert quota.value.type == "insufficient_quota"
        with pytest.raises(sdk.APIError, match="server had an error"):
            list(client.chat.completions.create(model="breaks", **ask))
        with pytest.raises(sdk.AuthenticationError) as wrong:
            client.with_options(api_key="sk-wrong").models.list()
        assert wrong.value.request_id.startswith("req_")
        assert [model.id for model in client.models.list()] == ["echo", "thinker"]
        assert demo.model_key not in str(wrong.value)

    def test_responses_stream_text_and_reasoning(self, responses: Any) -> None:
        ask = {"model": "thinker", "input": "say hi", "store": False}
        with responses.stream(**ask, reasoning={"effort": "low", "summary": "auto"}) as stream:
            events = list(stream)
            done = stream.get_final_response()
        kinds = {event.type for event in events}
        assert {"response.reasoning_summary_text.delta", "response.output_text.delta"} <= kinds
        assert done.status == "completed"
        assert done.output_text.startswith("Hi!")
        assert done.output[0].summary[0].text.startswith("The prompt has 2 words.")
        assert done.usage.output_tokens_details.reasoning_tokens > 0

    def test_responses_call_a_tool_and_use_its_result(self, responses: Any) -> None:
        tools = [{"type": "function", "name": "get_weather", "parameters": WEATHER, "strict": False}]
        given: list[Any] = [{"role": "user", "content": PROMPT}]
        with responses.stream(model="thinker", input=given, tools=tools, store=False) as stream:
            output = stream.get_final_response().output
        call = next(item for item in output if item.type == "function_call")
        assert json.loads(call.arguments) == CALLED
        given += [item.model_dump(exclude_none=True) for item in output]
        given.append({"type": "function_call_output", "call_id": call.call_id, "output": "12 degrees"})
        with responses.stream(model="thinker", input=given, tools=tools, store=False) as stream:
            assert "12 degrees" in stream.get_final_response().output_text

    def test_responses_end_early_or_fail(self, sdk: Any, responses: Any) -> None:
        with responses.stream(model="echo", input="hi", max_output_tokens=16) as stream:
            events = list(stream)
        assert events[-1].type == "response.incomplete"
        assert events[-1].response.incomplete_details.reason == "max_output_tokens"
        with pytest.raises(sdk.BadRequestError, match="Expected a value >= 16, but got 8 instead"):
            responses.create(model="echo", input="hi", max_output_tokens=8)
        *_, failure = responses.create(model="breaks", input="hi", stream=True)
        assert (failure.type, failure.code) == ("error", "server_error")


class TestAnthropic:
    @pytest.fixture
    def sdk(self) -> Any:
        return pytest.importorskip("anthropic", reason="the SDK anthropic is not installed")

    @pytest.fixture
    def client(self, sdk: Any, demo: Demo) -> Iterator[Any]:
        url = f"{demo.url}/anthropic"
        with sdk.Anthropic(base_url=url, api_key=demo.model_key, max_retries=0) as client:
            yield client

    def test_text_streams(self, client: Any) -> None:
        ask = {"model": "echo", "max_tokens": 100, "messages": [{"role": "user", "content": "say hi"}]}
        with client.messages.stream(**ask) as stream:
            deltas = list(stream.text_stream)
            done = stream.get_final_message()
        assert len(deltas) > 10
        assert done.content[0].text == "".join(deltas)
        assert done.stop_reason == "end_turn"
        assert done.usage.output_tokens == len(deltas)

    def test_it_thinks_calls_a_tool_and_uses_its_result(self, client: Any) -> None:
        messages: list[Any] = [{"role": "user", "content": PROMPT}]
        ask = {
            "model": "thinker",
            "max_tokens": 2048,
            "thinking": {"type": "enabled", "budget_tokens": 1024},
            "tools": [{"name": "get_weather", "input_schema": WEATHER}],
        }
        with client.messages.stream(messages=messages, **ask) as stream:
            done = stream.get_final_message()
        thought, call = done.content
        assert thought.thinking.startswith("The prompt calls for the tool get_weather")
        assert done.stop_reason == "tool_use"
        assert call.input == CALLED
        messages += [
            {"role": "assistant", "content": done.content},
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "12 degrees"}],
            },
        ]
        with client.messages.stream(messages=messages, **ask) as stream:
            assert "12 degrees" in stream.get_final_text()

    def test_refusals_are_the_errors_they_stand_for(self, sdk: Any, client: Any) -> None:
        ask: dict[str, Any] = {"max_tokens": 100, "messages": [{"role": "user", "content": "hi"}]}
        with pytest.raises(sdk.NotFoundError, match="model: gone"):
            client.messages.create(model="gone", **ask)
        with pytest.raises(sdk.BadRequestError, match="200000 > 131072, which is the maximum"):
            client.messages.create(model="echo", stream=True, **ask | {"max_tokens": 200_000})
        with pytest.raises(sdk.RateLimitError):
            client.messages.create(model="rate-limited", **ask)
        with pytest.raises(sdk.APIStatusError, match="Overloaded"):
            list(client.messages.create(model="breaks", stream=True, **ask))
        with pytest.raises(sdk.AuthenticationError, match="invalid x-api-key"):
            client.with_options(api_key="sk-wrong").models.list()
        assert [model.id for model in client.models.list()] == ["echo", "thinker"]


class TestGoogle:
    @pytest.fixture
    def sdk(self) -> Any:
        return pytest.importorskip("google.genai", reason="the SDK google-genai is not installed")

    @pytest.fixture(params=["google", "vertex"])
    def client(self, sdk: Any, demo: Demo, request: pytest.FixtureRequest) -> Iterator[Any]:
        options = {"base_url": f"{demo.url}/{request.param}"}
        vertex = request.param == "vertex"
        with sdk.Client(api_key=demo.model_key, vertexai=vertex, http_options=options) as client:
            yield client

    def test_text_streams(self, client: Any) -> None:
        chunks = list(client.models.generate_content_stream(model="echo", contents="say hi"))
        assert len(chunks) > 10
        assert "".join(chunk.text or "" for chunk in chunks).startswith("Hi!")
        assert chunks[-1].candidates[0].finish_reason == "STOP"
        assert chunks[-1].usage_metadata.candidates_token_count == len(chunks) - 1

    def test_it_thinks_calls_a_tool_and_uses_its_result(self, sdk: Any, client: Any) -> None:
        types = sdk.types
        declared = types.FunctionDeclaration(name="get_weather", parameters_json_schema=WEATHER)
        config = types.GenerateContentConfig(
            tools=[types.Tool(function_declarations=[declared])],
            thinking_config=types.ThinkingConfig(include_thoughts=True),
        )
        contents = [types.UserContent(PROMPT)]
        ask = {"model": "thinker", "config": config}
        chunks = list(client.models.generate_content_stream(contents=contents, **ask))
        parts = [part for chunk in chunks for part in chunk.candidates[0].content.parts]
        assert "".join(part.text for part in parts if part.thought).startswith("The prompt calls for")
        call = next(part for part in parts if part.function_call)
        assert call.function_call.args == CALLED
        result = types.Part.from_function_response(name="get_weather", response={"output": "12 degrees"})
        contents += [types.ModelContent([call]), types.UserContent([result])]
        chunks = list(client.models.generate_content_stream(contents=contents, **ask))
        assert "12 degrees" in "".join(chunk.text or "" for chunk in chunks)

    def test_it_sees_a_picture(self, sdk: Any, client: Any) -> None:
        picture = sdk.types.Part.from_bytes(data=png((250, 0, 0)), mime_type="image/png")
        answer = client.models.generate_content(model="thinker", contents=["Which colour?", picture])
        assert answer.text == "The picture is mostly red."

    def test_a_project_and_an_access_token(self, sdk: Any, demo: Demo) -> None:
        credentials = pytest.importorskip("google.oauth2.credentials")
        with sdk.Client(
            vertexai=True,
            project="p",
            location="us-central1",
            credentials=credentials.Credentials(token=demo.model_key),
            http_options={"base_url": f"{demo.url}/vertex"},
        ) as client:
            chunks = list(client.models.generate_content_stream(model="echo", contents="say hi"))
        assert "".join(chunk.text or "" for chunk in chunks).startswith("Hi!")

    def test_refusals_are_the_errors_they_stand_for(self, sdk: Any, client: Any) -> None:
        def ask(model: str, **config: Any) -> Any:
            return list(client.models.generate_content_stream(model=model, contents="hi", config=config))

        with pytest.raises(sdk.errors.ClientError) as missing:
            ask("gone")
        assert (missing.value.code, missing.value.status) == (404, "NOT_FOUND")
        with pytest.raises(
            sdk.errors.ClientError, match=r"supported range is from 1 \(inclusive\) to 131073"
        ):
            ask("echo", max_output_tokens=999_999)
        with pytest.raises(sdk.errors.ServerError, match="UNAVAILABLE"):
            ask("failing")

    def test_a_wrong_key_and_the_list(self, sdk: Any, demo: Demo) -> None:
        options = {"base_url": f"{demo.url}/google"}
        wrong = sdk.Client(api_key="wrong", vertexai=False, http_options=options)
        with wrong, pytest.raises(sdk.errors.ClientError, match="API key not valid"):
            wrong.models.generate_content(model="echo", contents="hi")
        with sdk.Client(api_key=demo.model_key, vertexai=False, http_options=options) as client:
            assert [model.name for model in client.models.list()] == ["models/echo", "models/thinker"]

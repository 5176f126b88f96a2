"""The models that fail on purpose, each in its own way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx
import pytest

from provisioner.demo.server import Demo, Pace
from tests.demo.speak import SPEAKERS, Speaker, bearer, get

if TYPE_CHECKING:
    from collections.abc import Iterator

QUOTA = {"anthropic": 400}
FAILING = {"anthropic": 529, "google-genai": 503, "vertexai": 503}


def test_refusals(demo: Demo, speaker: Speaker) -> None:
    assert speaker.say(demo, "hi", model="rate-limited").status == 429
    assert speaker.say(demo, "hi", model="out-of-quota").status == QUOTA.get(speaker.wire, 429)
    assert speaker.say(demo, "hi", model="failing").status == FAILING.get(speaker.wire, 500)


def test_what_looks_like_success(demo: Demo, speaker: Speaker) -> None:
    page = speaker.say(demo, "hi", model="web-page")
    assert (page.status, page.headers["content-type"]) == (200, "text/html")
    whole = speaker.say(demo, "hi", model="unstreamed")
    assert (whole.status, whole.headers["content-type"]) == (200, "application/json")


def stream(demo: Demo, speaker: Speaker, model: str, silence_s: float = 60) -> Iterator[bytes]:
    body, headers = speaker.ask("hi", model=model), speaker.headers(demo.token)
    with httpx.stream(
        "POST", demo.url + speaker.path(model), json=body, headers=headers, timeout=silence_s
    ) as reply:
        yield from reply.iter_raw()


def test_a_cut_stream_is_seen_as_cut(demo: Demo, speaker: Speaker) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
        list(stream(demo, speaker, "cut"))


def test_a_stalled_stream_stays_open(demo: Demo, speaker: Speaker) -> None:
    frames = stream(demo, speaker, "stalled", silence_s=1)
    assert next(frames)
    with pytest.raises(httpx.ReadTimeout):
        list(frames)


def test_an_error_inside_the_stream(demo: Demo) -> None:
    ends = {
        "kimi": b'data: {"error":{"message":"Internal server error","type":"server_error"}}\n\n',
        "openai": b'"type":"server_error","param":null,"code":null}}\n\n',
        "openai_responses": b'"code":"server_error","message":"The server had an error while processing your '
        b'request. Sorry about that!","param":null}\n\n',
        "anthropic": b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":'
        b'"Overloaded"}}\n\n',
        "google-genai": b'    "status": "UNAVAILABLE"\n  }\n}\n',
        "vertexai": b'    "status": "UNAVAILABLE"\n  }\n}\n',
    }
    for wire, end in ends.items():
        body = b"".join(stream(demo, SPEAKERS[wire], "breaks"))
        assert body.endswith(end)
        assert len(body) > 2 * len(end)


def test_a_slow_model_takes_its_time(demo: Demo) -> None:
    begun = time.monotonic()
    assert next(stream(demo, SPEAKERS["openai"], "slow"))
    assert time.monotonic() - begun >= 0.3


def test_only_the_faults_provider_lists_them(demo: Demo) -> None:
    body = get(f"{demo.url}/faults/v1/models", headers=bearer(demo.token)).json()
    assert "cut" in [model["id"] for model in body["data"]]


def test_frames_arrive_one_by_one() -> None:
    with Demo.start(Pace(first=0.05, each=0.01)) as demo:
        begun = time.monotonic()
        arrivals = [time.monotonic() - begun for _ in stream(demo, SPEAKERS["openai"], "echo")]
    assert arrivals[0] >= 0.05
    assert arrivals[-1] - arrivals[0] >= 0.1
    assert len(arrivals) > 10


def test_stopping_is_prompt_even_while_a_stream_stalls() -> None:
    with Demo.start(Pace(0, 0, 0)) as demo:
        client = httpx.Client(timeout=5, verify=False)
        body = SPEAKERS["openai"].ask("hi", model="stalled")
        request = client.build_request(
            "POST", f"{demo.url}/openai/v1/chat/completions", json=body, headers=bearer(demo.token)
        )
        reply = client.send(request, stream=True)
        assert reply.status_code == 200
        begun = time.monotonic()
    assert time.monotonic() - begun < 20
    reply.close()
    client.close()
    with pytest.raises(httpx.ConnectError):
        get(demo.catalog_url)

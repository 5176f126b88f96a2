"""What strangers send is bounded in memory and in time, whatever it becomes once it is read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from catalog.errors import DocumentInvalid
from catalog.parse import parse_object, slice_catalog
from catalog.registry import lint, read_registry, survey
from provisioner.workflows import add_registry
from tests.cli.conftest import Machine
from tests.smoke.server import Chunks, Request, serving, stream
from tests.smoke.streams import chunk, config, data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from provisioner.app import App

MIB = 1024 * 1024
TIMEOUT_S = 2
# A slow machine needs its time to start and to end.
PATIENCE_S = 60
PROVIDER: dict[str, Any] = {"id": "p", "name": "P", "api": "https://h.test/v1", "type": "openai"}


def compressed(start: bytes, again: bytes) -> bytes:
    """200 MiB that are never whole in memory: a child starts with the peak of the process that forked it."""
    work = zlib.compressobj(1, wbits=zlib.MAX_WBITS | 16)
    piece = again * (MIB // len(again))
    return work.compress(start) + b"".join(work.compress(piece) for _ in range(200)) + work.flush()


def endless() -> Iterator[bytes]:
    while True:
        yield data(chunk({"content": "a"})) * 100


def large_event(_: Request) -> Chunks:
    return stream(data(chunk({"content": "a" * 15_000_000}, finish="stop")))


def many_values(_: Request) -> Chunks:
    return stream(b'data: {"x":[' + b"{}," * 5_000_000 + b"{}]}\n\n")


def many_values_at_once(_: Request) -> Chunks:
    return stream(b'{"x":[' + b"{}," * 5_000_000 + b"{}]}", content_type="application/json")


def tiny_deltas(_: Request) -> Chunks:
    yield from stream()
    yield from endless()


def bomb(_: Request) -> Chunks:
    return stream(compressed(b"", b"data: x\n\n"), Content_Encoding="gzip")


def blank_bomb(_: Request) -> Chunks:
    return stream(compressed(b"data: x\n\n", b"\n"), Content_Encoding="gzip")


def key_that_begins_only(_: Request) -> Chunks:
    return stream(data(chunk({"content": "s" + "\\" * 60_000}, finish="stop")))


# A child's peak begins with that of the process it was forked from: a small one in between keeps this one's out.
MEASURED = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=False); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)"
)


@pytest.mark.skipif(os.name != "posix", reason="needs the figures of one child")
@pytest.mark.parametrize(
    "answer",
    [large_event, many_values, many_values_at_once, tiny_deltas, bomb, blank_bomb, key_that_begins_only],
)
def test_a_model_server_cannot_make_a_test_large_or_long(
    answer: Callable[[Request], Chunks], tmp_path: Path
) -> None:
    path = tmp_path / "config.toml"
    with serving(answer) as server:
        path.write_text(config("openai", f"{server.url}/v1"))
        command = [sys.executable, "-m", "provisioner", "test", "p/m", "--json", "--retries", "0"]
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, *command, "--timeout", str(TIMEOUT_S), "--config", str(path)],
            capture_output=True,
            check=False,
        )
    assert json.loads(done.stdout)["results"][0]["alias"] == "p/m"
    assert len(done.stdout) < 4 * MIB
    peak = int(done.stderr.split()[-1])
    assert peak / (1 if sys.platform != "darwin" else 1024) * 1024 < 200 * MIB
    assert time.monotonic() - started < TIMEOUT_S + PATIENCE_S


@pytest.mark.parametrize("read", [parse_object, slice_catalog])
def test_what_is_not_read_costs_nothing(read: Callable[[bytes, str], object]) -> None:
    body = b'{"p":{"models":{},"unread":[' + b"{}," * 3_000_000 + b"{}]}}"
    with pytest.raises(DocumentInvalid, match="more than 800,000 objects and lists"):
        read(body, "a registry")
    body = b'{"p":{"models":{},"unread":[' + b"1," * 4_000_000 + b"1]}}"
    with pytest.raises(DocumentInvalid, match="more than 4,000,000 values"):
        read(body, "a registry")


def test_a_registry_of_300_providers_with_300_models_each_is_read() -> None:
    model = {
        "id": "m",
        "name": "A model with a name",
        "limit": {"context": 131072, "output": 32768},
        "tool_call": True,
        "reasoning": True,
        "modalities": {"input": ["text", "image"], "output": ["text"]},
        "support_efforts": ["low", "high"],
    }
    models = {f"m{number}": model for number in range(300)}
    document = {f"p{n}": PROVIDER | {"id": f"p{n}", "models": models} for n in range(300)}
    body = json.dumps(document).encode()
    read = read_registry(parse_object(body, "r"), "https://h.test/api.json")
    assert sum(len(provider.models) for provider in read.providers) == 90_000


def test_a_schema_looks_at_the_first_models_only() -> None:
    wrong = {"m": {"id": "m", "limit": 7}}
    sound = {f"m{number}": {"id": "m"} for number in range(2_000)}
    in_another = {"a": PROVIDER | {"id": "a", "models": sound}, "b": PROVIDER | {"id": "b", "models": wrong}}
    in_the_same = {"b": PROVIDER | {"id": "b", "models": sound | wrong}}
    for document in (in_another, in_the_same):
        registry = survey(document)
        assert lint(document, registry) == ()
        assert [found.pointer for found in lint(document, registry, models=10_000)] == ["/b/models/m/limit"]


@pytest.mark.parametrize("entry", [{"id": "p"}, PROVIDER | {"id": "kimi-code", "models": {}}])
def test_an_error_quotes_the_beginning_of_a_key_only(entry: dict[str, Any]) -> None:
    with pytest.raises(DocumentInvalid) as error:
        read_registry({"k" * 100_000: entry}, "https://h.test/api.json")
    assert len(error.value.message + (error.value.where or "")) < 500


def test_an_import_names_the_first_of_what_is_amiss(app: App) -> None:
    document: dict[str, Any] = {"p": PROVIDER | {"models": {"m": {"id": "m"}}}}
    document |= {"k" * 5000 + str(number): 1 for number in range(500)}
    machine = Machine(app)
    machine.serves(("https://h.test/api.json", document))
    request = add_registry.Request("https://h.test/api.json", "t-0123456789")
    notes = add_registry.run(machine.app, request).notes
    assert any(note.message.startswith("480 more; ") for note in notes)
    assert sum(len(note.message) for note in notes) < 10_000

"""The built-in snapshot: what is in it, and how it is made."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from catalog import snapshot
from catalog.documents import DEFAULT_CATALOG_URL
from catalog.errors import DocumentInvalid
from catalog.snapshot import Meta, Snapshot
from catalog.snapshot_build import main
from tests.catalog.loopback import reply, serving

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT: dict[str, Any] = {
    "b/../x": {
        "id": "b/../x",
        "npm": "@ai-sdk/openai-compatible",
        "env": ["B_KEY"],
        "logo": "unknown field",
        "models": {
            "m/1": {
                "id": "m/1",
                "cost": {"input": 1.5, "cache_read": 0.1},
                "reasoning_options": [{"type": "effort", "values": ["low", None]}],
                "provider": {"npm": "@ai-sdk/anthropic"},
                "open_weights": True,
                "last_updated": "2026-03-04",
            },
            "odd": 3,
        },
    },
    "a": {"id": "a", "models": {"x": {"id": "x", "last_updated": "2025-12"}}},
}


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "made.zip"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "api.json"
    path.write_text(json.dumps(DOCUMENT))
    return path


def make(source: Path | str, output: Path, *options: str) -> int:
    return main([str(source), "--output", str(output), *options])


def test_the_built_in_one_is_sound_and_small() -> None:
    built_in = Snapshot()
    meta, index = built_in.meta(), built_in.index()
    assert meta.source.startswith(DEFAULT_CATALOG_URL)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", meta.date)
    assert re.fullmatch(r"[0-9a-f]{64}", meta.digest)
    assert len(index) == meta.providers > 100
    providers = built_in.providers(index)
    assert sum(len(provider["models"]) for provider in providers.values()) == meta.models
    assert {id_: kept.model_count for id_, kept in index.items()} == {
        id_: len(provider["models"]) for id_, provider in providers.items()
    }
    assert providers["anthropic"]["npm"] == "@ai-sdk/anthropic"
    assert any(model.get("cost") for model in providers["anthropic"]["models"].values())
    assert snapshot.PATH.stat().st_size < 450_000


def test_a_snapshot_keeps_what_is_used_and_says_what_it_is(source: Path, output: Path) -> None:
    assert make(source, output) == 0
    made = Snapshot(output)
    assert made.meta() == Meta(
        DEFAULT_CATALOG_URL,
        "2026-03-04",
        hashlib.sha256(source.read_bytes()).hexdigest(),
        providers=2,
        models=2,
    )
    assert list(made.index()) == ["a", "b/../x"]
    assert made.index()["b/../x"].entry == {
        "id": "b/../x",
        "npm": "@ai-sdk/openai-compatible",
        "env": ["B_KEY"],
    }
    model = dict(DOCUMENT["b/../x"]["models"]["m/1"])
    del model["open_weights"], model["last_updated"]
    assert made.providers(["b/../x"])["b/../x"]["models"] == {"m/1": model}


def test_the_same_document_gives_the_same_bytes(source: Path, output: Path) -> None:
    packed = source.with_name("other.json.gz")
    packed.write_bytes(gzip.compress(source.read_bytes()))
    made = []
    for again in (source, source, packed):
        assert make(again, output) == 0
        made.append(output.read_bytes())
    assert len(set(made)) == 1


def test_members_are_sorted_and_carry_no_time(source: Path, output: Path) -> None:
    source.write_text(json.dumps(dict(reversed(DOCUMENT.items()))))
    make(source, output)
    with zipfile.ZipFile(output) as archive:
        members = archive.infolist()
    names = ["meta.json", "index.json", "providers/a.json", "providers/b%2F..%2Fx.json"]
    assert [info.filename for info in members] == names
    assert {info.date_time for info in members} == {(1980, 1, 1, 0, 0, 0)}


def test_date_and_source_are_recorded_as_given(source: Path, output: Path) -> None:
    make(source, output, "--date", "2026-07-02", "--source", "a mirror")
    meta = Snapshot(output).meta()
    assert (meta.date, meta.source) == ("2026-07-02", "a mirror")


def test_what_is_new_gone_guessed_and_refused_is_listed(
    source: Path, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(source, output)
    before = output.read_bytes()
    limit = {"context": 8000}
    document = {
        "a": {"id": "a", "api": "https://a.example/v1", "models": {"x": {"id": "x", "limit": limit}}},
        "c": {"id": "c", "npm": "@ai-sdk/cohere", "logo": "", "models": {"x": {"id": "x", "pets": 1}}},
    }
    source.write_text(json.dumps(document))
    capsys.readouterr()
    assert make(source, output, "--check") == 0
    assert output.read_bytes() == before
    said = capsys.readouterr().out.splitlines()
    assert {
        "/c/models/x: 'limit' is missing",
        "new: 1 — c",
        "gone: 1 — b/../x",
        "provider fields that the schema does not describe: 1 — logo (1)",
        "model fields that the schema does not describe: 1 — pets (1)",
        "wire guessed: 1 — a",
        "not importable as it is, proprietary: 1 — c",
        "models left out: 1 — it declares no context size (1)",
    } == set(said)


def test_a_date_of_another_form_is_refused(source: Path, output: Path) -> None:
    with pytest.raises(SystemExit):
        make(source, output, "--date", "yesterday")


def test_a_url_is_a_source_too(source: Path, output: Path) -> None:
    with serving(reply(gzip.compress(source.read_bytes()))) as server:
        assert make(server.url("/api.json?key=s3cret"), output) == 0
        assert Snapshot(output).meta().source == server.url("/api.json?key=•••")


@pytest.mark.parametrize("content", [None, b"", b"<html>", b"[]", b"{}", gzip.compress(b"{")[:-3]])
def test_a_bad_source_leaves_the_snapshot_as_it_is(
    source: Path, output: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    make(source, output)
    before = output.read_bytes()
    source.unlink()
    if content is not None:
        source.write_bytes(content)
    assert make(source, output) == 1
    assert output.read_bytes() == before
    assert capsys.readouterr().err.count("\n") == 1


def test_it_runs_as_a_module(source: Path, output: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "catalog.snapshot_build", str(source), "--output", str(output)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert "2 providers, 2 models, 2026-03-04" in done.stdout


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 not quite", b"x" * 100])
def test_a_damaged_snapshot_is_an_error_and_not_a_traceback(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "snapshot.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DocumentInvalid, match="missing or damaged"):
        Snapshot(path).index()

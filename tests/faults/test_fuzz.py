"""Any bytes and any JSON for the readers of documents: what they make of it is a document or one error of the catalog's.

``--hypothesis-profile=explore`` runs a thousand examples of each, new ones every time. ``python -m tests.fuzz`` looks for
inputs that reach new code; what each of its targets starts from, and what it found, runs here.
"""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import CatalogError
from catalog.interpret import interpret
from catalog.parse import parse_object, slice_catalog
from catalog.registry import lint, read_registry, survey
from provisioner.smoke.sse import Decoder, EventTooLarge
from provisioner.workflows.entries import alias_tables
from tests.fuzz import edit, merge, registry, stream

WORDS = st.sampled_from(
    [
        "id",
        "name",
        "api",
        "type",
        "models",
        "limit",
        "context",
        "modalities",
        "openai",
        "https://h.test/v1",
        "m",
    ]
)
TEXTS = WORDS | st.text(max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=6),
    max_leaves=20,
)
MODELS = st.fixed_dictionaries(
    {"id": TEXTS | VALUES},
    optional=dict.fromkeys(
        ("name", "limit", "tool_call", "reasoning", "modalities", "support_efforts"), VALUES
    ),
)
PROVIDERS = st.fixed_dictionaries(
    {
        "id": TEXTS,
        "name": TEXTS,
        "api": st.just("https://h.test/v1") | TEXTS,
        "type": st.sampled_from(["openai", "anthropic", "kimi"]),
        "models": st.dictionaries(TEXTS, MODELS | VALUES, max_size=4),
    },
    optional={"env": VALUES, "npm": TEXTS},
)
DOCUMENTS = st.dictionaries(TEXTS, PROVIDERS | VALUES, max_size=5)


@given(st.binary(max_size=200) | DOCUMENTS.map(lambda document: json.dumps(document).encode()))
def test_any_bytes_are_a_document_or_an_error(body: bytes) -> None:
    for read in (parse_object, slice_catalog):
        with suppress(CatalogError):
            read(body, "somewhere")


@given(DOCUMENTS)
def test_any_registry_is_read_or_refused(document: dict[str, Any]) -> None:
    lint(document, survey(document))
    with suppress(CatalogError):
        for provider in read_registry(document, "https://h.test/api.json").providers:
            json.dumps(alias_tables(provider.id, provider)).encode()


@given(PROVIDERS)
def test_any_provider_of_a_catalog_is_imported_or_refused(entry: dict[str, Any]) -> None:
    with suppress(CatalogError):
        provider = interpret(entry)
        json.dumps(alias_tables(provider.id, provider)).encode()


@given(
    st.lists(
        st.binary(max_size=40)
        | st.sampled_from([b"data: ", b"\r", b"\n", b"\r\n", b"event: x", b":", b"\xef\xbb\xbf"])
    )
)
def test_events_do_not_depend_on_how_the_bytes_are_cut(pieces: list[bytes]) -> None:
    def read(chunks: list[bytes]) -> list[Any]:
        decoder = Decoder(10_000)
        with suppress(EventTooLarge):
            return [*(event for chunk in chunks for event in decoder.feed(chunk)), decoder.finish()]
        return []

    whole = b"".join(pieces)
    assert read(pieces) == read([whole]) == read([bytes([byte]) for byte in whole])


@pytest.mark.parametrize("target", [stream, registry, edit, merge], ids=lambda target: target.__name__)
def test_what_the_fuzzer_starts_from_holds_and_so_does_what_is_a_change_away(target: Any) -> None:
    for number, seed in enumerate(target.seeds()):
        target.check(seed)
        target.check(target.mutated(seed, random.Random(number)))


FOUND = [
    # A server names a member of a delta after the key; the note on reasoning in unknown members quoted that name.
    (stream, b"\0\0" + f'data: {{"choices": [{{"delta": {{"{stream.KEY}-thought": "x"}}}}]}}\n\n'.encode()),
]


@pytest.mark.parametrize(("target", "data"), FOUND)
def test_what_the_fuzzer_found_stays_closed(target: Any, data: bytes) -> None:
    target.check(data)

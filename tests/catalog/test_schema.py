from __future__ import annotations

import ast
import json
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import schema, sound_build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.models import DocumentProblem

SCHEMAS = sorted(Path(schema.__file__).resolve().parents[1].joinpath("schemas").rglob("*.schema.json"))

MODEL = {
    "id": "m",
    "name": "M",
    "reasoning": True,
    "reasoning_options": [{"type": "effort", "values": ["none", None]}, {"type": "something new"}],
    "tool_call": True,
    "interleaved": {"field": "reasoning_content"},
    "modalities": {"input": ["text", "smell"], "output": ["text"]},
    "limit": {"context": 131072.0, "input": 1, "output": 0},
    "cost": {"input": 0.1, "output": 2, "tiers": [{"input": 1}]},
    "status": "something new",
    "provider": {"npm": "@ai-sdk/anthropic", "shape": "responses"},
    "something_new": [],
}
PROVIDER = {
    "id": "p",
    "npm": "x",
    "api": "https://${X}/v1",
    "env": ["K"],
    "models": {"m": MODEL},
    "something_new": 1,
}
ENTRY = {"id": "p", "name": "P", "api": "https://x.example/v1", "type": "kimi", "models": {"k": {"id": "m"}}}
CONFIG = {
    "default_model": "p/m",
    "hooks": [{"event": "Stop"}],
    "providers": {
        "p": {
            "type": "openai",
            "api_key": "",
            "api_key_env": "K",
            "custom_headers": {"X": "y"},
            "source": {"kind": "apiJson", "url": "https://x.example", "apiKey": ""},
        },
        "managed:kimi-code": {
            "type": "kimi",
            "oauth": {"storage": "file", "key": "k"},
            "source": {"kind": "else"},
        },
    },
    "models": {
        "p/m": {"provider": "p", "model": "m", "max_context_size": 1, "overrides": {"max_output_size": 5}}
    },
}


def at(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of the document with one member replaced; None takes it away."""
    copy: dict[str, Any] = json.loads(json.dumps(document))
    *above, last = path.split(".")
    holder = copy
    for part in above:
        holder = holder[part]
    if value is None:
        del holder[last]
    else:
        holder[last] = value
    return copy


def lone(document: Any, name: str, definition: str | None = None) -> DocumentProblem:
    (problem,) = schema.problems(document, name, definition=definition)
    return problem


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_every_published_schema_is_one_and_needs_no_network(path: Path) -> None:
    published = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(published)
    assert published["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert published["$id"].startswith("urn:kimi-provider:")
    assert published["title"]
    references = [line for line in path.read_text(encoding="utf-8").splitlines() if '"$ref"' in line]
    assert all('"$ref": "#' in line for line in references)


# What ajv's strict mode refuses: keywords that say nothing where the type that they are for is not stated.
KEYWORDS_OF = {
    "object": {"properties", "required", "additionalProperties", "patternProperties", "minProperties"},
    "array": {"items", "prefixItems", "minItems", "maxItems", "uniqueItems"},
    "string": {"minLength", "maxLength", "pattern", "format"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
}
IN_OBJECTS = {"properties", "$defs", "patternProperties"}
IN_LISTS = {"allOf", "anyOf", "oneOf", "prefixItems"}
ALONE = {"items", "additionalProperties", "not", "if", "then", "else"}


def subschemas(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema within a schema, by where it stands."""
    if not isinstance(node, dict):
        return
    yield place, node
    for key, value in node.items():
        if key in IN_OBJECTS:
            for name, inner in value.items():
                yield from subschemas(inner, f"{place}/{key}/{name}")
        elif key in IN_LISTS:
            for number, inner in enumerate(value):
                yield from subschemas(inner, f"{place}/{key}/{number}")
        elif key in ALONE:
            yield from subschemas(value, f"{place}/{key}")


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_every_property_is_described(path: Path) -> None:
    published = json.loads(path.read_text(encoding="utf-8"))
    bare = [
        place
        for place, node in subschemas(published)
        if place.split("/")[-2:-1] == ["properties"] and not node.get("description")
    ]
    assert bare == []


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_every_keyword_stands_beside_its_type(path: Path) -> None:
    published = json.loads(path.read_text(encoding="utf-8"))
    wrong = []
    for place, node in subschemas(published):
        stated = node.get("type", [])
        types = {stated} if isinstance(stated, str) else set(stated)
        if len(types - {"null"}) > 1:
            wrong.append(f"{place}: more than one type")
        fitting = types | ({"number"} if "integer" in types else set())
        wrong += [
            f"{place}: {key}"
            for kind, keys in KEYWORDS_OF.items()
            if kind not in fitting
            for key in keys & node.keys()
        ]
    assert wrong == []


def test_names_lead_to_the_schemas_and_their_ids_stay() -> None:
    for name in schema.names():
        assert schema.load(name)["$id"] == "urn:kimi-provider:" + name.replace("/", ":")
    assert len(schema.names()) == len(SCHEMAS)


@pytest.mark.parametrize(
    ("document", "name", "definition"),
    [
        ({"p": PROVIDER}, "catalog", None),
        (PROVIDER, "catalog", "provider"),
        ({"any key": ENTRY}, "registry", None),
        ({"$schema": "./registry.schema.json", "any key": ENTRY}, "registry", None),
        (CONFIG, "config", None),
        ({}, "config", None),
    ],
)
def test_sound_documents(document: Any, name: str, definition: str | None) -> None:
    assert schema.problems(document, name, definition=definition) == []


@pytest.mark.parametrize(
    ("path", "value", "pointer", "words"),
    [
        ("id", None, "", "'id' is missing"),
        ("models", [], "/models", "must be an object"),
        ("api", 5, "/api", "must be a string"),
        ("models.m.limit", None, "/models/m", "'limit' is missing"),
        ("models.m.limit.context", 1.5, "/models/m/limit/context", "must be a whole number"),
        ("models.m.limit.context", -1, "/models/m/limit/context", "must be at least 0"),
        ("models.m.limit.output", 2**53, "/models/m/limit/output", f"must be at most {2**53 - 1}"),
        ("models.m.interleaved", "yes", "/models/m/interleaved", "must be true or false or an object"),
        ("models.m.id", "a\u202eb", "/models/m/id", "must be an id without control characters"),
        ("models.m.id", "x" * 257, "/models/m/id", "must not be longer than 256 characters"),
        (
            "models.m.reasoning_options",
            [{"values": [5]}],
            "/models/m/reasoning_options/0/values/0",
            "string or null",
        ),
    ],
)
def test_catalog_problems(path: str, value: Any, pointer: str, words: str) -> None:
    problem = lone(at(PROVIDER, path, value), "catalog", "provider")
    assert problem.pointer == pointer
    assert words in problem.message


@pytest.mark.parametrize(
    ("path", "value", "pointer", "words"),
    [
        ("api", "file:///etc/passwd", "/p/api", "an http or https address"),
        ("type", "google-genai", "/p/type", "must be one of openai, "),
        ("id", "kimi-code", "/p/id", "not reserved"),
        ("name", "", "/p/name", "must not be empty"),
        ("models", {}, "/p/models", "must not be empty"),
        ("models.k.id", None, "/p/models/k", "'id' is missing"),
        ("models.k", {"id": "m", "limit": {"context": 0}}, "/p/models/k/limit/context", "at least 1"),
        ("models.k", {"id": "m", "support_efforts": "low"}, "/p/models/k/support_efforts", "a list"),
    ],
)
def test_registry_problems(path: str, value: Any, pointer: str, words: str) -> None:
    problem = lone({"p": at(ENTRY, path, value)}, "registry")
    assert problem.pointer == pointer
    assert words in problem.message


@pytest.mark.parametrize(
    ("path", "value", "pointer", "words"),
    [
        ("providers.p.type", "ollama", "/providers/p/type", "must be one of kimi, "),
        ("providers.p.api_key", "k", "/providers/p", "only one of api_key and api_key_env"),
        (
            "providers.p.oauth",
            {"storage": "file", "key": "k"},
            "/providers/p",
            "only one of api_key_env and oauth",
        ),
        ("providers.p.source.apiKey", None, "/providers/p/source", "'apiKey' is missing"),
        ("providers.p.source", {"kind": "modelsDev", "url": "u"}, "/providers/p/source", "'id' is missing"),
        ("providers.p.custom_headers.X", 5, "/providers/p/custom_headers/X", "must be a string"),
        ("models", {"a/b": {"provider": "p", "model": "m"}}, "/models/a~1b", "'max_context_size' is missing"),
        (
            "models",
            {"a": MODEL | {"provider": "p", "model": "m", "max_context_size": 0}},
            "/models/a/max_context_size",
            "1",
        ),
        ("default_model", ["x"], "/default_model", "must be a string"),
    ],
)
def test_config_problems(path: str, value: Any, pointer: str, words: str) -> None:
    problem = lone(at(CONFIG, path, value), "config")
    assert problem.pointer == pointer
    assert words in problem.message


def test_a_limit_in_overrides_is_checked_like_the_field_beside_it() -> None:
    broken = at(CONFIG, "models", {"a": CONFIG["models"]["p/m"] | {"overrides": {"max_output_size": "x"}}})  # type: ignore[index]  # CONFIG is an object throughout
    assert lone(broken, "config").pointer == "/models/a/overrides/max_output_size"


def test_messages_never_quote_the_document() -> None:
    secret = "sk-secret-0123456789"
    everywhere: list[Any] = [secret, {"k": secret}, [secret], 5]
    for junk in everywhere:
        broken = {
            "default_model": junk,
            "providers": {
                "p": {"type": junk, "api_key": secret, "api_key_env": secret, "oauth": junk, "source": junk}
            },
            "models": {
                "a": junk,
                "b": {"provider": junk, "model": junk, "max_context_size": junk, "protocol": junk},
            },
        }
        for name in ("config", "registry", "catalog"):
            assert all(secret not in problem.message for problem in schema.problems(broken, name, limit=999))


def test_the_first_so_many_in_the_documents_order() -> None:
    document = {str(number): PROVIDER | {"env": ["A", 5, 6]} for number in range(100)}
    found = schema.problems(document, "catalog", limit=5)
    assert [problem.pointer for problem in found] == [
        "/0/env/1",
        "/0/env/2",
        "/1/env/1",
        "/1/env/2",
        "/2/env/1",
    ]


@pytest.mark.parametrize(
    "reference", ["http://127.0.0.1:9/schema.json", "file:///etc/hostname", "urn:elsewhere"]
)
def test_no_reference_is_ever_fetched(
    reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import referencing.exceptions

    tmp_path.joinpath("evil.schema.json").write_text(json.dumps({"$ref": reference}), encoding="utf-8")
    monkeypatch.setattr(schema, "_FOLDER", tmp_path)
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: pytest.fail("a reference was fetched"))
    with pytest.raises(referencing.exceptions.Unresolvable):
        schema.problems({}, "evil")


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2**54),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "openai", "${X}", "https://x.example", "\n", "none", "apiJson"]),
    st.just([]),
    st.just({}),
    st.just({"kind": "apiJson"}),
    st.lists(st.sampled_from(["text", 1, None]), max_size=2),
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every holder and key in a document, at any depth."""
    if not isinstance(value, dict | list):
        return []
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


def mutated(document: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """A copy with one or two members replaced by junk or taken away."""
    copy: dict[str, Any] = json.loads(json.dumps(document))
    for _ in range(data.draw(st.integers(1, 2))):
        found = places(copy) or [(copy, "p")]
        holder, key = found[data.draw(st.integers(0, len(found) - 1))]
        if data.draw(st.booleans()):
            holder[key] = deepcopy(data.draw(JUNK))
        elif isinstance(holder, dict):
            holder.pop(key, None)
    return copy


@pytest.mark.parametrize("name", ["catalog", "registry"])
@given(data=st.data())
def test_the_quick_validator_and_the_strict_one_agree(name: str, data: st.DataObject) -> None:
    sound: dict[str, Any] = PROVIDER | {"models": {"m": MODEL, "n": MODEL}} if name == "catalog" else ENTRY
    document = mutated(sound, data)
    for definition, part in (("provider", document), *(("model", model) for model in models_of(document))):
        strict = schema._validator(name, definition)
        assert strict.is_valid(part) == schema.is_sound(part, name, definition)


def models_of(document: dict[str, Any]) -> list[Any]:
    models = document.get("models")
    return list(models.values()) if isinstance(models, dict) else []


def everything(document: Any, name: str, definition: str | None) -> list[DocumentProblem]:
    """The problems that jsonschema finds in the whole of a document, in its order."""
    errors = sorted(schema._validator(name, definition).iter_errors(document), key=schema._Order(document))
    return list(dict.fromkeys(map(schema._problem, errors)))


@pytest.mark.parametrize("name", ["catalog", "registry"])
@given(data=st.data())
def test_looking_at_unsound_parts_alone_finds_the_same(name: str, data: st.DataObject) -> None:
    models = dict.fromkeys("abcd", MODEL)
    sound: dict[str, Any] = {**(PROVIDER if name == "catalog" else ENTRY), "models": models}
    whole = mutated(dict.fromkeys("pqr", sound), data)
    if name == "catalog":
        assert schema.problems(whole, name, limit=99) == everything(whole, name, None)
    for provider in whole.values():
        found = schema.problems(provider, name, definition="provider", limit=99)
        assert found == everything(provider, name, "provider")


def test_only_unsound_providers_and_models_are_given_to_jsonschema(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    real = schema._validator("catalog", "provider")

    class Noting:
        def iter_errors(self, document: Any) -> Any:
            asked.append(document)
            return real.iter_errors(document)

    monkeypatch.setattr(schema, "_validator", lambda *_: Noting())
    provider = PROVIDER | {"models": {str(number): MODEL for number in range(50)}}
    document = {str(number): provider for number in range(20)}
    assert schema.problems(document, "catalog") == []
    assert asked == []
    broken = at(document, "7.models.31.limit.context", "x")
    assert [found.pointer for found in schema.problems(broken, "catalog")] == ["/7/models/31/limit/context"]
    assert [list(part["models"]) for part in asked] == [["31"]]


def test_the_quick_validator_is_what_the_schemas_make() -> None:
    made = ast.parse(sound_build.PATH.read_text(encoding="utf-8"))
    assert ast.dump(made) == ast.dump(ast.parse(sound_build.module())), "python -m catalog.sound_build"

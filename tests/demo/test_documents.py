"""The registries and the catalog."""

from __future__ import annotations

from catalog.interpret import interpret
from catalog.registry import read_registry
from catalog.registry_diff import differences
from provisioner.demo.server import Demo
from tests.demo.speak import bearer, get, post


def test_a_registry_demands_its_token(demo: Demo) -> None:
    for url in (demo.registry_url, demo.faults_url):
        assert get(url).status_code == 401
        assert get(url, headers=bearer(demo.model_key)).status_code == 401
        assert get(url, headers=bearer(demo.token)).status_code == 200


def test_a_known_copy_is_not_sent_again(demo: Demo) -> None:
    for url in (demo.registry_url, demo.catalog_url):
        first = get(url, headers=bearer(demo.token))
        headers = bearer(demo.token) | {"if-none-match": first.headers["etag"]}
        again = get(url, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        other = get(url, headers=bearer(demo.token) | {"if-none-match": '"other"'})
        assert other.content == first.content


def test_the_documents_mean_all_six_wires_at_the_demo_itself(demo: Demo) -> None:
    registry = read_registry(get(demo.registry_url, headers=bearer(demo.token)).json(), demo.registry_url)
    catalog = get(demo.catalog_url).json()
    assert registry.warnings == ()
    providers = [*registry.providers, *(interpret(entry) for entry in catalog.values())]
    assert {provider.wire: provider.base_url for provider in providers} == demo.endpoints
    aliases = {
        provider.wire: tuple(f"{provider.id}/{model.key}" for model in provider.models)
        for provider in providers
    }
    assert aliases == demo.aliases
    thinkers = [provider.models[1] for provider in providers]
    assert all({"thinking", "image_in", "tool_use"} == set(model.capabilities or ()) for model in thinkers)


def test_a_revised_registry_is_another_document() -> None:
    with Demo.start() as demo:
        first = get(demo.registry_url, headers=bearer(demo.token))
        demo.revise()
        known = bearer(demo.token) | {"if-none-match": first.headers["etag"]}
        revised = get(demo.registry_url, headers=known)
    before, after = (read_registry(answer.json(), demo.registry_url) for answer in (first, revised))
    changes = [(change.kind, change.alias) for change in differences(before, after)]
    assert changes == [("removed", "demo-openai/thinker"), ("changed", "demo-kimi/echo")]


def test_the_faults_are_a_registry_of_their_own(demo: Demo) -> None:
    document = get(demo.faults_url, headers=bearer(demo.token)).json()
    (provider,) = read_registry(document, demo.faults_url).providers
    assert tuple(f"{provider.id}/{model.key}" for model in provider.models) == demo.fault_aliases


def test_the_catalog_is_only_read(demo: Demo) -> None:
    assert post(demo.catalog_url, json={}).status_code == 405


def test_elsewhere_there_is_nothing(demo: Demo) -> None:
    for path in ("/", "/registry/", "/nowhere/v1/models", "/kimi", "/%2e%2e/etc/passwd"):
        assert get(demo.url + path).status_code == 404

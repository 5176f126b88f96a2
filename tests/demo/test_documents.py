"""The registries and the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.demo.speak import bearer, get, post

if TYPE_CHECKING:
    from provisioner.demo.server import Demo


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


def test_the_documents_carry_all_six_wires_and_the_demo_itself(demo: Demo) -> None:
    registry = get(demo.registry_url, headers=bearer(demo.token)).json()
    catalog = get(demo.catalog_url).json()
    assert [provider["type"] for provider in registry.values()] == [
        "kimi",
        "openai",
        "openai_responses",
        "anthropic",
    ]
    assert [provider["npm"] for provider in catalog.values()] == ["@ai-sdk/google", "@ai-sdk/google-vertex"]
    assert all(one["api"].startswith(demo.url) for one in (*registry.values(), *catalog.values()))
    published = {
        f"{provider}/{model}"
        for provider, entry in {**registry, **catalog}.items()
        for model in entry["models"]
    }
    assert {alias for aliases in demo.aliases.values() for alias in aliases} == published


def test_the_catalog_is_only_read(demo: Demo) -> None:
    assert post(demo.catalog_url, json={}).status_code == 405


def test_elsewhere_there_is_nothing(demo: Demo) -> None:
    for path in ("/", "/registry/", "/nowhere/v1/models", "/kimi", "/%2e%2e/etc/passwd"):
        assert get(demo.url + path).status_code == 404

"""A URL may carry a key, in its user part or its query: none of it may show, wherever the URL does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.cli.conftest import registry
from tests.cli.test_add_catalog import CATALOG

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Machine

SECRET = "s3cr3t-0123456789"
REGISTRY = f"https://me:{SECRET}@registry.example/api.json?key={SECRET}"
URL = f"https://me:{SECRET}@catalog.example/api.json?key={SECRET}"
BASE = f"https://me:{SECRET}@models.example/v2?key={SECRET}"


@pytest.mark.parametrize("mode", [(), ("--json",), ("--dry-run",), ("--dry-run", "--json")])
@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("add", "--registry", REGISTRY), 0),
        (("add", "--registry", REGISTRY, "--only", "nobody"), 1),
        (("add", "--registry", REGISTRY, "--default-model", "no/body"), 1),
        (("add", "acme", "--url", URL, "--api-key", "sk-0123456789abcdef"), 0),
        (("add", "nobody", "--url", URL, "--api-key", "sk-0123456789abcdef"), 1),
        (("add", "--type", "openai", "--base-url", BASE, "--as", "a", "--model", "m"), 0),
        (("add", "--type", "openai", "--base-url", BASE, "--as", "a"), 5),
    ],
)
def test_what_is_added_from_there(
    machine: Machine, cli: Cli, command: tuple[str, ...], code: int, mode: tuple[str, ...]
) -> None:
    def host(request: httpx.Request) -> httpx.Response:
        document = {"registry.example": registry(), "catalog.example": CATALOG}.get(request.url.host)
        return httpx.Response(404) if document is None else httpx.Response(200, json=document)

    machine.host = host
    done = cli(*command, *mode)
    assert (done.code, SECRET in done.out + done.err) == (code, False)


@pytest.mark.parametrize("mode", [(), ("--json",)])
def test_what_is_listed(machine: Machine, cli: Cli, mode: tuple[str, ...]) -> None:
    machine.write(
        f'[providers.a]\ntype = "openai"\nbase_url = "{BASE}"\n'
        f'source = {{ kind = "apiJson", url = "{REGISTRY}", apiKey = "" }}\n'
        f'[models."a/m"]\nprovider = "a"\nmodel = "m"\nmax_context_size = 1\nbase_url = "{BASE}"\n'
    )
    done = cli("list", *mode)
    assert (done.code, SECRET in done.out + done.err, "registry.example" in done.out) == (0, False, True)

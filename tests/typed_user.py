"""A program of somebody who uses the Python API and checks it with ``mypy --strict``; it is never run.

mypy sees it here with the checkout, and `.ci/install` with the installed wheel.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, assert_type

import kimi_provider
from kimi_provider import (
    AddCatalog,
    AddEndpoint,
    App,
    CatalogRequest,
    Change,
    CheckOptions,
    Consent,
    Credential,
    KimiProviderError,
    Remove,
)


def documents(app: App) -> None:
    document = kimi_provider.load("https://registry.example/api.json", token="t", app=app)
    assert_type(document.kind, Literal["catalog", "registry"])
    if provider := document.provider("p"):
        assert_type(provider.env, tuple[str, ...])
        assert_type([model.context for model in provider.models], list[int])
    kimi_provider.load(Path("api.json"), tokem="t")  # type: ignore[call-arg]


def changes() -> None:
    access = CatalogRequest(offline=True)
    request = AddCatalog("anthropic", credential=Credential(variable="KEY"), access=access, consent=Consent())
    planned = kimi_provider.plan(request)
    assert_type(planned.changes, tuple[Change, ...])
    assert_type(planned.diff, str)
    assert_type(kimi_provider.apply(planned).outcome.written, bool)
    assert_type(kimi_provider.apply(kimi_provider.plan(Remove(("p",)))).providers, tuple[str, ...])
    kimi_provider.plan("anthropic")  # type: ignore[call-overload]


def models() -> None:
    result = kimi_provider.check("p/m", options=CheckOptions(checks=("text", "tools"), timeout_s=9))
    assert_type(result.verdict, Literal["pass", "fail", "unknown"])
    try:
        kimi_provider.check("p/m", app=App.from_environment(Path("config.toml")))
    except KimiProviderError as error:
        assert_type(error.code, str)
        assert_type(error.hint, str | None)


async def in_a_loop() -> None:
    assert_type(await kimi_provider.aload(offline=True), kimi_provider.Document)
    planned = await kimi_provider.aplan(Remove(("p",)))
    assert_type((await kimi_provider.aapply(planned)).providers, tuple[str, ...])
    added = await kimi_provider.aplan(AddEndpoint("openai", "http://127.0.0.1:11434/v1", "local"))
    assert_type((await kimi_provider.aapply(added)).outcome.written, bool)
    assert_type(await kimi_provider.acheck("p/m"), kimi_provider.CheckResult)


assert_type(kimi_provider.__version__, str)
print(kimi_provider.no_such_name)  # type: ignore[attr-defined]

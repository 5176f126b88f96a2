"""The Python API: docs/api.md as it stands, and what it promises."""

from __future__ import annotations

import asyncio
import dataclasses
import doctest
import importlib
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_type

import httpx
import pytest

import kimi_provider
from provisioner import api
from provisioner.app import Http
from provisioner.demo.server import Demo
from provisioner.workflows import add_registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DOCS = Path(__file__).resolve().parents[1] / "docs" / "api.md"


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with Demo.start() as demo:
        yield demo


@pytest.fixture
def added(demo: Demo) -> Demo:
    """A config.toml with the demo's registry and a default model."""
    request = kimi_provider.AddRegistry(demo.registry_url, token=demo.token, default_model="demo-openai/echo")
    kimi_provider.apply(kimi_provider.plan(request))
    return demo


def test_the_examples_of_the_documentation_run_as_printed(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = DOCS.read_text().replace("http://127.0.0.1:8765", demo.url).replace("```\n", "\n")
    names = {"kimi_provider": kimi_provider, "asyncio": asyncio, "Path": Path, "token": demo.token}
    examples = doctest.DocTestParser().get_doctest(text, names, DOCS.name, str(DOCS), 0)
    said: list[str] = []
    result = doctest.DocTestRunner().run(examples, out=said.append)
    assert result.attempted > 15
    assert not said, "".join(said)


def test_every_public_name_is_there_and_no_other() -> None:
    assert [name for name in api.__all__ if not hasattr(kimi_provider, name)] == []
    assert set(api.__all__) <= set(dir(kimi_provider))
    missing = "nothing"
    with pytest.raises(AttributeError, match=missing):
        getattr(kimi_provider, missing)


def test_nothing_is_printed_and_nothing_kept_in_the_environment(
    added: Demo, capfd: pytest.CaptureFixture[str]
) -> None:
    assert kimi_provider.check("demo-openai/echo").verdict == "pass"
    assert not list(kimi_provider.App.from_environment().state_dir.glob("*history*"))
    assert capfd.readouterr() == ("", "")


def test_a_result_is_of_the_kind_of_its_request(added: Demo) -> None:
    removed = kimi_provider.apply(kimi_provider.plan(kimi_provider.Remove(("demo-kimi",))))
    assert assert_type(removed.providers, tuple[str, ...]) == ("demo-kimi",)
    default = kimi_provider.plan(kimi_provider.SetDefault("demo-openai/thinker"))
    assert assert_type(default.result.alias, str) == "demo-openai/thinker"


def test_a_plan_writes_nothing(demo: Demo) -> None:
    planned = kimi_provider.plan(kimi_provider.AddRegistry(demo.registry_url, token=demo.token))
    assert planned.changes
    assert demo.token not in planned.diff
    assert not planned.app.config_path.exists()


def test_what_would_be_another_change_by_now_is_not_written(added: Demo) -> None:
    planned = kimi_provider.plan(kimi_provider.Remove(("demo-openai", "demo-kimi")))
    path = planned.app.config_path
    path.write_text(
        path.read_text() + '\n[models.mine]\nprovider = "demo-kimi"\nmodel = "m"\nmax_context_size = 9\n'
    )
    before = path.read_bytes()
    with pytest.raises(kimi_provider.ConfigChanged):
        kimi_provider.apply(planned)
    assert path.read_bytes() == before


def test_what_else_was_changed_meanwhile_stays(added: Demo) -> None:
    planned = kimi_provider.plan(kimi_provider.Remove(("demo-kimi",)))
    path = planned.app.config_path
    path.write_text("# mine\n" + path.read_text())
    assert kimi_provider.apply(planned).outcome.written
    assert path.read_text().startswith("# mine\n")
    assert "demo-kimi" not in path.read_text()


def test_a_change_is_on_record_under_the_name_of_the_function(added: Demo) -> None:
    from provisioner.workflows import undo

    app = kimi_provider.App.from_environment()
    assert [change.entry.command for change in undo.changes(app)] == ["kimi_provider.apply"]


def test_check_works_inside_a_running_event_loop(added: Demo) -> None:
    async def main() -> str:
        return kimi_provider.check("demo-openai/echo").verdict

    assert asyncio.run(main()) == "pass"


def test_what_reads_and_writes_can_be_awaited(demo: Demo) -> None:
    async def main() -> tuple[str, bool]:
        document = await kimi_provider.aload(demo.registry_url, token=demo.token)
        planned = await kimi_provider.aplan(kimi_provider.AddRegistry(demo.registry_url, token=demo.token))
        done = await kimi_provider.aapply(planned)
        return document.kind, assert_type(done, add_registry.Result).outcome.written

    assert asyncio.run(main()) == ("registry", True)


def give_up(prepared: Callable[[Callable[[], None]], kimi_provider.Planned[Any]]) -> None:
    """Applies what is ``prepared``, and cancels that when the function is called that was handed in for it."""
    given_up = threading.Event()

    async def main() -> None:
        loop = asyncio.get_running_loop()

        def cancel() -> None:
            loop.call_soon_threadsafe(applying.cancel)
            assert given_up.wait(60)

        applying = asyncio.create_task(kimi_provider.aapply(prepared(cancel)))
        with pytest.raises(asyncio.CancelledError):
            await applying
        given_up.set()
        await loop.shutdown_default_executor()

    asyncio.run(main())


def test_what_was_given_up_is_not_written_later(demo: Demo) -> None:
    planned = kimi_provider.plan(kimi_provider.AddRegistry(demo.registry_url, token=demo.token))
    body = httpx.get(demo.registry_url, headers={"Authorization": f"Bearer {demo.token}"}).content

    def prepared(cancel: Callable[[], None]) -> kimi_provider.Planned[Any]:
        def answer(request: httpx.Request) -> httpx.Response:
            del request
            cancel()
            return httpx.Response(200, content=body)

        app = planned.app._replace(http=Http(httpx.MockTransport(answer)))
        return dataclasses.replace(planned, app=app)

    give_up(prepared)
    assert not planned.app.config_path.exists()


def test_what_was_given_up_while_the_file_is_locked_is_not_written(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = kimi_provider.plan(kimi_provider.AddRegistry(demo.registry_url, token=demo.token))
    really_locked = importlib.import_module("kimi_provider.config.locked").locked

    def prepared(cancel: Callable[[], None]) -> kimi_provider.Planned[Any]:
        def locked(*args: Any, **more: Any) -> Any:
            cancel()
            return really_locked(*args, **more)

        monkeypatch.setattr("kimi_provider.config.apply.locked", locked)
        return planned

    give_up(prepared)
    assert not planned.app.config_path.exists()


def test_a_timeout_of_the_caller_ends_a_check(added: Demo) -> None:
    async def main() -> None:
        async with asyncio.timeout(0):
            await kimi_provider.acheck("demo-openai/echo")

    with pytest.raises(TimeoutError):
        asyncio.run(main())


def test_a_file_is_read_as_what_it_is(tmp_path: Path, demo: Demo) -> None:
    path = tmp_path / "api.json"
    models = {"m": {"id": "m", "name": "M", "limit": {"context": 1000}}}
    path.write_text(
        json.dumps(
            {"p": {"id": "p", "name": "P", "api": "https://p.example", "type": "openai", "models": models}}
        )
    )
    assert kimi_provider.load(path).kind == "registry"
    catalog = kimi_provider.load(demo.catalog_url)
    assert (catalog.kind, [one.id for one in catalog.providers][:1]) == ("catalog", ["demo-google"])
    assert all(problem.pointer.startswith("/") for problem in catalog.problems)
    path.write_text("[]")
    with pytest.raises(kimi_provider.DocumentInvalid) as caught:
        kimi_provider.load(path)
    assert (caught.value.code, caught.value.where) == ("document_invalid", str(path))
    with pytest.raises(kimi_provider.NotFound):
        kimi_provider.load(tmp_path / "none.json")


def test_what_is_not_used_is_not_loaded() -> None:
    code = (
        "import sys, kimi_provider\n"
        "before = set(sys.modules)\n"
        "kimi_provider.load(offline=True)\n"
        "heavy = {'asyncio', 'click', 'httpx', 'jsonschema', 'rich', 'tomlkit'}\n"
        "print('kimi_provider.api' in before, sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "False []\n"


def test_a_process_that_goes_on_keeps_no_keys_and_no_files(added: Demo) -> None:
    program = """if True:
        import gc, sys, kimi_provider
        app = kimi_provider.App.from_environment()
        credential = kimi_provider.Credential(key="given-0123456789abcdef")
        access = kimi_provider.CatalogRequest(offline=True)
        request = kimi_provider.AddCatalog("anthropic", credential=credential, access=access)
        kimi_provider.plan(request, app=app)
        from kimi_provider import seen_keys
        files = [one for one in gc.get_objects() if isinstance(one, seen_keys._File)]
        keys = [one for one in gc.get_objects() if isinstance(one, seen_keys._Keys)]
        print(len(files), len(keys))
    """
    assert added.token in kimi_provider.App.from_environment().config_path.read_text()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "0 0\n"

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from provisioner.errors import NotFound, UsageError
from provisioner.smoke.answer import Usage
from provisioner.smoke.options import Options
from provisioner.smoke.report import Correction
from provisioner.workflows import test as testing
from provisioner.workflows.price import Prices
from tests.smoke.server import Chunks, Request, reply, serving, stream
from tests.smoke.streams import CHAT, chunk, config, data

if TYPE_CHECKING:
    from provisioner.app import App

TWO = """
[providers.a]
type = "openai"
base_url = "SERVER/v1"
api_key = "sk-0123456789abcdef"

[providers.b]
type = "openai"
base_url = "SERVER/v1"
api_key = "sk-0123456789abcdef"

[providers.login]
type = "kimi"
oauth = { storage = "file", key = "k" }

[models."a/1"]
provider = "a"
model = "1"
max_context_size = 9000

[models."b/1"]
provider = "b"
model = "1"
max_context_size = 9000

[models."login/k"]
provider = "login"
model = "k"
max_context_size = 9000

[models."a/2"]
provider = "a"
model = "2"
max_context_size = 9000
"""


def write(app: App, text: str) -> None:
    app.config_path.parent.mkdir(exist_ok=True)
    app.config_path.write_text(text)


@pytest.mark.parametrize(
    ("request_", "aliases", "skipped"),
    [
        ({"aliases": ("b/1", "a/2", "b/1")}, ["b/1", "a/2"], ()),
        ({"providers": ("a",)}, ["a/1", "a/2"], ()),
        ({"everything": True}, ["a/1", "b/1", "a/2"], ("login/k",)),
        ({"aliases": ("a/2",), "providers": ("b",)}, ["a/2", "b/1"], ()),
        ({"aliases": ("login/k",), "everything": True}, ["login/k", "a/1", "b/1", "a/2"], ()),
        ({"providers": ("login",)}, [], ("login/k",)),
    ],
)
def test_which_aliases_are_tested(
    app: App, request_: dict[str, Any], aliases: list[str], skipped: tuple[str, ...]
) -> None:
    with serving(stream(CHAT)) as server:
        write(app, TWO.replace("SERVER", server.url))
        result = testing.run(app, testing.Request(**request_))
    assert [found.alias for found in result.results] == aliases
    assert result.skipped == skipped


def test_nothing_to_test_is_said(app: App) -> None:
    with pytest.raises(UsageError):
        testing.run(app, testing.Request())
    with pytest.raises(NotFound):
        testing.run(app, testing.Request(everything=True))
    write(app, TWO)
    with pytest.raises(NotFound) as caught:
        testing.run(app, testing.Request(providers=("lgin",)))
    assert "login" in str(caught.value.hint)


def test_an_unknown_alias_is_a_result_with_a_near_name(app: App) -> None:
    write(app, TWO)
    result = testing.run(app, testing.Request(("a/11",)))
    error = result.results[0].error
    assert error is not None
    assert (error.kind, error.hint) == ("config", "kimi provider test a/1")


def refusing(request: Request) -> Chunks:
    if "tools" not in request.body:
        return stream(CHAT)
    said = "max_tokens is too large. This model supports at most 8192 completion tokens"
    return reply("400 Bad Request", {"error": {"message": said}})


def test_fix_writes_the_line_and_nothing_else(app: App) -> None:
    with serving(refusing) as server:
        text = "# mine\n" + config("openai", f"{server.url}/v1") + "# the end\n"
        write(app, text)
        shown = testing.run(app, testing.Request(("p/m",), fix=True, dry_run=True))
        assert app.config_path.read_text() == text
        result = testing.run(app, testing.Request(("p/m",), fix=True))
    assert shown.fixed == result.fixed == (Correction(("models", "p/m"), "max_output_size", 8192),)
    assert shown.outcome is not None
    assert any("max_output_size" in line.text for line in shown.outcome.diff)
    after = app.config_path.read_text()
    assert tomllib.loads(after)["models"]["p/m"]["max_output_size"] == 8192
    assert after.startswith("# mine\n")
    assert after.endswith("# the end\n")
    assert result.outcome is not None
    assert result.outcome.backup is not None


def test_fix_leaves_overrides_to_their_owner(app: App) -> None:
    with serving(refusing) as server:
        more = '[models."p/m".overrides]\nmax_output_size = 20000'
        write(app, config("openai", f"{server.url}/v1", model=more))
        before = app.config_path.read_text()
        result = testing.run(app, testing.Request(("p/m",), fix=True))
    assert (result.fixed, len(result.unfixed), result.outcome) == ((), 1, None)
    assert app.config_path.read_text() == before


def test_fixes_of_the_same_list_add_up(app: App) -> None:
    plain = stream(data(chunk({"content": "Hello"}), chunk(finish="stop")))
    with serving(plain) as server:
        write(app, config("openai", f"{server.url}/v1", model='capabilities = ["thinking", "x", "image_in"]'))
        checks = Options(("text", "thinking", "vision"))
        before = testing.run(app, testing.Request(("p/m",), checks))
        result = testing.run(app, testing.Request(("p/m",), checks, fix=True))
    assert [check.verdict for check in before.results[0].checks] == ["pass", "fail", "fail"]
    # What counts after a fix is how the alias is now.
    assert [check.verdict for check in result.results[0].checks] == ["pass", "pass", "pass"]
    assert len(result.fixed) == 2
    assert tomllib.loads(app.config_path.read_text())["models"]["p/m"]["capabilities"] == ["x"]


def test_the_cost_comes_from_the_catalog_that_is_at_hand(app: App) -> None:
    catalog = "https://models.dev/api.json"
    source = f'source = {{ kind = "modelsDev", url = "{catalog}", id = "openai" }}'
    with serving(stream(CHAT)) as server:
        write(app, config("openai", f"{server.url}/v1", provider=source, name="gpt-4o"))
        result = testing.run(app, testing.Request(("p/m",))).results[0]
        assert result.spent == (Usage(7, 5, 2),)
        assert result.cost == pytest.approx((7 * 2.5 + 5 * 10) / 1e6)
        write(app, config("openai", f"{server.url}/v1", provider=source, name="unheard-of"))
        assert testing.run(app, testing.Request(("p/m",))).results[0].cost is None
        write(
            app, config("openai", f"{server.url}/v1", provider=source.replace("models.dev", "other.example"))
        )
        assert testing.run(app, testing.Request(("p/m",))).results[0].cost is None
        assert Prices(app).cost(result) == result.cost


def test_a_broken_file_is_an_error_and_no_result(app: App) -> None:
    from provisioner.errors import ConfigInvalid

    write(app, "[providers")
    with pytest.raises(ConfigInvalid):
        testing.run(app, testing.Request(everything=True))


def test_the_key_that_is_to_blame_is_named_with_its_line(app: App) -> None:
    app.config_path.parent.mkdir(parents=True, exist_ok=True)
    app.config_path.write_text(
        'default_model = "p/m"\n[providers.p]\ntype = "openai"\napi_key = "k"\n[models."p/m"]\nprovider = "p"\n'
        'model = "m"\nmax_context_size = 1000\n[models.other]\nprovider = "p"\nmodel = "m"\nmax_context_size = 0\n'
    )
    result = testing.run(app, testing.Request(aliases=("p/m",))).results[0]
    assert result.error is not None
    assert result.error.kind == "config"
    assert result.error.message.endswith(f"({app.config_path}:12)")

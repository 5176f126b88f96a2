"""``refresh``: what upstream alone changed is written, what the user changed stays, what is unsure is said."""

from __future__ import annotations

import copy
import shutil
import tomllib
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.cli.conftest import REGISTRY_URL, TOKEN, registry

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Machine

CATALOG_URL = "https://models.example/api.json"
ADD = ("add", "--registry", REGISTRY_URL, "--token", TOKEN)


def model(id_: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "name": id_.title(),
        "limit": {"context": 100000, "output": 8000},
        "tool_call": True,
        **more,
    }


def catalog(**models: Any) -> dict[str, Any]:
    """A catalog of one provider worth importing and enough others to count as one."""
    acme = {
        "id": "acme",
        "name": "Acme",
        "npm": "@ai-sdk/openai-compatible",
        "api": "https://acme.example/v1",
        "env": ["ACME_KEY"],
        "models": {"one": model("one"), "two": model("two"), "three": model("three"), **models},
    }
    return {"acme": acme, "other": {**acme, "id": "other"}}


def data(machine: Machine) -> dict[str, Any]:
    return tomllib.loads(machine.config.read_text())


def edit(machine: Machine, old: str, new: str) -> None:
    text = machine.config.read_text()
    assert old in text
    machine.config.write_text(text.replace(old, new, 1))


def kinds(document: Any) -> dict[str, str]:
    return {finding["alias"] or finding["provider"]: finding["kind"] for finding in document["findings"]}


def imported(machine: Machine, cli: Cli, *arguments: str, document: Any = None) -> None:
    machine.serves((CATALOG_URL, document or catalog()))
    done = cli("add", "acme", "--url", CATALOG_URL, "--api-key", "sk-0123456789abcdef", *arguments)
    assert done.code == 0, done.err


def test_nothing_new_writes_nothing_and_check_is_0(machine: Machine, cli: Cli) -> None:
    imported(machine, cli)
    before = machine.config.read_bytes(), machine.config.stat().st_mtime_ns
    document = cli("refresh", "--json").json("refresh")
    assert (document["drift"], document["written"], document["findings"]) == (False, False, [])
    assert cli("refresh", "--check").code == 0
    assert (machine.config.read_bytes(), machine.config.stat().st_mtime_ns) == before


def test_the_server_is_asked_whatever_the_age_of_the_copy(machine: Machine, cli: Cli) -> None:
    imported(machine, cli)
    asked = len(machine.requests)
    assert cli("refresh").code == 0
    assert len(machine.requests) == asked + 1


def test_check_writes_nothing_and_exits_3(machine: Machine, cli: Cli) -> None:
    imported(machine, cli)
    record = next((machine.app.state_dir / "imports").iterdir())
    before = machine.config.read_bytes(), record.read_bytes()
    machine.serves((CATALOG_URL, catalog(one=model("one", limit={"context": 50000}))))
    done = cli("refresh", "--check")
    assert (done.code, (machine.config.read_bytes(), record.read_bytes()) == before) == (3, True)
    assert "acme/one: max_context_size 100000 → 50000" in done.out
    assert cli("refresh", "--dry-run").code == 0
    assert machine.config.read_bytes() == before[0]


def test_fields_are_merged_three_ways(machine: Machine, cli: Cli) -> None:
    imported(machine, cli)
    edit(machine, 'display_name = "One"', 'display_name = "Mine"  # a remark')
    edit(
        machine,
        'model = "two"\nmax_context_size = 100000',
        'model = "two"\nmax_context_size = 777 # less\nextra = 1',
    )
    changed = catalog(
        one=model("one", limit={"context": 50000, "output": 8000}),
        two=model("two", limit={"context": 60000, "output": 9000}),
    )
    machine.serves((CATALOG_URL, changed))
    document = cli("refresh", "--json").json("refresh")
    fields = {(f["alias"], f["field"]): f["kind"] for f in document["findings"]}
    assert fields == {
        ("acme/one", "max_context_size"): "changed",
        ("acme/two", "max_context_size"): "conflict",
        ("acme/two", "max_output_size"): "changed",
    }
    one, two = data(machine)["models"]["acme/one"], data(machine)["models"]["acme/two"]
    assert (one["max_context_size"], one["display_name"]) == (50000, "Mine")
    assert (two["max_context_size"], two["max_output_size"], two["extra"]) == (777, 9000, 1)
    assert "# a remark" in machine.config.read_text()
    assert "777 # less" in machine.config.read_text()
    assert cli("refresh", "--check").code == 0


def test_what_was_not_chosen_stays_out_and_what_is_new_and_matches_comes_in(
    machine: Machine, cli: Cli
) -> None:
    imported(machine, cli, "--model", "t*")
    assert set(data(machine)["models"]) == {"acme/two", "acme/three"}
    machine.serves((CATALOG_URL, catalog(ten=model("ten"), nine=model("nine"))))
    assert cli("refresh").code == 0
    assert set(data(machine)["models"]) == {"acme/two", "acme/three", "acme/ten"}


def test_a_model_that_the_user_took_out_stays_out(machine: Machine, cli: Cli) -> None:
    imported(machine, cli)
    text = machine.config.read_text()
    start = text.index('[models."acme/two"]')
    machine.config.write_text(text[:start] + text[text.index("[models.", start + 5) :])
    assert cli("refresh", "--check").code == 0
    assert cli("refresh").code == 0
    assert "acme/two" not in data(machine)["models"]


def test_retired_models_go_unless_they_are_the_users_or_in_use(machine: Machine, cli: Cli) -> None:
    extra = {name: model(name) for name in ("four", "five", "six", "seven", "eight")}
    imported(machine, cli, "--default-model", "two", document=catalog(**extra))
    with machine.config.open("a") as file:
        file.write('\n[models."acme/three".overrides]\nmax_context_size = 9\n')
    edit(machine, 'model = "four"', 'model = "four" # a remark')
    shorter = catalog(**extra)
    for name in ("one", "two", "three", "four"):
        del shorter["acme"]["models"][name]
    machine.serves((CATALOG_URL, shorter))
    document = cli("refresh", "--json").json("refresh")
    assert kinds(document) == {
        "acme/one": "removed",
        "acme/two": "kept",
        "acme/three": "kept",
        "acme/four": "kept",
    }
    assert {"acme/two", "acme/three", "acme/four"} < set(data(machine)["models"])
    assert "acme/one" not in data(machine)["models"]
    done = cli("refresh", "--yes")
    assert 'default_model was "acme/two"' in done.err
    assert "acme/three" in data(machine)["models"]


def test_prices_are_told(machine: Machine, cli: Cli) -> None:
    imported(machine, cli, document=catalog(one=model("one", cost={"input": 1, "output": 2})))
    machine.serves((CATALOG_URL, catalog(one=model("one", cost={"input": 1.5, "output": 2}))))
    document = cli("refresh", "--json").json("refresh")
    assert (kinds(document), document["drift"]) == ({"acme/one": "price"}, False)
    assert "$1/$2/? → $1.5/$2/?" in document["findings"][0]["message"]


def test_most_models_gone_needs_accept_shrink(machine: Machine, cli: Cli) -> None:
    imported(machine, cli)
    before = machine.config.read_bytes()
    shorter = catalog()
    shorter["acme"]["models"] = {"one": model("one")}
    machine.serves((CATALOG_URL, shorter))
    done = cli("refresh", "--yes")
    assert (done.code, machine.config.read_bytes() == before) == (4, True)
    assert "--accept-shrink" in done.err
    assert cli("refresh", "--accept-shrink").code == 0
    assert set(data(machine)["models"]) == {"acme/one"}


def test_an_import_of_kimi_codes_own_is_adopted_when_it_is_named(machine: Machine, cli: Cli) -> None:
    imported(machine, cli)
    text = machine.config.read_text()
    start = text.index("[providers.acme.source]")
    machine.config.write_text(text[:start] + text[text.index("[models.") :])
    shutil.rmtree(machine.app.state_dir / "imports")
    edit(machine, 'display_name = "One"', 'display_name = "Mine"')
    changed = catalog(two=model("two", limit={"context": 60000, "output": 8000}), ten=model("ten"))
    machine.serves((CATALOG_URL, changed))
    assert cli("refresh", "--check").code == 0  # nothing says that it came from there
    document = cli("refresh", "acme", "--url", CATALOG_URL, "--json").json("refresh")
    assert kinds(document) == {"acme/one": "unsure", "acme/two": "changed", "acme/ten": "added"}
    models = data(machine)["models"]
    assert (models["acme/one"]["display_name"], models["acme/two"]["max_context_size"]) == ("Mine", 60000)
    assert data(machine)["providers"]["acme"]["source"] == {
        "kind": "modelsDev",
        "url": CATALOG_URL,
        "id": "acme",
    }
    assert cli("refresh", "--check").code == 0
    assert data(machine)["models"]["acme/one"]["display_name"] == "Mine"


def test_a_provider_with_another_endpoint_is_not_adopted(machine: Machine, cli: Cli) -> None:
    before = machine.write('[providers.acme]\ntype = "openai"\nbase_url = "https://mine.example/v1"\n')
    machine.serves((CATALOG_URL, catalog()))
    done = cli("refresh", "acme", "--yes", "--url", CATALOG_URL)
    assert (done.code, machine.config.read_bytes() == before) == (2, True)
    assert cli("refresh", "nobody").code == 1


def test_a_copied_file_has_no_record_and_keeps_what_may_be_the_users(machine: Machine, cli: Cli) -> None:
    imported(machine, cli)
    other = machine.config.with_name("copy.toml")
    other.write_text(
        machine.config.read_text().replace("max_context_size = 100000", "max_context_size = 5", 1)
    )
    machine.serves((CATALOG_URL, catalog(two=model("two", limit={"context": 60000, "output": 8000}))))
    document = cli("refresh", "--json", "--config", str(other)).json("refresh")
    assert kinds(document) == {"acme/one": "unsure", "acme/two": "changed"}
    assert "no_record" in {note["code"] for note in document["notes"]}
    assert tomllib.loads(other.read_text())["models"]["acme/one"]["max_context_size"] == 5


def test_an_endpoint_of_the_users_own_stays_theirs(machine: Machine, cli: Cli) -> None:
    imported(machine, cli, "--base-url", "https://proxy.example/v1")
    assert cli("refresh", "--check").code == 0
    edit(machine, "https://proxy.example/v1", "https://second.example/v1")
    moved = catalog()
    moved["acme"]["api"] = "https://evil.example/v1"
    machine.serves((CATALOG_URL, moved))
    assert cli("refresh", "--accept-endpoint-change").code == 0
    assert data(machine)["providers"]["acme"]["base_url"] == "https://second.example/v1"


def test_a_catalog_never_moves_a_key(machine: Machine, cli: Cli) -> None:
    imported(machine, cli)
    before = machine.config.read_bytes()
    moved = catalog()
    moved["acme"]["api"] = "https://evil.example/v1"
    machine.serves((CATALOG_URL, moved))
    for flags in (("--yes",), ("--yes", "--accept-endpoint-change")):
        done = cli("refresh", *flags)
        assert (done.code, machine.config.read_bytes() == before) == (2, True)
        assert "evil.example" in done.out


def test_no_new_model_of_a_catalog_takes_the_key_to_another_host(machine: Machine, cli: Cli) -> None:
    imported(machine, cli)
    before = machine.config.read_bytes()
    there = {"api": "https://evil.example/v1"}
    machine.serves((CATALOG_URL, catalog(four=model("four", provider=there))))
    for flags in (("--yes",), ("--yes", "--accept-endpoint-change")):
        done = cli("refresh", *flags)
        assert (done.code, machine.config.read_bytes() == before) == (2, True)
        assert "evil.example" in done.out
    done = cli("add", "acme", "--url", CATALOG_URL, "--yes")  # the key that stands there
    assert (done.code, machine.config.read_bytes() == before) == (2, True)
    assert "evil.example" in done.err
    assert cli("add", "acme", "--url", CATALOG_URL, "--api-key", "sk-0123456789abcdef").code == 0
    assert "acme/four" in data(machine)["models"]
    assert cli("refresh", "--check").code == 0
    # The same host is no news.
    near = {"api": "https://acme.example/other"}
    machine.serves(
        (CATALOG_URL, catalog(four=model("four", provider=there), five=model("five", provider=near)))
    )
    assert cli("refresh").code == 0
    assert data(machine)["models"]["acme/five"]["base_url"] == "https://acme.example/other"


def test_an_alias_with_a_key_of_its_own_does_not_move_with_its_registry(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD)
    edit(machine, '[models."alpha/big"]', '[models."alpha/big"]\napi_key = "sk-own-0123456789"')
    before = machine.config.read_bytes()
    moved = copy.deepcopy(registry())
    moved["first"]["api"] = "https://moved.example/v1"
    machine.serves((REGISTRY_URL, moved))
    done = cli("refresh", "--yes", "--accept-endpoint-change")
    assert (done.code, machine.config.read_bytes() == before) == (2, True)
    assert "api_key of alpha/big" in done.out
    edit(machine, 'api_key = "sk-own-0123456789"\n', "")
    assert cli("refresh", "--accept-endpoint-change").code == 0
    assert data(machine)["providers"]["alpha"]["base_url"] == "https://moved.example/v1"


@pytest.mark.parametrize(
    "odd", ["models = 3", "models = [3]", 'models = "o*"', 'variables = "a"', "variables = 3", "base_url = 3"]
)
def test_what_a_hand_made_of_a_source_is_said_and_nothing_changes(
    machine: Machine, cli: Cli, odd: str
) -> None:
    imported(machine, cli)
    edit(machine, 'id = "acme"', f'id = "acme"\n{odd}')
    before = machine.config.read_bytes()
    machine.serves((CATALOG_URL, catalog(two=model("two", name="Newer"))))
    document = cli("refresh", "--json").json("refresh")
    assert "[providers.acme.source]" in document["failures"][0]["message"]
    assert cli("refresh").code == 2
    assert machine.config.read_bytes() == before


def test_a_date_where_a_name_should_be_is_no_traceback(machine: Machine, cli: Cli) -> None:
    imported(machine, cli)
    edit(machine, 'display_name = "One"', "display_name = 2026-01-01")
    machine.serves((CATALOG_URL, catalog(one=model("one", name="Newer"))))
    (found,) = cli("refresh", "--json").json("refresh")["findings"]
    assert (found["kind"], found["before"], found["after"]) == ("conflict", "2026-01-01", "Newer")


def test_a_record_that_is_no_text_is_written_anew(machine: Machine, cli: Cli) -> None:
    imported(machine, cli)
    (record,) = (machine.app.state_dir / "imports").glob("*.json")
    before = record.read_bytes()
    record.write_bytes(b"\xff\xfe")
    assert cli("add", "acme", "--url", CATALOG_URL).code == 0
    assert record.read_bytes() == before


def test_variables_of_the_endpoint_are_remembered(machine: Machine, cli: Cli) -> None:
    document = catalog()
    document["acme"]["api"] = "https://${ACCOUNT}.example/v1"
    imported(machine, cli, "--var", "ACCOUNT=me", document=document)
    assert data(machine)["providers"]["acme"]["source"]["variables"] == {"ACCOUNT": "me"}
    assert cli("refresh", "--check").code == 0
    edit(machine, "\n[providers.acme.source.variables]\n", "\n[unrelated]\n")
    assert cli("refresh", "--check").code == 0  # as the version before left it


@pytest.mark.parametrize(
    ("host", "code"),
    [
        (lambda _: httpx.Response(500), 5),
        (lambda _: httpx.Response(401), 6),
        (lambda _: httpx.Response(200, json={}), 4),
        (lambda _: httpx.Response(200, text='{"first": {"id"'), 4),
    ],
)
def test_nothing_is_removed_because_a_document_was_unreachable_empty_or_half(
    machine: Machine, cli: Cli, host: Any, code: int
) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD)
    before = machine.config.read_bytes()
    machine.host = host
    done = cli("refresh", "--yes")
    assert (done.code, machine.config.read_bytes() == before) == (code, True)
    document = cli("refresh", "--json").json("refresh")
    assert document["failures"][0]["url"] == REGISTRY_URL


def test_nothing_is_removed_because_its_entry_cannot_be_read(machine: Machine, cli: Cli) -> None:
    imported(machine, cli)
    whole = registry(third={**registry()["second"], "id": "gamma"})
    good = ((CATALOG_URL, catalog()), (REGISTRY_URL, whole))
    machine.serves(*good)
    assert cli(*ADD).code == 0
    before = machine.config.read_bytes()
    broken = copy.deepcopy(whole)
    broken["second"]["type"] = "antropic"
    broken["first"]["models"]["small"]["id"] = ""
    two = model("two", limit={"context": "100k"})
    machine.serves((CATALOG_URL, catalog(two=two)), (REGISTRY_URL, broken))
    kept = kinds(cli("refresh", "--yes", "--json").json("refresh"))
    assert kept == {"beta": "kept", "alpha/small": "kept", "acme/two": "kept"}
    assert machine.config.read_bytes() == before
    machine.serves(*good)
    assert cli("refresh", "--check").code == 0
    del broken["second"], broken["first"]["models"]["small"]
    machine.serves((CATALOG_URL, catalog(two=model("two", status="deprecated"))), (REGISTRY_URL, broken))
    removed = kinds(cli("refresh", "--json").json("refresh"))
    assert removed == {"beta": "removed", "alpha/small": "removed", "acme/two": "removed"}


def test_tokens_are_tried_until_one_works(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD)
    edit(machine, f'apiKey = "{TOKEN}"', 'apiKey = "tok-old-0123456789"')
    document = copy.deepcopy(registry())
    document["second"]["models"]["one"]["name"] = "Newer"

    def host(request: httpx.Request) -> httpx.Response:
        if request.headers["authorization"] != f"Bearer {TOKEN}":
            return httpx.Response(401)
        return httpx.Response(200, json=document)

    machine.host = host
    done = cli("refresh")
    assert done.code == 0
    assert "refused one of the tokens" in done.err
    assert data(machine)["models"]["beta/one"]["display_name"] == "Newer"


@pytest.mark.parametrize(
    ("arguments", "old", "new", "hint"),
    [
        (("--token", TOKEN), "", "", "kimi provider key alpha, with a token"),
        (
            ("--token", TOKEN, "--only", "beta"),
            f'api_key = "{TOKEN}"',
            'api_key = "sk-mine-0123456789"',
            f"kimi provider add --registry {REGISTRY_URL} --only beta --token-stdin",
        ),
        ((), "", "", f"kimi provider add --registry {REGISTRY_URL} --token-stdin"),
    ],
)
def test_a_refused_token_is_replaced_by_a_command_that_takes_one(
    machine: Machine, cli: Cli, arguments: tuple[str, ...], old: str, new: str, hint: str
) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli("add", "--registry", REGISTRY_URL, *arguments)
    edit(machine, old, new)
    machine.host = lambda _: httpx.Response(401)
    done = cli("refresh")
    assert done.code == 6
    assert hint in done.err
    assert "KIMI_REGISTRY_API_KEY" not in done.err


def test_a_pick_stays_a_pick_and_a_whole_import_grows(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD, "--only", "alpha")
    assert cli("refresh", "--check").code == 0
    assert set(data(machine)["providers"]) == {"alpha"}
    cli(*ADD)
    third = {**registry()["second"], "id": "gamma"}
    machine.serves((REGISTRY_URL, registry(third=third)))
    assert cli("refresh").code == 0
    assert set(data(machine)["providers"]) == {"alpha", "beta", "gamma"}
    assert data(machine)["providers"]["gamma"]["api_key"] == TOKEN
    cli("remove", "gamma")
    assert cli("refresh").code == 0
    assert set(data(machine)["providers"]) == {"alpha", "beta"}


def test_a_new_provider_at_a_host_that_the_token_does_not_go_to_waits(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD)
    before = machine.config.read_bytes()
    third = {**registry()["second"], "id": "gamma", "api": "https://gamma.example/v1"}
    machine.serves((REGISTRY_URL, registry(third=third)))
    for flags in ((), ("--yes",)):
        done = cli("refresh", *flags)
        assert (done.code, machine.config.read_bytes() == before) == (2, True)
        assert "https://gamma.example/v1" in done.out
        assert "kimi provider refresh --accept-endpoint-change" in done.out
        assert done.out.endswith("Nothing written: what is marked ! waits for you.\n")
    assert cli("refresh", "--check").code == 3
    assert cli("refresh", "--accept-endpoint-change").code == 0
    assert data(machine)["providers"]["gamma"]["api_key"] == TOKEN


@pytest.mark.parametrize("api", ["https://beta.example/v1", "https://registry.example/v1"])
def test_a_new_provider_where_the_token_goes_already_does_not_wait(
    api: str, machine: Machine, cli: Cli
) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD)
    third = {**registry()["second"], "id": "gamma", "api": api}
    machine.serves((REGISTRY_URL, registry(third=third)))
    assert cli("refresh").code == 0
    assert data(machine)["providers"]["gamma"]["base_url"] == api


def test_a_host_that_only_another_key_goes_to_is_new_to_the_token(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD)
    edit(machine, f'api_key = "{TOKEN}"', 'api_key_env = "ALPHA_KEY"')
    third = {**registry()["second"], "id": "gamma", "api": "https://alpha.example/v1"}
    machine.serves((REGISTRY_URL, registry(third=third)))
    assert cli("refresh").code == 2
    assert "gamma" not in data(machine)["providers"]


def test_a_new_provider_of_a_registry_without_a_token_does_not_wait(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    assert cli("add", "--registry", REGISTRY_URL).code == 0
    third = {**registry()["second"], "id": "gamma", "api": "https://gamma.example/v1"}
    machine.serves((REGISTRY_URL, registry(third=third)))
    assert cli("refresh").code == 0
    assert "gamma" in data(machine)["providers"]


def test_what_is_kept_of_an_import_holds_no_key_and_is_private(machine: Machine, cli: Cli) -> None:
    machine.serves(("https://registry.example/api.json?key=sk-url-0123456789", registry()))
    cli("add", "--registry", "https://registry.example/api.json?key=sk-url-0123456789", "--token", TOKEN)
    (record,) = (machine.app.state_dir / "imports").iterdir()
    assert (record.stat().st_mode & 0o777, record.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert TOKEN not in record.read_text()
    assert "sk-url" not in record.read_text()
    done = cli("refresh", "--json", "--check")
    assert TOKEN not in done.out
    assert "sk-url" not in done.out


def test_a_month(machine: Machine, cli: Cli) -> None:
    """An import, hand edits of every kind, and five revisions upstream: the edits are all there at the end."""
    machine.write('# my file\n[providers.mine]\ntype = "openai"\napi_key = "sk-mine-0123456789"\n')
    many = {f"m{number}": {"id": f"m{number}", "limit": {"context": 1000}} for number in range(6)}
    document = registry()
    document["first"]["models"] |= many
    machine.serves((REGISTRY_URL, document))
    assert cli(*ADD, "--default-model", "alpha/big").code == 0
    edit(machine, 'display_name = "Alpha Big"', 'display_name = "Big" # mine')
    edit(machine, 'api_key = "tok-0123456789abcdef"', 'api_key_env = "ALPHA_KEY" # from my shell')
    with machine.config.open("a") as file:
        file.write(
            '\n[models."alpha/m1".overrides]\nmax_context_size = 9\n\n[models.short]\nprovider = "alpha"\n'
            'model = "alpha-big-1"\nmax_context_size = 5\n\n[providers.beta.custom_headers]\nX-Team = "blue"\n'
        )
    edit(machine, 'model = "m2"\n', 'model = "m2"\nmax_output_size = 77\n')
    mine = (
        *('display_name = "Big" # mine', 'api_key_env = "ALPHA_KEY" # from my shell', "# my file"),
        *('[models."alpha/m1".overrides]', "[models.short]", 'X-Team = "blue"', "max_output_size = 77"),
        *('default_model = "alpha/big"', "[providers.mine]"),
    )

    def revise(*flags: str) -> dict[str, str]:
        machine.serves((REGISTRY_URL, document))
        found = kinds(cli("refresh", *flags, "--json").json("refresh"))
        assert all(text in machine.config.read_text() for text in mine)
        assert cli("refresh", "--check").code == (3 if set(found.values()) & {"moved", "claimed"} else 0)
        return found

    document["first"]["models"]["big"] |= {"limit": {"context": 300000}, "name": "Alpha Big 2"}
    assert revise() == {"alpha/big": "conflict"}
    assert data(machine)["models"]["alpha/big"]["max_context_size"] == 300000
    del document["first"]["models"]["m0"]
    del document["first"]["models"]["m1"]
    assert revise() == {"alpha/m0": "removed", "alpha/m1": "kept"}
    document["first"]["models"]["m3-new"] = document["first"]["models"].pop("m3")
    assert revise() == {"alpha/m3": "removed", "alpha/m3-new": "added"}
    document["first"]["api"] = document["second"]["api"] = "https://moved.example"
    assert revise("--yes") == {"alpha": "moved", "beta": "moved"}
    assert revise("--accept-endpoint-change") == {"alpha": "moved", "beta": "moved"}  # a variable, a header
    document["first"]["api"], document["second"]["api"] = "https://alpha.example/v1", "https://beta.example"
    document["third"] = {**registry()["second"], "id": "gamma"}
    document["evil"] = {**registry()["second"], "id": "mine", "api": "https://evil.example"}
    document["second"]["models"]["evil"] = {"id": "evil"}
    assert revise("--yes") == {"gamma": "added", "mine": "claimed", "beta/evil": "added"}
    assert "evil.example" not in machine.config.read_text()
    assert data(machine)["providers"]["mine"]["api_key"] == "sk-mine-0123456789"


def test_a_registrys_token_follows_where_that_is_said_and_nothing_else_does(
    machine: Machine, cli: Cli
) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD)
    before = machine.config.read_bytes()
    moved = registry()
    moved["first"]["api"] = "https://moved.example/v1"
    moved["second"]["type"] = "openai"
    machine.serves((REGISTRY_URL, moved))
    done = cli("refresh", "--yes")
    assert (done.code, machine.config.read_bytes() == before) == (2, True)
    assert "https://alpha.example/v1 (openai) to https://moved.example/v1 (openai)" in done.out
    assert cli("refresh", "--check").code == 3
    assert cli("refresh", "--accept-endpoint-change").code == 0
    providers = data(machine)["providers"]
    assert (providers["alpha"]["base_url"], providers["beta"]["type"]) == (
        "https://moved.example/v1",
        "openai",
    )
    edit(machine, f'api_key = "{TOKEN}"', 'api_key = "sk-my-own-0123456789"')
    machine.serves((REGISTRY_URL, registry()))
    document = cli("refresh", "--accept-endpoint-change", "--json").json("refresh")
    assert [(f["provider"], f["held"]) for f in document["findings"]] == [("alpha", True), ("beta", False)]


def test_an_alias_of_somebody_else_is_given_away_where_that_is_said(machine: Machine, cli: Cli) -> None:
    own = "overrides = { max_output_size = 7 }"
    machine.write(f'[models."alpha/new"]\nprovider = "mine"\nmodel = "x"\nmax_context_size = 5\n{own}\n')
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD)
    claiming = registry()
    claiming["first"]["models"]["new"] = {"id": "taken"}
    machine.serves((REGISTRY_URL, claiming))
    for _ in range(2):
        done = cli("refresh", "--yes")
        assert (done.code, data(machine)["models"]["alpha/new"]["provider"]) == (2, "mine")
    assert cli("refresh", "--accept-endpoint-change").code == 0
    assert data(machine)["models"]["alpha/new"]["model"] == "taken"
    assert data(machine)["models"]["alpha/new"]["overrides"] == {"max_output_size": 7}


def test_offline_compares_with_what_is_kept_and_writes_nothing_with_check(machine: Machine, cli: Cli) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD)
    asked = len(machine.requests)
    assert cli("refresh", "--offline", "--check").code == 0
    changed = registry()
    changed["first"]["models"]["big"]["limit"] = {"context": 5000}
    machine.serves((REGISTRY_URL, changed))
    cli("refresh", "--check")  # brings the new copy
    assert cli("refresh", "--offline", "--check").code == 3
    assert len(machine.requests) == asked + 1


def test_an_import_of_kimi_codes_own_from_a_registry_keeps_what_nobody_can_tell(
    machine: Machine, cli: Cli
) -> None:
    machine.serves((REGISTRY_URL, registry()))
    cli(*ADD)
    shutil.rmtree(machine.app.state_dir / "imports")
    shutil.rmtree(machine.app.cache_dir)
    edit(machine, "max_context_size = 200000", "max_context_size = 1000")
    with machine.config.open("a") as file:
        file.write('\n[models.short]\nprovider = "alpha"\nmodel = "x"\nmax_context_size = 5\n')
    document = cli("refresh", "--yes", "--json").json("refresh")
    assert kinds(document) == {"alpha/big": "unsure", "short": "unsure"}
    assert data(machine)["models"]["alpha/big"]["max_context_size"] == 1000
    assert "short" in data(machine)["models"]
    assert cli("refresh", "--check").code == 0


def test_a_refresh_that_was_undone_can_be_done_again(machine: Machine, cli: Cli) -> None:
    imported(machine, cli)
    edit(machine, 'display_name = "Two"', 'display_name = "Mine"')
    first = machine.config.read_bytes()
    new = catalog(four=model("four"), one=model("one", limit={"context": 50000, "output": 8000}))
    del new["acme"]["models"]["three"]
    machine.serves((CATALOG_URL, new))
    assert cli("refresh").code == 0
    refreshed = machine.config.read_bytes()
    assert b"50000" in refreshed
    assert b"acme/four" in refreshed
    assert b"acme/three" not in refreshed
    assert cli("undo").code == 0
    assert machine.config.read_bytes() == first
    assert cli("refresh", "--check").code == 3
    assert cli("refresh").code == 0
    assert machine.config.read_bytes() == refreshed
    assert cli("undo").code == 0
    assert cli("undo").code == 0
    assert machine.config.read_bytes() == refreshed
    assert cli("refresh", "--check").code == 0

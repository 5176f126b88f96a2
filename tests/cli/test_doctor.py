"""``doctor``: what it finds, where, and that ``--fix`` does what it says and nothing else."""

from __future__ import annotations

import shutil
import stat
import subprocess
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.workflows import imports
from tests.cli.conftest import REGISTRY_URL, TOKEN, registry

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Done, Machine

# Broken in many ways at once; the comment behind a line names the codes of what is wrong in it.
BROKEN = """\
# mine
default_model = "m/none" #! default_model_unknown
defualt_provider = "p" #! unknown_key

[providers.p]
type = "openai"
base_url = "https://api.example.com/v1/v1" #! base_url_doubled
api_key = "sk-abcdefghijklmnop\u200b" #! hidden_character

[providers.q]
type = "google_genai" #! type_unknown
api_key = "sk-qqqqqqqqqqqqqqqq"

[providers.r]
type = "openai_responses"
base_url = "http://192.168.1.2:8000" #! base_url_version
  [providers.r.env]
  PROXY_API_KEY = "kp-0123456789abc" #! env_key_unread

[providers.s] #! shell_redirect
type = "openai"
api_key = "sk-ssssssssssssssss" #! key_overwritten
source = { kind = "apiJson", url = "https://reg.example/?token=abcdefg", apiKey = "tok-012345" } #! secret_in_url

[providers.t.source] #! type_unknown
kind = "apiJson"
url = "https://reg.example/api.json"
api_key = "tok-0123456789" #! source_api_key

[providers.v]
type = "vertexai"
api_key = "AIzaxxxxxxxxxxxxxxxxx"

[providers.b]
type = "openai"
api_key = "sk-bbbbbbbbbbbbbbbb"
api_key_env = "B_KEY" #! credential_conflict
base_url = "http://api.public.example/v1" #! http_public
custom_headers = { a = "b", X-N = 1 } #! section_dropped

[providers.kimi-code] #! reserved_name
type = "kimi"
api_key = "\u201csk-kkkkkkkkkkkk\u201d" #! curly_quotes

[providers.__secondary__] #! internal_name
type = "kimi"

[providers.g]
type = "google-genai"
base_url = "https://generativelanguage.googleapis.com/v1beta" #! base_url_pasted
api_key = "AIza0123456789"

[models."p/good"] #! max_output_size_missing
provider = "p"
model = "m"
max_context_size = 131072
capabilties = ["tool_use"] #! unknown_key

[models."p/GOOD"] #! names_alike
provider = "nope" #! provider_missing
model = "m"
max_context_size = 1000 #! context_small
max_output_size = 2000 #! max_output_size_above_context

[models."q/a"]
provider = "q"
model = "gemini-2.5-pro"
max_context_size = 0 #! section_dropped
max_output_size = 1
capabilities = ["thinkng", "tool_use"] #! unknown_capability

[models."s/a"]
provider = "s"
model = "a"
max_context_size = "64000" #! section_dropped
max_output_size = 100
support_efforts = ["low", "high"] #! no_off_effort

[models."v/a"] #! protocol_missing
provider = "v"
model = "gemini-3-pro"
max_context_size = 100000
max_output_size = 100

[models."b/a"]
provider = "b"
model = "x"
max_context_size = 100000
overrides.max_ouput_size = 100 #! unknown_key
max_output_size = 100

[models."r/a"] #! context_missing
provider = "r"
model = "x"
max_output_size = 100

[models."g/a"]
provider = "g"
model = "gemini-2.5-pro"
max_context_size = 100000
max_output_size = 100
"""
ENV = {"OPENAI_BASE_URL": "https://evil.example/v1"}
CURED = {
    "base_url_doubled", "hidden_character", "type_unknown", "env_key_unread", "shell_redirect", "source_api_key",
    "section_dropped", "curly_quotes", "base_url_pasted", "unknown_key", "unknown_capability",
    "no_off_effort", "protocol_missing", "file_readable", "no_key",
}  # fmt: skip


def _marked(text: str) -> list[tuple[int, str]]:
    return [
        (number, code)
        for number, line in enumerate(text.splitlines(), 1)
        for code in line.partition("#! ")[2].split()
    ]


def _found(document: Any) -> list[tuple[int, str]]:
    return [(found["line"], found["code"]) for found in document["findings"]]


def test_all_of_it_is_found_in_its_line(machine: Machine, cli: Cli) -> None:
    before = machine.write(BROKEN)
    done = cli("doctor", "--json", env=ENV)
    assert done.code == 4
    document = done.json("doctor")
    found = [item for item in _found(document) if item[1] not in ("file_readable", "no_key")]
    assert found == _marked(BROKEN)
    at = {(item["code"], *item["path"]): item["column"] for item in document["findings"]}
    assert at["section_dropped", "providers", "b", "custom_headers"] == 1
    assert at["secret_in_url", "providers", "s", "source", "url"] == 30
    assert at["env_key_unread", "providers", "r", "env", "PROXY_API_KEY"] == 3
    assert at["unknown_key", "models", "b/a", "overrides", "max_ouput_size"] == 11
    assert at["context_missing", "models", "r/a", "max_context_size"] == 9
    assert machine.config.read_bytes() == before


def test_no_key_is_shown(machine: Machine, cli: Cli) -> None:
    machine.write(BROKEN)
    for arguments in ((), ("--json",), ("--dry-run",), ("--fix",)):
        done = cli("doctor", *arguments, env=ENV)
        for secret in (
            "sk-abcd",
            "sk-qqqq",
            "kp-0123456789",
            "sk-ssss",
            "tok-01",
            "AIzaxx",
            "sk-kkk",
            "abcdefg",
        ):
            assert secret not in done.out + done.err


def test_what_is_fixed_is_gone_and_nothing_else_changed(machine: Machine, cli: Cli) -> None:
    before = machine.write(BROKEN)
    machine.config.chmod(0o644)
    dry = cli("doctor", "--dry-run", "--json", env=ENV).json("doctor")
    assert machine.config.read_bytes() == before
    document = cli("doctor", "--fix", "--json", env=ENV).json("doctor")
    assert document["written"]
    assert [f["code"] for f in dry["fixed"]] == [f["code"] for f in document["fixed"]]
    assert {found["code"] for found in document["fixed"]} == CURED
    assert stat.S_IMODE(machine.config.stat().st_mode) == 0o600
    again = cli("doctor", "--json", env=ENV).json("doctor")
    assert again["findings"] == document["findings"]
    old, new = BROKEN.splitlines(), machine.config.read_text().splitlines()
    touched = {line for line in old if line not in new}
    fixed = {found["line"] for found in document["fixed"]}
    assert all(old.index(line) + 1 in fixed or "base_url" in line for line in touched)
    data = tomllib.loads(machine.config.read_text())
    assert data["providers"]["s"]["base_url"] == "https://api.openai.com/v1"
    assert data["providers"]["p"]["api_key"] == "sk-abcdefghijklmnop"
    assert data["providers"]["kimi-code"]["api_key"] == "sk-kkkkkkkkkkkk"
    assert data["models"]["s/a"]["max_context_size"] == 64000
    cli("undo")
    assert machine.config.read_bytes() == before


def test_what_kimi_codes_own_doctor_calls_valid(machine: Machine, cli: Cli) -> None:
    machine.write(
        'default_model = "x"\n[providers.p]\ntype = "foo"\n'
        '[models.a]\nprovider = "p"\nmodel = "m"\n[models.b]\nprovider = "q"\nmodel = "m"\nmax_context_size = 1\n'
    )
    document = cli("doctor", "--json").json("doctor")
    errors = [
        (found["line"], found["code"]) for found in document["findings"] if found["severity"] == "error"
    ]
    assert errors == [
        (1, "default_model_unknown"),
        (3, "type_unknown"),
        (4, "context_missing"),
        (8, "provider_missing"),
    ]


def test_a_fix_that_would_drop_a_section_is_left_out(machine: Machine, cli: Cli) -> None:
    machine.write('[models.a]\ncapabilties = 5\nprotocoll = "x"\nmax_output_sise = 1\n')
    cli("doctor", "--fix")
    assert tomllib.loads(machine.config.read_text())["models"]["a"] == {
        "capabilties": 5,
        "protocoll": "x",
        "max_output_size": 1,
    }


def test_nothing_to_report(machine: Machine, cli: Cli) -> None:
    assert cli("doctor").code == 0
    assert not machine.config.exists()
    machine.write(
        'default_model = "a/m"\n[providers.a]\ntype = "openai"\nbase_url = "http://localhost:1/v1"\n'
        'api_key = "sk-0123456789"\n[models."a/m"]\nprovider = "a"\nmodel = "m"\nmax_context_size = 131072\n'
        'max_output_size = 8192\ncapabilities = ["tool_use", "something_new"]\n[hooks_of_mine]\nx = 1\n'
    )
    machine.config.chmod(0o600)
    done = cli("doctor")
    assert (done.code, done.out) == (0, f"{machine.config}: nothing to report\n")
    assert not cli("doctor", "--fix", "--json").json("doctor")["written"]


def test_the_comment_that_switches_on_completion_is_offered_and_left_to_the_user(
    machine: Machine, cli: Cli
) -> None:
    before = machine.write("[thinking]\nenabled = true\n")
    offered = cli("doctor", "--fix").err.partition("begins with: ")[2]
    assert offered.startswith("#:schema file://")
    assert machine.config.read_bytes() == before
    machine.write(offered + before.decode())
    assert "#:schema" not in cli("doctor", "--fix").err


def test_warnings_alone_are_exit_0_and_lines_say_where(machine: Machine, cli: Cli) -> None:
    machine.write("[thinking]\n  enabeld = true\n")
    machine.config.chmod(0o600)
    done = cli("doctor")
    assert "no_default_model" not in done.out
    assert f"{machine.config}:2:3: warning: 'enabeld' in [thinking] is no key" in done.out


@pytest.mark.parametrize(
    ("content", "code", "line", "column", "says"),
    [
        (b"a = 1\nb = '\xc3\xa9\xff'\n", "invalid_utf8", 2, 7, "0xff"),
        (b"a = 1\n\xef\xbb\xbf[b]\n", "invalid_toml", 2, 1, "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        ("a =\u00a01\n".encode(), "invalid_toml", 1, 4, "U+00A0 NO-BREAK SPACE"),
        ("t = 1\na = \u201cx\u201d\n".encode(), "invalid_toml", 2, 5, "LEFT DOUBLE QUOTATION MARK"),
        (b"[a]\nx = 1\n[b]\n[a]\n", "invalid_toml", 4, 3, "a stands there twice, first in line 1"),
        (b"a = [1,\n", "invalid_toml", 2, 1, "valid TOML"),
        (b"a = " + b"[" * 50_000, "invalid_toml", 1, 1, "nested"),
    ],
)
def test_what_is_no_toml_is_a_finding(
    machine: Machine, cli: Cli, content: bytes, code: str, line: int, column: int, says: str
) -> None:
    machine.write("")
    machine.config.write_bytes(content)
    for flags in ((), ("--fix",)):
        done = cli("doctor", "--json", *flags)
        (found,) = done.json("doctor")["findings"]
        assert done.code == 4
        assert (found["code"], found["line"], found["column"]) == (code, line, column)
        assert says in found["message"]
        assert machine.config.read_bytes() == content


def test_a_byte_order_mark_at_the_start_is_fine(machine: Machine, cli: Cli) -> None:
    machine.write("\ufeff[thinking]\nenabeld = true\n")
    (found,) = cli("doctor", "--json").json("doctor")["findings"][-1:]
    assert (found["code"], found["line"], found["column"]) == ("unknown_key", 2, 1)


def test_keys_in_a_git_work_tree(machine: Machine, cli: Cli) -> None:
    machine.write('[providers.a]\ntype = "openai"\napi_key = "sk-0123456789"\n')
    repository = machine.config.parent

    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", str(repository), *arguments], check=True, capture_output=True)

    def finding() -> str:
        found = cli("doctor", "--json").json("doctor")["findings"]
        return next((item["message"] for item in found if item["code"] == "in_git"), "")

    git("init", "-q")
    assert "does not ignore" in finding()
    (repository / ".gitignore").write_text("config.toml\n")
    assert finding() == ""
    git("add", "-f", "config.toml")
    assert "git keeps it" in finding()


def _stale(done: Done) -> list[tuple[str, list[str], str]]:
    codes = ("source_stale", "model_retired")
    found = [item for item in done.json("doctor")["findings"] if item["code"] in codes]
    assert all(item["severity"] == "warning" for item in found)
    return [(item["code"], item["path"], item["hint"]) for item in found]


def test_what_the_kept_documents_say_is_told_without_the_network(machine: Machine, cli: Cli) -> None:
    document = registry()
    document["first"]["models"] |= {f"m{number}": {"id": f"m{number}"} for number in range(4)}
    machine.serves((REGISTRY_URL, document))
    cli("add", "--registry", REGISTRY_URL, "--token", TOKEN, "--default-model", "alpha/m1")
    assert _stale(cli("doctor", "--json")) == []
    del document["first"]["models"]["m0"], document["first"]["models"]["m1"]
    document["first"]["models"]["big"]["limit"] = {"context": 5000}
    document["third"] = {**registry()["second"], "id": "gamma"}
    machine.serves((REGISTRY_URL, document))
    assert _stale(cli("doctor", "--json")) == []  # nobody asked the registry yet
    assert cli("refresh", "--check").code == 3
    asked = len(machine.requests)
    before = machine.config.read_bytes()
    expected = [
        ("source_stale", ["providers", "gamma"], "kimi provider refresh"),
        ("source_stale", ["providers", "alpha"], "kimi provider refresh alpha"),
        ("model_retired", ["models", "alpha/m0"], "kimi provider refresh alpha"),
        ("model_retired", ["models", "alpha/m1"], "kimi provider refresh alpha"),
    ]
    assert sorted(_stale(cli("doctor", "--json"))) == sorted(expected)
    for flag in ("--dry-run", "--fix"):
        done = cli("doctor", flag, "--json")
        assert sorted(_stale(done)) == sorted(expected)
        assert "source_stale" not in {item["code"] for item in done.json("doctor")["fixed"]}
    assert (len(machine.requests), machine.config.read_bytes()) == (asked, before)
    cli("refresh", "--yes")
    assert _stale(cli("doctor", "--json")) == []


def test_without_a_document_at_hand_nothing_is_said_of_it(machine: Machine, cli: Cli) -> None:
    document = registry()
    machine.serves((REGISTRY_URL, document))
    cli("add", "--registry", REGISTRY_URL, "--token", TOKEN)
    document["first"]["models"]["big"]["limit"] = {"context": 5000}
    cli("refresh", "--check")
    assert len(_stale(cli("doctor", "--json"))) == 1
    shutil.rmtree(machine.app.cache_dir)
    assert _stale(cli("doctor", "--json")) == []
    # An import from the catalog of which only the built-in snapshot is left, which may be older.
    machine.write(
        '[providers.openai]\ntype = "openai"\nbase_url = "https://elsewhere.example/v1"\n'
        'api_key = "sk-0123456789"\n[providers.openai.source]\nkind = "modelsDev"\n'
        'url = "https://models.dev/api.json"\nid = "openai"\n'
        '[models."openai/gone"]\nprovider = "openai"\nmodel = "gone"\nmax_context_size = 100000\n'
    )
    imports.save(
        machine.app,
        {
            "openai": imports.Record(
                imports.source_print(
                    {"kind": "modelsDev", "url": "https://models.dev/api.json", "id": "openai"}
                ),
                "",
                "",
                1,
                {"openai/gone": {}},
            )
        },
        tomllib.loads(machine.config.read_text()),
    )
    assert _stale(cli("doctor", "--json")) == []


def test_a_model_of_the_shell_is_told(machine: Machine, cli: Cli) -> None:
    machine.write('default_model = "a"\n')
    shell = {"KIMI_MODEL_NAME": "m", "KIMI_MODEL_API_KEY": "sk-0123456789"}
    found = {f["code"]: f["severity"] for f in cli("doctor", "--json", env=shell).json("doctor")["findings"]}
    assert found.get("shell_model") == "warning"
    del shell["KIMI_MODEL_API_KEY"]
    found = {f["code"]: f["severity"] for f in cli("doctor", "--json", env=shell).json("doctor")["findings"]}
    assert "shell_model" not in found
    assert found["shell_model_without_key"] == "error"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.binary(max_size=60)
    | st.lists(st.sampled_from(BROKEN.splitlines()), max_size=12).map(lambda lines: "\n".join(lines).encode())
)
def test_no_bytes_make_it_stumble_and_it_writes_nothing(machine: Machine, cli: Cli, content: bytes) -> None:
    machine.write("")
    machine.config.write_bytes(content)
    done = cli("doctor", "--json", env=ENV)
    errors = done.json("doctor")["summary"]["errors"]
    assert done.code == (4 if errors else 0)
    assert machine.config.read_bytes() == content

"""A key that was pasted in any place of config.toml is shown by no command, and stands in no file that others may read."""

from __future__ import annotations

import io
import stat
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner import seen_keys
from provisioner.app import App
from provisioner.cli.main import run

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN = "own-0123456789abcdefghij"
FILE = f"""default_model = "p/m"

[providers.p]
type = "openai"
base_url = "http://127.0.0.1:9/v1"
api_key = "{OWN}"

[models."p/m"]
provider = "p"
model = "m"
max_context_size = 1000
"""
# What is replaced in the file, and by what; KEY stands for the key.
PLACES = (
    ('type = "openai"', 'type = "KEY"'),
    ("[providers.p]", '[providers."KEY"]'),
    ('"p/m"', '"KEY"'),
    ('"p/m"', '"p/KEY"'),
    ('provider = "p"', 'provider = "KEY"'),
    ('model = "m"', 'model = "KEY"'),
    ('model = "m"', 'model = "m-KEY"'),
    ("127.0.0.1:9", "KEY@127.0.0.1:9"),
    ("127.0.0.1:9", "me:KEY@127.0.0.1:9"),
    (":9/v1", ":9/v1?key=KEY"),
    ("http://127.0.0.1:9/v1", "KEY"),
    ("http://127.0.0.1:9/v1", "KEY://127.0.0.1:9/v1"),
    (f'api_key = "{OWN}"', 'api_key_env = "KEY"'),
    (f'api_key = "{OWN}"', '"KEY" = "x"'),
    (f'api_key = "{OWN}"', 'api_key = "KEY"\ndefault_model = "KEY"'),
    (f'api_key = "{OWN}"', 'api_key = "KEY"\n"KEY" = 1\n"KEY" = 2'),
    (f'"{OWN}"', "KEY"),
    (f'"{OWN}"', '"KEY'),
    (f'"{OWN}"', '"\\qKEY"'),
    (f'"{OWN}"', '"x" # KEY'),
    ("[models", "# KEY\n[models"),
    ("[models", '# api_key = "KEY"\n[models'),
    ("[models", '[providers.p.custom_headers]\n"KEY" = "x"\n[models'),
    ("[models", '[providers.p.env]\n"KEY" = "x"\n[models'),
    ("[models", '[providers.p.source]\nkind = "KEY"\nurl = "KEY"\nid = "KEY"\n[models'),
    ("[models", '[providers.p.oauth]\nstorage = "KEY"\nkey = "KEY"\n[models'),
    ("1000", '"KEY"'),
    ("1000", '1000\ncapabilities = ["KEY"]'),
    ("1000", '1000\ncapabilities = "KEY"'),
    ("1000", '1000\nprotocol = "KEY"'),
    ("1000", '1000\ndisplay_name = "KEY"\nreasoning_key = "KEY"'),
    ("1000", '1000\n["KEY"]\nx = 1'),
    ("1000", '1000\n["KEY"]\n["KEY"]'),
    ("1000", '1000\n[thinking]\neffort = "KEY"'),
    ("1000", '1000\n[secondary_model]\ndefault_model = "KEY"\n[secondary_model.models."KEY"]'),
    ("1000", '1000\n[[hooks]]\ncommand = "curl -H KEY"'),
    ("default_model", 'default_provider = "KEY"\ndefault_model'),
    ("default_model", "KEY = 1\ndefault_model"),
)
ENDPOINT = "--type openai --base-url http://127.0.0.1:9/v1 --model n:1000 --api-key-env NAME"
COMMANDS = (
    "list",
    "list --json",
    "list KEY",
    "doctor",
    "doctor --fix --json --dry-run",
    "env p/m",
    "env KEY --json",
    "test --all --json --retries 0 --debug --junit JUNIT --report REPORT",
    "test --all --retries 0",
    "test --history",
    "test --history --json",
    "set-default p/m --dry-run",
    "set-default KEY",
    "key p --to-env NAME --dry-run",
    "key KEY --to-env NAME --dry-run",
    "refresh --check --json",
    "registry init",
    f"add {ENDPOINT} --as q --dry-run",
    f"add {ENDPOINT} --as p --yes --dry-run --json",
    "remove KEY --dry-run",
    "remove p",
    "undo --list",
    "undo --list --json",
    "undo --dry-run",
)

WORD = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=30, max_size=40)
KEYS = st.one_of(
    st.tuples(st.sampled_from(("sk-", "gsk_", "xai-", "AIza", "hf_", "csk-")), WORD).map("".join),
    st.tuples(
        st.text("0123456789abcdef", min_size=32, max_size=64), st.sampled_from(("", ".Ab1Cd2Ef3Gh4"))
    ).map("".join),
    WORD.map(lambda word: f"aB3{word}"),
)


def shown(app: App, key: str, junit: Path, report: Path) -> Iterator[tuple[str, str]]:
    """Each command, and all that it printed."""
    text = app.config_path.read_text()
    for command in COMMANDS:
        if not command.startswith("undo"):
            app.config_path.write_text(text)
        words = {"KEY": key, "JUNIT": str(junit), "REPORT": str(report)}
        printed = io.StringIO()
        with redirect_stdout(printed), redirect_stderr(printed):
            run([words.get(word, word) for word in command.split()], "kimi provider", app)
        yield command, printed.getvalue()


@given(st.sampled_from(PLACES), KEYS)
def test_a_key_in_a_wrong_place_is_shown_nowhere(place: tuple[str, str], key: str) -> None:
    secret = key[6:-5]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        config = home / ".kimi-code" / "config.toml"
        config.parent.mkdir()
        config.write_text(FILE.replace(place[0], place[1].replace("KEY", key)))
        app = App(config, home / "cache", home / "state", {"HOME": folder}, time.time)
        reports = home / "junit.xml", home / "report.html"
        for command, printed in shown(app, key, *reports):
            assert secret not in printed, command
        for path in set(home.rglob("*")) - {config}:
            if path.is_file() and (path in reports or path.suffix != ".toml" or others_may_read(path)):
                assert secret.encode() not in path.read_bytes(), path


def others_may_read(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


@pytest.mark.parametrize(
    "text",
    [
        "risk-assessment-model",
        "openrouter/qwen3-coder-480b-a35b-instruct",
        "accounts/fireworks/models/deepseek-v3p1",
        "claude-sonnet-4-20250514",
        "request 011CSHoEeqs5C35K2UUqR7Fy of 0123456789abcdef0123456789abcdef",
        "https://api.cloudflare.com/client/v4/accounts/0123456789abcdef0123456789abcdef/ai/v1",
        "lm-studio",
    ],
)
def test_what_is_no_key_is_shown(text: str) -> None:
    seen_keys.begin([])
    assert seen_keys.without_keys(text) == text


def test_a_key_of_the_file_is_masked_in_any_text() -> None:
    seen_keys.begin([])
    data = {"providers": {"p": {"api_key": OWN, "custom_headers": {"Authorization": f"Bearer {OWN}x"}}}}
    seen_keys.read(Path("config.toml"), "", data)
    seen_keys.given("given-0123456789abcdef")
    text = f'"{OWN}" a/{OWN}x \\n{OWN}, given-0123456789abcdef'
    assert seen_keys.without_keys(text) == '"own•••ghij" a/own•••hijx \\nown•••ghij, giv•••cdef'

from __future__ import annotations

import tomllib
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.config.diff import diff
from provisioner.config.edit import rewrite
from provisioner.config.masking import masked_text
from provisioner.config.plan import plan
from provisioner.config.splice import Splice, spliced

MARKS = {"hunk": "@@ ", "context": " ", "remove": "-", "add": "+"}


def shown(text: str, after: dict[str, Any]) -> list[str]:
    before = tomllib.loads(text)
    new = rewrite(text, before, plan(before, after))
    return [MARKS[line.kind] + line.text for line in diff(text, new.text, new.splices)]


def test_a_change_is_shown_with_three_lines_around_it() -> None:
    text = "".join(f"k{i} = {i}\r\n" for i in range(10))
    assert shown(text, {**tomllib.loads(text), "k4": 40}) == [
        "@@ -2,7 +2,7 @@",
        " k1 = 1",
        " k2 = 2",
        " k3 = 3",
        "-k4 = 4",
        "+k4 = 40",
        " k5 = 5",
        " k6 = 6",
        " k7 = 7",
    ]


def test_changes_close_to_each_other_share_a_hunk_others_do_not() -> None:
    text = "".join(f"k{i} = {i}\n" for i in range(30))
    data = tomllib.loads(text)
    after = {key: value for key, value in data.items() if key not in {"k0", "k20"}} | {"k7": 70, "new": 1}
    hunks = [line for line in shown(text, after) if line.startswith("@@")]
    assert hunks == ["@@ -1,11 +1,10 @@", "@@ -18,7 +17,6 @@", "@@ -28,3 +26,4 @@"]


def test_a_new_table_is_added_lines_only() -> None:
    assert shown("a = 1", {"a": 1, "providers": {"p": {"type": "kimi"}}}) == [
        "@@ -1,1 +1,4 @@",
        " a = 1",
        "+",
        "+[providers.p]",
        '+type = "kimi"',
    ]


def test_a_new_file_is_added_from_nothing() -> None:
    new = "# Mine\n\n[x]\n"
    lines = [MARKS[line.kind] + line.text for line in diff("", new, [Splice(0, 0, new)])]
    assert lines == ["@@ -0,0 +1,3 @@", "+# Mine", "+", "+[x]"]


def test_a_key_that_changes_is_shown_as_a_change() -> None:
    assert shown('api_key = "one"\n', {"api_key": "two"}) == [
        "@@ -1,1 +1,1 @@",
        '-api_key = "••••••••"',
        '+api_key = "••••••••"',
    ]


@given(st.lists(st.sampled_from(["", "a", "b", "c"]), max_size=12), st.data())
def test_the_diff_applied_to_the_old_text_gives_the_new(lines: list[str], data: st.DataObject) -> None:
    old = "\n".join(f"# {line}" for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(old)), max_size=6, unique=True)))
    pieces = st.sampled_from(["", "# x\n", "\n# x", "\n\n", "#"])
    splices = [Splice(start, end, data.draw(pieces)) for start, end in list(pairwise(cuts))[::2]]
    new = spliced(old, splices)
    if not all(line.startswith("#") or not line for line in new.split("\n")):
        return  # not TOML
    old_lines, result, position = rows(old), [], 0
    for line in diff(old, new, splices):
        if line.kind == "hunk":
            start, count = map(int, line.text.split()[0][1:].split(","))
            start -= count > 0
            result += old_lines[position:start]
            position = start
        elif line.kind == "add":
            result.append(line.text)
        else:
            assert old_lines[position] == line.text
            position += 1
            if line.kind == "context":
                result.append(line.text)
    assert result + old_lines[position:] == rows(new)


def rows(text: str) -> list[str]:
    lines = text.split("\n")
    return lines if lines[-1] else lines[:-1]


KEY = "sk-proj-Zm9vYmFyMTIzNDU2Nzg5MA"
SECRETS = {
    "a key": f'[providers.p]\napi_key = "{KEY}"\n',
    "a literal key": f"providers . 'p' . \"api_key\"='{KEY}' # mine\n",
    "a key in several lines": f'[providers.p]\napi_key = """\n{KEY}"""\nx = 1\n',
    "a source": f'[providers.p.source]\nkind = "apiJson"\napiKey = "{KEY}"\n',
    "an inline source": f'[providers.p]\nsource = {{ kind = "apiJson", apiKey = "{KEY}" }}\n',
    "an inline provider": f'providers = {{ p = {{ "api_key"="{KEY}" }} }}\n',
    "an env table": f'[providers.p.env]\nWHATEVER = "{KEY}"\n',
    "an inline env table": f'[providers.p]\nenv = {{ WHATEVER = "{KEY}" }}\n',
    "a dotted env table": f'[providers.p]\nenv.WHATEVER = "{KEY}"\n',
    "a header": f'[providers.p.custom_headers]\n"X-Mine" = "{KEY}"\n',
    "another header": f'[mcp.servers.x]\nheaders = {{ Authorization = "Bearer {KEY}" }}\n',
    "an array of tables": f'[[hooks]]\nenv = {{ A = "{KEY}" }}\n[[hooks]]\n[hooks.env]\nB = "{KEY}"\n',
    "a comment": f'# api_key = "{KEY}"\n[x] # token: {KEY}\ny = 1 # was {KEY}\n',
    "a comment in an array": f'x = [\n  "a", # {KEY}\n]\n',
    "a comment with other words": f"# note: my password = {KEY[8:]} and so on\n",
    "a command": f"[[hooks]]\ncommand = \"curl -H 'Authorization: Bearer {KEY[8:]}' x\"\n",
    "another command": f'[[hooks]]\ncommand = """run \\\n  --key {KEY}"""\n',
    "an argument": f'[mcp.servers.x]\nargs = ["-y", "--api-key", "{KEY[8:]}"]\ncommand = "x --token={KEY[8:]} y"\n',
    "the user of a URL": f'[providers.p]\nbase_url = "https://me:{KEY[8:]}@host/v1"\n',
    "an odd user of a URL": f'[providers.p]\nbase_url = "https://me:a@b \'c{KEY[8:]}@host/v1"\n',
    "a bare query": f'[providers.p]\nbase_url = "https://host/v1?{KEY[8:]}"\n',
    "a fragment": f'[providers.p]\nbase_url = "https://host/v1#{KEY[8:]}"\n',
    "escaped characters": f'[providers.p]\nbase_url = "https:\\u002F/me:{KEY[8:]}@host/v1"\n',
    "URLs in several lines": f'x = [\n  "https://a/?{KEY[8:]}",\n  "https://me:{KEY[8:]}@b/", # c\n]\n',
    "a URL in a command": f"[[hooks]]\ncommand = \"curl 'https://me:{KEY[8:]}@host/v1?x y' -s\"\n",
    "a URL in a comment": f"# was https://host/v1?{KEY[8:]} before\nx = 1 # 'https://h/?a= {KEY[8:]}'\n",
    "the query of a URL": f'[providers.p.source]\nurl = "https://host/api.json?v=1&token={KEY[8:]}"\n',
    "a comment behind a secret": f'[providers.p]\napi_key = "x" # {KEY[8:]}\n',
    "a word behind a secret": '[providers.p]\napi_key = "x" # before: 16C7e42F292c6912E7710c838347Ae178B4a\n',
    "a bare key in a comment": f"# {KEY[8:]}\nx = 1\n\n# and {KEY[8:]} too",
    "a comment in a table of headers": f'[providers.p.custom_headers]\n# x-mine = "{KEY[8:-4]}.{KEY[-4:]}"\na = "b"\n',
    "a key as a name": f'[providers."{KEY}"]\ntype = "openai"\n[models."p/{KEY}"]\nmodel = "{KEY}"\n',
    "a key without a prefix": 'type = "16C7e42F292c6912E7710c838347Ae178B4a"\n',
    "a vendor's form": "x = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'\n",
}


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS.keys())
def test_no_secret_survives_in_any_form(text: str) -> None:
    for written in (text, text.replace("\n", "\r\n")):
        masked = masked_text(written)
        assert "•" in masked
        for secret in (KEY, KEY[8:], "16C7e42F292c6912E7710c838347Ae178B4a"):
            assert secret not in masked
        assert masked.count("\n") == written.count("\n")
    assert not any(KEY[8:] in line for line in shown(text, {}))
    assert not any(KEY[8:] in line for line in shown(f"new = 1\n{text}", {**tomllib.loads(text), "new": 2}))


def test_what_is_no_secret_stays_as_it_is() -> None:
    text = (
        "# My configuration: providers and models, key by key\n"
        '[providers.p] # best\napi_key_env = "OPENAI_API_KEY"\nbase_url = "https://host/v1"\n'
        'env = { GOOGLE_CLOUD_PROJECT = "mine", OPENAI_BASE_URL = "https://x" }\n'
        '[models."p/qwen3-coder-480b-a35b-instruct"]\nprovider = "p"\nmodel = "qwen3-coder-480b-a35b-instruct"\n'
        'reasoning_key = "reasoning_content"\nmax_context_size = 131072\ncapabilities = ["thinking"]\n'
    )
    assert masked_text(text) == text


@given(
    st.lists(
        st.sampled_from(
            (
                '[a.{}]\nkey = "sk-0123456789ab"',
                "[[b]]\n# token = 0123456789abc",
                'x{} = """\n[no.header]\n"""',
                "",
                "y{} = [\n1,\n]",
            )
        ),
        max_size=8,
    ),
    st.lists(st.integers(0, 20), max_size=6, unique=True),
)
def test_lines_that_are_shown_are_masked_as_in_the_whole(parts: list[str], ends: list[int]) -> None:
    text = "\n".join(part.format(number) for number, part in enumerate(parts))
    shown = list(pairwise(sorted(ends)))[::2]
    whole, some = masked_text(text).split("\n"), masked_text(text, shown).split("\n")
    assert len(some) == len(whole)
    for start, stop in shown:
        assert some[start:stop] == whole[start:stop]
    for line, full in zip(some, whole, strict=True):
        assert line in ("", full)

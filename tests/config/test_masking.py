"""What hides a credential that does not look like one: its name, its table, its place. ``test_diff.py`` has those that do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provisioner.config import apply, tables
from provisioner.config.draft import draft
from provisioner.config.edit import rewrite
from provisioner.config.masking import masked_text
from provisioner.config.merge import FieldDifference
from provisioner.config.plan import plan
from provisioner.config.read import read, read_bytes
from provisioner.secrets import mask

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "pass-phrase"
HIDDEN = mask(SECRET)
WORD = "abcdefgh1jklmnop"  # 16 characters, one of them a digit


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f'env.A = "{SECRET}"', f'env.A = "{HIDDEN}"'),
        (f'[p.custom_headers]\na = "{SECRET}"', f'[p.custom_headers]\na = "{HIDDEN}"'),
        (f'[p.env]\na = "{SECRET}"\nb = 1', f'[p.env]\na = "{HIDDEN}"\nb = 1'),
        (f'token = ["{SECRET}", 1]', f'token = ["{HIDDEN}", 1]'),
        (f"x = {{ y = 1, token = '{SECRET}' }}", f'x = {{ y = 1, token = "{HIDDEN}" }}'),
        (f'token = """\n\n{SECRET}"""', 'token = "\\npa•••rase"\n\n'),
        (f'x = "Bearer {SECRET}"', f'x = "Bearer {HIDDEN}"'),
        (f'x = "--api-key={SECRET} y"', f'x = "--api-key={HIDDEN} y"'),
        (f'x = ["--token", "{SECRET}", "y"]', f'x = ["--token", "{HIDDEN}", "y"]'),
    ],
)
def test_a_value_is_hidden_by_where_it_stands(text: str, shown: str) -> None:
    masked = masked_text(text)
    assert SECRET not in masked
    assert masked.count("\n") == text.count("\n")
    assert masked == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"# token = {SECRET}\nx = 1", f"# token = {HIDDEN}\nx = 1"),
        (f"# url = {SECRET}\nx = 1", None),
        (f"[env]\n# a = {SECRET}\nx = 1", f"[env]\n# a = {HIDDEN}\nx = 1"),
        (f"[custom_headers]\n# a: {SECRET}", f"[custom_headers]\n# a: {HIDDEN}"),
        (f'token = "" # {SECRET}\nx = 1 # {SECRET}', f'token = "" # •••\nx = 1 # {SECRET}'),
        (f'x = "https://me:pw@h/" # {SECRET}\n# {SECRET}', f'x = "https://•••@h/" # •••\n# {SECRET}'),
        (f"token = 1 # {SECRET}\r\n# {SECRET}\r\n", f"token = 1 # •••\r\n# {SECRET}\r\n"),
        (f"token = 1 # {SECRET}", "token = 1 # •••"),
        (f"x = [ # {SECRET}\n1, # token: {SECRET}\n]", f"x = [ # {SECRET}\n1, # token: {HIDDEN}\n]"),
        (f"[env]\nx = [ # a = {SECRET}\n1, # b\n]", f"[env]\nx = [ # a = {HIDDEN}\n1, # b\n]"),
        (f'x = "# token: {SECRET}"', None),
        (f"# Bearer {SECRET}", f"# Bearer {HIDDEN}"),
        (f"# run --secret {SECRET}", f"# run --secret {HIDDEN}"),
        ("# at https://me:pw@h.test/", "# at https://•••@h.test/"),
        (f"# {WORD}", f"# {mask(WORD)}"),
        (f"# {WORD[:15]}", None),
        ("# abcdefghijklmnopqrstuvw", None),
        ("# abcdefghijklmnopqrstuvwx", f"# {mask('abcdefghijklmnopqrstuvwx')}"),
        ("# 1234567890123456", None),
        ("# 01234567-89ab-cdef-0123-456789abcdef", f"# {mask('01234567-89ab-cdef-0123-456789abcdef')}"),
        ("# plain words, and = signs of every kind\nx = 1", None),
    ],
)
def test_a_comment_is_hidden_where_it_may_be_an_older_key(text: str, shown: str | None) -> None:
    assert masked_text(text) == (text if shown is None else shown)


def test_only_the_sections_that_are_shown_are_masked_and_each_keeps_its_lines() -> None:
    text = f'[a]\ntoken = "{SECRET}"\n[b]\nx = 1\n[c]\ntoken = "{SECRET}"'
    assert masked_text(text, [(3, 4)]) == "\n\n[b]\nx = 1\n\n"
    assert masked_text(text, [(3, 5)]) == f'\n\n[b]\nx = 1\n[c]\ntoken = "{HIDDEN}"'
    assert masked_text(text, [(0, 1), (5, 6)]) == f'[a]\ntoken = "{HIDDEN}"\n\n\n[c]\ntoken = "{HIDDEN}"'
    assert masked_text(text, []) == "\n" * 5


def test_nothing_that_holds_the_file_prints_a_key_where_it_is_printed_itself(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[providers.p]\napi_key = "{SECRET}"\n')
    file = read(path)
    entry = tables.Entry({"api_key": f"{SECRET}-2", "type": "openai"}, {})
    drafted = draft(file, lambda data: tables.with_providers(data, {"p": entry}))
    assert drafted.text is not None
    assert SECRET in drafted.text
    printed = [
        *(file, entry, drafted, read_bytes(path), plan({}, file.data), plan(file.data, {})),
        rewrite(file.text or "", file.data, drafted.plan),
        apply.preview(path, lambda data: tables.with_providers(data, {"p": entry})),
        apply.change(
            path,
            lambda data: tables.with_providers(data, {"p": entry}),
            backups=tmp_path / "kept",
            clock=lambda: 0.0,
        ),
        FieldDifference("api_key", "changed", SECRET, SECRET),
    ]
    assert [value for value in printed if SECRET in repr(value)] == []

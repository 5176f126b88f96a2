"""Where new text goes, what goes with removed text, and what keeps its bytes: one example for every rule."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from provisioner.config import tables
from provisioner.config.edit import rewrite
from provisioner.config.guard import difference
from provisioner.config.plan import plan
from provisioner.config.splice import newline_of

PROVIDER = {"type": "openai", "api_key": "k"}
ALIASES = {"new/m": {"provider": "new", "model": "m"}}
NEW_PROVIDER = '[providers.new]\ntype = "openai"\napi_key = "k"\n'
NEW_ALIAS = '[models."new/m"]\nprovider = "new"\nmodel = "m"\n'


def to(text: str, after: dict[str, Any]) -> str:
    """``text`` rewritten to mean ``after``."""
    before = tomllib.loads(text)
    new = rewrite(text, before, plan(before, after)).text
    assert difference(after, tomllib.loads(new)) is None
    return new


def add(text: str, provider_id: str = "new") -> str:
    aliases = {f"{provider_id}/m": {"provider": provider_id, "model": "m"}}
    return to(text, tables.with_provider(tomllib.loads(text), provider_id, PROVIDER, aliases))


def remove(text: str, provider_id: str = "new") -> str:
    return to(text, tables.without_providers(tomllib.loads(text), [provider_id]))


PLACES = {
    "an empty file": ("", f"{NEW_PROVIDER}\n{NEW_ALIAS}"),
    "comments only": ("# Mine\n", f"# Mine\n\n{NEW_PROVIDER}\n{NEW_ALIAS}"),
    "behind the last provider and the last model": (
        '[providers.a]\ntype = "kimi"\n\n[models."a/m"]\nprovider = "a"\n\n[loop]\nx = 1\n',
        f'[providers.a]\ntype = "kimi"\n\n{NEW_PROVIDER}\n[models."a/m"]\nprovider = "a"\n\n{NEW_ALIAS}\n[loop]\nx = 1\n',
    ),
    "providers before models": (
        'x = 1\n\n[models.a]\nprovider = "a"\n',
        f'x = 1\n\n{NEW_PROVIDER}\n[models.a]\nprovider = "a"\n\n{NEW_ALIAS}',
    ),
    "before the first line when the models start there": (
        '[models.a]\nprovider = "a"\n',
        f'{NEW_PROVIDER}\n[models.a]\nprovider = "a"\n\n{NEW_ALIAS}',
    ),
    "where aliases of its provider stood": (
        '[models.one]\nprovider = "new"\n\n[models.one.overrides]\nx = 1\n\n[models.two]\nprovider = "b"\n',
        f'{NEW_PROVIDER}\n{NEW_ALIAS}\n[models.two]\nprovider = "b"\n',
    ),
    "at the end without either": (
        "[[hooks]]\nevent = 'x'\n",
        f"[[hooks]]\nevent = 'x'\n\n{NEW_PROVIDER}\n{NEW_ALIAS}",
    ),
    "before the comment that belongs to the next header": (
        '[providers.a]\ntype = "kimi"\n\n# about x\n# and more\n[x]\n',
        f'[providers.a]\ntype = "kimi"\n\n{NEW_PROVIDER}\n# about x\n# and more\n[x]\n\n{NEW_ALIAS}',
    ),
    "behind the comment that belongs to the last table": (
        '[providers.a]\ntype = "kimi"\n# about a\n\n[x]\n',
        f'[providers.a]\ntype = "kimi"\n# about a\n\n{NEW_PROVIDER}\n[x]\n\n{NEW_ALIAS}',
    ),
    "a blank line before it in a compact file": (
        '[providers.a]\ntype = "kimi"\n[x]\ny = 1\n',
        f'[providers.a]\ntype = "kimi"\n\n{NEW_PROVIDER}[x]\ny = 1\n\n{NEW_ALIAS}',
    ),
    "no newline at the end": ("[x]\ny = 1", f"[x]\ny = 1\n\n{NEW_PROVIDER}\n{NEW_ALIAS}".rstrip("\n")),
    "before the blank end": ("[x]\ny = 1\n\n \n", f"[x]\ny = 1\n\n{NEW_PROVIDER}\n{NEW_ALIAS}\n \n"),
    "no header inside a string is one": (
        's = """\n[providers.a]\n[models.a]\n"""\n[[x]]\n',
        f's = """\n[providers.a]\n[models.a]\n"""\n[[x]]\n\n{NEW_PROVIDER}\n{NEW_ALIAS}',
    ),
}


@pytest.mark.parametrize(("text", "expected"), PLACES.values(), ids=PLACES.keys())
def test_new_tables_stand_with_their_kind(text: str, expected: str) -> None:
    assert add(text) == expected


def test_a_new_alias_follows_the_others_of_its_provider() -> None:
    text = '[models.one]\nprovider = "p"\n\n[models.one.overrides]\nx = 1\n\n[models.z]\nprovider = "q"\n'
    after = tomllib.loads(text)
    after["models"]["two"] = {"provider": "p"}
    assert to(text, after) == text.replace("x = 1\n", 'x = 1\n\n[models.two]\nprovider = "p"\n')


UNDONE = {
    **{name: text for name, (text, _) in PLACES.items() if "stood" not in name},
    "CRLF": "# Mine\r\nx = 1\r\n\r\n[models.a]\r\nprovider = 'a'\r\n",
    "mostly CRLF": "x = 1\r\n\r\n[models.a]\nprovider = 'a'\r\n[y]\n",
    "CRLF without a last newline": "[x]\r\ny = 1",
    "a dotted provider": 'providers.a.type = "kimi"\n\n[x]\n',
    "containers with headers of their own": '[providers]\n\n[providers.a]\ntype = "kimi"\n\n[models]\n# none yet\n\n[x]\n',
    "empty inline containers": "providers = {}\nmodels = { }\n",
    "inline containers": 'providers = {a={type="kimi"}}\nmodels = { x = { provider = "a" }  } # mine\n',
    "inline entries": '[providers]\na = {type="kimi"}\n[models]\nx = { provider = "a" }\n# end\n',
    "blank lines at the start": "\n\n[models.a]\nprovider = 'a'\n",
    "a blank start and comments": "\n# Mine\n\n\n# about a\n[models.a]\nprovider = 'a'\n",
    "nothing but blank lines": "\n  \n\n",
    "an indented file": "  [providers.a]\n    type = 'x'\n\n  [models.a]\n    provider = 'a'\n",
    "a comment behind the last line": "[x]\ny = 1 # mine\n# the end",
}


@pytest.mark.parametrize("text", UNDONE.values(), ids=UNDONE.keys())
def test_removing_what_was_added_restores_every_byte(text: str) -> None:
    added = add(text)
    assert added != text
    assert remove(added) == text
    assert remove(add(added, "other"), "other") == added


def test_removal_takes_the_blank_line_above_and_leaves_comments_outside() -> None:
    text = (
        '[a]\nx = 1\n\n# above\n[providers.p]\n# inside\ntype = "kimi" # behind\n# below\n\n'
        '[providers.p.source] # of p\nkind = "x"\n\n[b]\n'
    )
    assert remove(text, "p") == "[a]\nx = 1\n\n# above\n# below\n\n[b]\n"


def test_removal_of_neighbours_takes_the_blank_lines_between() -> None:
    text = (
        '[providers.p]\ntype = "x"\n\n\n[models.a]\nprovider = "p"\n\n\n[models.b]\nprovider = "p"\n\n\n[x]\n'
    )
    assert remove(text, "p") == "\n[x]\n"


def test_removal_finds_aliases_of_the_provider_under_any_name_and_form() -> None:
    text = (
        'models.dotted = { provider = "p" }\n[providers]\np.type = "x" # gone\nq = { type = "y" } # stays\n\n'
        '[models.short]\nprovider = "p"\n\n[models.short.overrides]\nx = 1\n\n[models."p/q"]\nprovider = "q"\n'
    )
    assert remove(text, "p") == '[providers]\nq = { type = "y" } # stays\n\n[models."p/q"]\nprovider = "q"\n'


def test_a_rebuilt_table_changes_in_the_values_that_differ_only() -> None:
    text = (
        "[ providers . 'new' ] # mine\n\n  type   =  'kimi'   # was kimi\n  # the key\n  api_key = '''k'''\n\n"
        '[models."new/m"]\nmodel = "old" # name\nprovider = "new"\ngone = 1\n[models."new/m".overrides]\nx = 1\n'
    )
    assert add(text) == (
        "[ providers . 'new' ] # mine\n\n  type   =  \"openai\"   # was kimi\n  # the key\n  api_key = '''k'''\n\n"
        '[models."new/m"]\nmodel = "m" # name\nprovider = "new"\n[models."new/m".overrides]\nx = 1\n'
    )


def test_a_new_key_follows_the_last_of_its_table_in_its_form() -> None:
    header = '[providers.new]\n\ttype = "openai"\n\n# about x\n[x]\n'
    assert add(header).startswith('[providers.new]\n\ttype = "openai"\n\tapi_key = "k"\n\n# about x\n[x]\n')
    dotted = '[providers]\n  new.type = "openai"\n  z = {}\n'
    assert add(dotted).startswith('[providers]\n  new.type = "openai"\n  new.api_key = "k"\n  z = {}\n')
    top = 'providers.new.type = "openai"\nz = 1\n'
    assert add(top).startswith('providers.new.type = "openai"\nproviders.new.api_key = "k"\nz = 1\n')
    inline = 'providers = { new = {type="openai"} , z = {} }\n'
    assert add(inline).startswith('providers = { new = {type="openai", api_key = "k"} , z = {} }\n')


def test_a_table_below_a_dotted_one_gets_a_header() -> None:
    text = 'providers.p.type = "openai"\n'
    after = {"providers": {"p": {"type": "openai", "source": {"kind": "x"}}}}
    assert to(text, after) == 'providers.p.type = "openai"\n\n[providers.p.source]\nkind = "x"\n'


def test_a_key_of_a_table_that_has_no_header_yet_makes_one_beside_it() -> None:
    text = '[providers.p.source]\nkind = "x"\n\n[x]\n'
    after = {"providers": {"p": {"type": "kimi", "source": {"kind": "x"}}}, "x": {}}
    assert to(text, after) == '[providers.p.source]\nkind = "x"\n\n[providers.p]\ntype = "kimi"\n\n[x]\n'


TOPS = {
    "tables only": ("[models.a]\n", 'default_model = "a"\n\n[models.a]\n'),
    "a comment above": ("# Mine\n\n[models.a]\n", '# Mine\n\ndefault_model = "a"\n\n[models.a]\n'),
    "a directive that must stay on top": (
        "#:schema x\n[models.a]\n",
        '#:schema x\n\ndefault_model = "a"\n[models.a]\n',
    ),
    "a comment on the table": (
        "\n# about a\n[models.a]\n",
        'default_model = "a"\n\n\n# about a\n[models.a]\n',
    ),
    "a comment on the first table": (
        "# about a\n# and more\n[models.a]\n",
        'default_model = "a"\n\n# about a\n# and more\n[models.a]\n',
    ),
    "a directive and a comment": (
        "#:schema x\n# about a\n[models.a]\n",
        '#:schema x\n\ndefault_model = "a"\n# about a\n[models.a]\n',
    ),
    "another tool's block": (
        "# >>> tool (managed) >>>\n[[hooks]]\nx = 1\n# <<< tool <<<\n\n[models.a]\n",
        'default_model = "a"\n\n# >>> tool (managed) >>>\n[[hooks]]\nx = 1\n# <<< tool <<<\n\n[models.a]\n',
    ),
    "another tool's block below a remark": (
        "# Mine\n\n# BEGIN TOOL BLOCK\n\n[[hooks]]\nx = 1\n# END TOOL BLOCK\n[models.a]\n",
        '# Mine\n\ndefault_model = "a"\n\n# BEGIN TOOL BLOCK\n\n[[hooks]]\nx = 1\n# END TOOL BLOCK\n[models.a]\n',
    ),
    "other keys": (
        "# Mine\nx = 1 # one\n\n[models.a]\n",
        '# Mine\nx = 1 # one\ndefault_model = "a"\n\n[models.a]\n',
    ),
    "blank lines": ("\n\n[models.a]\n", 'default_model = "a"\n\n\n\n[models.a]\n'),
    "CRLF": ("# Mine\r\n\r\n[models.a]\r\n", '# Mine\r\n\r\ndefault_model = "a"\r\n\r\n[models.a]\r\n'),
}


@pytest.mark.parametrize(("text", "expected"), TOPS.values(), ids=TOPS.keys())
def test_a_key_at_the_top_comes_before_the_tables_and_goes_without_trace(text: str, expected: str) -> None:
    data = tomllib.loads(text)
    assert to(text, tables.with_default_model(data, "a")) == expected
    assert to(expected, data) == text


def test_a_default_is_replaced_in_its_place() -> None:
    text = "default_model  = 'b'  # best\n[models.a]\n[models.b]\n"
    after = tables.with_default_model(tomllib.loads(text), "a")
    assert to(text, after) == 'default_model  = "a"  # best\n[models.a]\n[models.b]\n'


def test_what_named_a_removed_alias_goes_and_nothing_else() -> None:
    text = (
        '# top\ndefault_model = "p/m"\nother = 1\n\n[thinking]\nenabled = true\n\n[providers.p]\ntype = "x"\n\n'
        '[models."p/m"]\nprovider = "p"\n\n[secondary_model]\ndefault_model = "p/m" # second\n'
        'models = { "p/m" = { a = 1 }, z = {} } # pool\n'
    )
    assert (
        remove(text, "p")
        == "# top\nother = 1\n\n[thinking]\nenabled = true\n\n[secondary_model]\nmodels = { z = {} } # pool\n"
    )


def test_only_entries_of_an_inline_table_that_change_are_touched() -> None:
    text = "t = {a=1 ,  b = 2,c =3 , d . e = 4, f = {g=1}}\n"
    assert (
        to(text, {"t": {"b": 2, "c": 3, "d": {"e": 4}, "f": {"g": 1}}})
        == "t = {b = 2,c =3 , d . e = 4, f = {g=1}}\n"
    )
    assert to(text, {"t": {"a": 1, "d": {"e": 5}, "f": {}}}) == "t = {a=1 , d . e = 5, f = {}}\n"
    assert to(text, {"t": {"z": "z"}}) == 't = {z = "z"}\n'
    assert to(text, {"t": {"a": 1, "b": 2, "c": 3, "d": {"e": 4, "x": 1}, "f": {"g": [1]}}}) == (
        "t = {a=1 ,  b = 2,c =3 , d . e = 4, f = {g=[1]}, d.x = 1}\n"
    )


def test_a_value_may_become_a_table_and_a_table_a_value() -> None:
    assert to("a = 1 # one\n", {"a": {"b": 1}}) == "a = { b = 1 } # one\n"
    assert to("x = 0\n[a]\nb = 1\n[a.c]\nd = 1\n", {"x": 0, "a": 1}) == "x = 0\na = 1\n"
    assert to("x = 0\n\n[[a]]\nb = 1\n\n[[a]]\nb = 2\n[a.c]\n", {"x": 0, "a": [1]}) == "x = 0\na = [1]\n"


def test_arrays_of_tables_below_a_removed_table_go_with_it() -> None:
    text = "[providers.p]\ntype = 'x'\n\n[[providers.p.things]]\nx = 1\n\n[[providers.p.things]]\n\n[[hooks]]\nx = 1\n"
    assert remove(text, "p") == "[[hooks]]\nx = 1\n"


def test_the_first_table_replaced_by_another_keeps_the_file_in_shape() -> None:
    text = '[models."new/old"]\nprovider = "new"\n\n[x]\ny = 1\n'
    assert add(text) == f"{NEW_PROVIDER}\n{NEW_ALIAS}\n[x]\ny = 1\n"


def test_a_plan_without_changes_splices_nothing() -> None:
    text = "[x]  # odd\n"
    assert rewrite(text, tomllib.loads(text), plan({}, {})).splices == ()


@pytest.mark.parametrize(
    ("text", "newline"),
    [
        ("", "\n"),
        ("a\n", "\n"),
        ("a\r\n", "\r\n"),
        ("a\r\nb\n", "\n"),
        ("a\r\nb\nc\n", "\n"),
        ("a\r\nb\r\nc\n", "\r\n"),
    ],
)
def test_the_newline_of_most_lines_counts(text: str, newline: str) -> None:
    assert newline_of(text) == newline


BLOCKS = {
    "arrows": ("# >>> t (do not edit) >>>", "# <<< t <<<"),
    "capitals": ("# BEGIN MANAGED t", "# END MANAGED t"),
    "words in a frame": ("## --- begin t ---", "## --- end t ---"),
    "start and stop": ("# start: t", "# stop: t"),
    "regions": ("#region t", "#endregion"),
}


@pytest.mark.parametrize(("start", "end"), BLOCKS.values(), ids=BLOCKS.keys())
@pytest.mark.parametrize(
    "inside",
    [
        '[providers.t]\ntype = "x"\n',
        '\n[providers.t]\ntype = "x"\n\n[models."t/m"]\nprovider = "t"\n\n',
        "[[hooks]]\nx = 1\n",
        "top = 1\n\n[x.y]\n",
    ],
)
@pytest.mark.parametrize(
    "around", [("", ""), ("", "[z]\n"), ("# Mine\n\n", "\n[z]\n"), ("a = 1\n", "# of z\n[z]\n")]
)
def test_nothing_is_written_into_another_tools_block(
    start: str, end: str, inside: str, around: tuple[str, str]
) -> None:
    block = f"{start}\n{inside}{end}\n"
    text = f"{around[0]}{block}{around[1]}"
    added = add(text)
    assert block in added
    assert remove(added) == text
    data = tomllib.loads(added)
    default = to(added, tables.with_default_model(data, "new/m"))
    assert block in default
    if "top = 1" not in inside:
        assert to(default, data) == added


def test_markers_in_strings_and_without_their_other_half_mark_nothing() -> None:
    text = 's = """\n# >>> t >>>\n"""\n[providers.a]\ntype = "x"\n\n# <<< t <<<\n# BEGIN half\n[x]\n'
    assert add(text).startswith(text[: text.index("# <<<")].rstrip("\n"))
    assert remove(add(text)) == text

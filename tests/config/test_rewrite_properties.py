"""config.toml in many styles of writing, any change of providers: no foreign byte changes, and back is back."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from hypothesis import event, given
from hypothesis import strategies as st

from provisioner.config import tables
from provisioner.config.edit import rewrite
from provisioner.config.guard import difference
from provisioner.config.layout import sections, statements
from provisioner.config.plan import plan
from provisioner.config.splice import newline_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Edit = Callable[[dict[str, Any]], dict[str, Any]]

PROVIDERS = ["p", "q", "open-ai", "a.b", "é"]

ROOT = [
    'default_model = "ID/m" # keep',
    "telemetry=false",
    '# a remark\nmerge_all . "x" = { a = 1, b = [1, 2] }',
    'banner = """\n[providers.p]\ntype = "no"\n"""',
    "default_provider = 'ID'",
]
DOTTED = [
    'providers."ID".type = "openai"\n  providers."ID"  .  base_url="x"',
    'models."ID/m".provider = "ID"\nmodels."ID/m".model = "m"\nmodels."ID/m".overrides.max = 1',
]
INLINE_CONTAINER = [
    'providers = { "ID" = {type = "openai", source = { kind = "x" } } , other={type="kimi"} }',
    "providers = {}",
    'models = {"ID/m" = { provider = "ID", model = "m" }',
    "models={ }",
]
PROVIDER = [
    '[providers."ID"]\ntype = "openai"\napi_key = "k" # secret',
    '  [ providers . "ID" ]  # odd\n\n  type   =   \'openai\'\n  # inside\n\n  base_url = "x"',
    '[providers."ID"]\ntype = "openai"\nenv = { A = "b" }\nsource.kind = "x"\nsource.url = "u"',
    '[providers."ID"]\ntype = "anthropic"\n\n[providers."ID".source]\nkind = "modelsDev"\n\n'
    '[providers."ID".custom_headers]\nX-A = "b"',
    '[providers."ID".source]\nkind = "early"\n[providers."ID"]\ntype = "openai"',
    '[providers]\n"ID" = { type = "openai" }\nother.type = "kimi"',
    '[providers."ID"]',
]
ALIAS = [
    '[models."ID/m"]\nprovider = "ID"\nmodel = "m"\nmax_context_size = 10 # ten',
    '[models."ID/m"]\nprovider = "ID"\ncapabilities = [\n  "a", # [x]\n  "b",\n]\n\n[models."ID/m".overrides]\nx = 1',
    '[models.short]\nprovider = "ID"\nmodel = "n"',
    '[models]\n"ID/m" = { provider = "ID", overrides = { x = 1 } }\n"ID/n".provider = "ID"',
]
OTHER = [
    "[[hooks]]\nevent = \"x\"\ncommand = '''\n[models.\"p/m\"]\n'''\n\n[[hooks]]\nevent = \"y\"",
    "[thinking]\nenabled = true # mine",
    '[secondary_model]\ndefault_model = "ID/m"\n[secondary_model.models."ID/m"]\nnote = "x"',
    '[secondary_model]\nmodels = { "ID/m" = {}, z = { a = 1 } }',
    "[mcp.servers.x]\ncommand = \"a\"\n  [mcp.servers.x.env]\n  TOKEN = 'x'",
]
COMMENTS = ["", "# one\n", "# one\n# two\n", "# apart\n\n", "\n# apart\n\n", "   \n"]


@st.composite
def configs(draw: st.DrawFn) -> str:
    """A config.toml; statements may clash, which is filtered out below."""
    drawn = st.sampled_from(PROVIDERS)

    def some(pool: list[str], most: int) -> list[str]:
        return [
            form.replace("ID", draw(drawn)) for form in draw(st.lists(st.sampled_from(pool), max_size=most))
        ]

    top = some(ROOT, 2) + some(DOTTED + INLINE_CONTAINER, 1)
    rest = some(PROVIDER, 3) + some(ALIAS, 3) + some(OTHER, 2)
    parts = draw(st.permutations(top)) + draw(st.permutations(rest))
    text = draw(st.sampled_from(["", "", "# My configuration\n", "# Mine\n\n", "\n", "\n\n"]))
    for part in parts:
        gap = draw(st.sampled_from(["\n", "\n\n", "\n\n", "\n\n\n"]))
        text += f"{draw(st.sampled_from(COMMENTS))}{part}{gap}"
    tail = draw(st.sampled_from(["", "", "# the end\n", "\n", "  ", "# the end"]))
    text = text.rstrip("\n") + draw(st.sampled_from(["", "\n", "\n\n"])) if not tail else text + tail
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


@st.composite
def entries(draw: st.DrawFn, provider_id: str) -> tables.Entry:
    fields = {
        "base_url": st.sampled_from(["x", 'https://"quoted"\n']),
        "api_key": st.just("k"),
        "source": st.sampled_from([{"kind": "x"}, {"kind": "apiJson", "url": "u", "apiKey": "k"}]),
        "env": st.just({"GOOGLE_CLOUD_PROJECT": "p"}),
    }
    provider = draw(st.fixed_dictionaries({"type": st.sampled_from(["openai", "kimi"])}, optional=fields))
    alias = st.fixed_dictionaries(
        {"provider": st.just(provider_id), "model": st.sampled_from(["m", "n"])},
        optional={"max_context_size": st.integers(1, 9), "capabilities": st.just(["a", "b"])},
    )
    names = st.sampled_from(["m", "n", "o", "x y", "é\u202e"])
    aliases = draw(st.dictionaries(names.map(lambda n: f"{provider_id}/{n}"), alias, max_size=3))
    return tables.Entry(provider, aliases)


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    """One of the things that commands do."""
    some = st.lists(st.sampled_from(PROVIDERS), unique=True, max_size=2)
    given_, vanished = draw(some), draw(some)
    desired = {provider_id: draw(entries(provider_id)) for provider_id in given_}
    gone = [provider_id for provider_id in vanished if provider_id not in desired]
    return lambda data: tables.with_providers(data, desired, vanished=gone)


def parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def edited(text: str, data: dict[str, Any], after: dict[str, Any]) -> str:
    new = rewrite(text, data, plan(data, after)).text
    assert difference(after, tomllib.loads(new)) is None
    return new


def foreign_lines(text: str, owned: Iterable[tuple[str, ...]]) -> list[str]:
    """The lines of a text, blank ones apart, but those of statements and sections that the change may touch.

    A comment inside a section that goes as a whole goes with it.
    """
    owned = set(owned)

    def is_owned(path: tuple[str, ...]) -> bool:
        return any(path[: len(o)] == o[: len(path)] for o in owned)

    kept, position = [], 0
    for section in sections(text):
        if section.path and any(section.path[: len(o)] == o for o in owned):
            kept.append(text[position : section.start])
            position = section.last
            continue
        for statement in statements(text, section):
            if is_owned((*section.path, *statement.key)):
                kept.append(text[position : statement.start])
                position = statement.end
    kept.append(text[position:])
    return [line for part in kept for line in part.splitlines() if line.strip()]


@given(configs(), edits())
def test_the_result_means_what_was_intended_and_no_foreign_line_changes(text: str, edit: Edit) -> None:
    data = parsed(text)
    if data is None:
        return
    after = edit(data)
    changes = plan(data, after)
    event(f"changes: {bool(changes)}")
    new = edited(text, data, after)
    owned = {change.path for change in changes.changes}
    assert foreign_lines(new, owned) == foreign_lines(text, owned)
    if not changes:
        assert new == text


@given(configs(), edits())
def test_the_same_change_again_changes_nothing(text: str, edit: Edit) -> None:
    data = parsed(text)
    if data is None:
        return
    once = tomllib.loads(edited(text, data, edit(data)))
    assert not plan(once, edit(once))


@st.composite
def new_providers(draw: st.DrawFn) -> tuple[str, tables.Entry]:
    provider_id = draw(st.sampled_from(["new", "n.e.w", "né w"]))
    return provider_id, draw(entries(provider_id))


@given(configs(), new_providers(), st.booleans())
def test_adding_a_provider_and_removing_it_restores_every_byte(
    text: str, new: tuple[str, tables.Entry], as_default: bool
) -> None:
    data = parsed(text)
    if data is None:
        return
    provider_id, entry = new
    after = tables.with_providers(data, {provider_id: entry})
    # With the default goes [thinking], which is the user's: only without one is removing the way back.
    if as_default and entry.aliases and not {"default_model", "thinking"} & data.keys():
        after = tables.with_default_model(after, next(iter(entry.aliases)))
    added = edited(text, data, after)
    after = tomllib.loads(added)
    assert edited(added, after, tables.without_providers(after, [provider_id])) == text


@given(configs())
def test_new_lines_end_as_most_lines_do(text: str) -> None:
    data = parsed(text)
    if data is None or "\n" not in text:
        return
    added = edited(
        text, data, tables.with_provider(data, "new", {"type": "kimi"}, {"new/m": {"provider": "new"}})
    )
    assert newline_of(added) == newline_of(text)
    assert ("\r\n" in added) == ("\r\n" in text)

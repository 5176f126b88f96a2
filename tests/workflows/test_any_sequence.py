"""Any commands one after another, on any config.toml: nothing foreign changes, and the first byte comes back."""

from __future__ import annotations

import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from catalog.errors import CatalogError
from provisioner.app import App, Http
from provisioner.config import tables
from provisioner.config.guard import difference
from provisioner.errors import ProvisionerError
from provisioner.workflows import add_endpoint, add_registry, key, refresh, remove, set_default, undo
from provisioner.workflows.consent import Consent
from provisioner.workflows.credential import Credential
from tests.config.test_rewrite_properties import (
    ALIAS,
    COMMENTS,
    OTHER,
    PROVIDER,
    PROVIDERS,
    ROOT,
    foreign_lines,
    parsed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from provisioner.workflows.outcome import Outcome

    Draw = Callable[[st.SearchStrategy[Any]], Any]

URL = "https://registry.example/api.json"
TOKEN = "tok-0123456789abcdef"
OWNED = {"providers", "models", "default_model", "default_provider", "secondary_model"}

IDS = ["alpha", "beta", "p", "a.b"]  # two of them stand in many a file already
MODEL = st.fixed_dictionaries(
    {"id": st.sampled_from(["one", "two"])},
    optional={
        "name": st.sampled_from(["One", 'a "quoted" \u00e9']),
        "limit": st.fixed_dictionaries({"context": st.sampled_from([1000, 200000])}),
        "reasoning": st.booleans(),
    },
)


@st.composite
def files(draw: st.DrawFn) -> str:
    """A config.toml in many styles of writing; unlike those of the test of rewriting it clashes seldom."""

    def some(pool: list[str], most: int) -> list[str]:
        forms = draw(st.lists(st.sampled_from(pool), max_size=most, unique=True))
        ids = draw(st.permutations(PROVIDERS))
        return [form.replace("ID", id_) for form, id_ in zip(forms, ids, strict=False)]

    parts = some(ROOT, 3) + draw(st.permutations(some(PROVIDER, 3) + some(ALIAS, 3) + some(OTHER, 3)))
    text = draw(st.sampled_from(["", "# My configuration\n\n", "\n"]))
    for part in parts:
        text += draw(st.sampled_from(COMMENTS)) + part + draw(st.sampled_from(["\n", "\n\n", "\n\n\n"]))
    text = text.rstrip("\n") + draw(st.sampled_from(["", "\n", "\n# the end", "\n# the end\n"]))
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A revision of the registry."""
    return {
        name: {
            "id": name,
            "name": name,
            "api": draw(st.sampled_from(["https://one.example/v1", "https://two.example/v1"])),
            "type": draw(st.sampled_from(["openai", "anthropic"])),
            "models": draw(st.dictionaries(st.sampled_from(["m", "n", "x y"]), MODEL, min_size=1)),
        }
        for name in draw(st.lists(st.sampled_from(IDS), unique=True, min_size=1))
    }


@dataclass
class Commands:
    """A file, and the commands that change it; each takes what it needs from a draw of its own."""

    app: App
    document: dict[str, Any] = field(default_factory=dict)
    revision: int = 0

    @property
    def data(self) -> dict[str, Any]:
        return parsed(self.bytes.decode()) or {}

    @property
    def bytes(self) -> bytes:
        path = self.app.config_path
        return path.read_bytes() if path.exists() else b""

    def add_registry(self, draw: Draw) -> Outcome:
        self.document = draw(documents())
        only = draw(st.sampled_from([(), ("alpha",), ("p", "beta")]))
        asked = add_registry.Request(URL, TOKEN, only=only, accept_shrink=True, consent=_consent(draw))
        return add_registry.run(self.app, asked).outcome

    def add_first(self, draw: Draw) -> Outcome:
        self.document = draw(documents())
        asked = add_registry.Request(URL, TOKEN, consent=Consent(take_over=True, endpoint_change=True))
        return add_registry.run(self.app, asked).outcome

    def add_endpoint(self, draw: Draw) -> Outcome:
        asked = add_endpoint.Request(
            wire=draw(st.sampled_from(["openai", "google-genai"])),
            base_url="http://127.0.0.1:9",
            name=draw(st.sampled_from(["near", "q"])),
            credential=Credential(draw(st.sampled_from([None, "sk-0123456789abcdef"]))),
            models=draw(st.sampled_from([(("m", 1000),), (("m", None), ("n:b", 5000))])),
            consent=_consent(draw),
        )
        return add_endpoint.run(self.app, asked).outcome

    def refresh(self, draw: Draw) -> Outcome:
        self.document |= draw(documents())
        self.revision += 1
        for provider in self.document.values():
            for model in provider["models"].values():
                model["name"] = f"Revision {self.revision}"
        asked = refresh.Request(accept_shrink=draw(st.booleans()), consent=_consent(draw))
        return refresh.run(self.app, asked).outcome

    def key(self, draw: Draw) -> Outcome:
        credential = draw(st.sampled_from([Credential("sk-new-0123456789ab"), Credential(variable="A_KEY")]))
        return key.run(
            self.app, key.Request(self._one_of(draw, "providers"), credential, accept=True)
        ).outcome

    def set_default(self, draw: Draw) -> Outcome:
        return set_default.run(self.app, set_default.Request(self._one_of(draw, "models"))).outcome

    def remove(self, draw: Draw) -> Outcome:
        return remove.run(self.app, remove.Request((self._one_of(draw, "providers"),))).outcome

    def _one_of(self, draw: Draw, section: str) -> str:
        return str(draw(st.sampled_from(list(tables.members(self.data, section)) or ["nobody"])))


COMMANDS: list[Callable[[Commands, Draw], Outcome]] = [
    Commands.add_registry,
    Commands.add_endpoint,
    Commands.refresh,
    Commands.key,
    Commands.set_default,
    Commands.remove,
]


def _consent(draw: Draw) -> Consent:
    return Consent(draw(st.booleans()), draw(st.booleans()))


def _change(commands: Commands, command: Callable[[Commands, Draw], Outcome], draw: Draw) -> None:
    """Runs a command, and looks at what it did to what it does not own."""
    before, data = commands.bytes, commands.data
    try:
        outcome = command(commands, draw)
    except (ProvisionerError, CatalogError) as error:
        event(f"{command.__name__} refused: {type(error).__name__}")
        assert commands.bytes == before
        return
    event(f"{command.__name__}: {'written' if outcome.written else 'nothing'}")
    after = commands.bytes
    assert outcome.written == (after != before)
    assert difference(outcome.data, tomllib.loads(after.decode())) is None
    untouched = {name: value for name, value in data.items() if name not in OWNED}
    assert {name: value for name, value in outcome.data.items() if name not in OWNED} == untouched
    owned = {change.path for change in outcome.plan.changes}
    assert {path[0] for path in owned} <= OWNED
    assert foreign_lines(after.decode(), owned) == foreign_lines(before.decode(), owned)


@settings(max_examples=10)  # each is up to seven commands on a disk
@given(files(), st.data())
def test_any_sequence_keeps_what_is_foreign_and_goes_back_to_the_first_byte(
    text: str, data: st.DataObject
) -> None:
    assume(parsed(text) is not None)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        commands: Commands = Commands(
            App(
                home / "kimi" / "config.toml",
                home / "cache",
                home / "state",
                {},
                http=Http(
                    transport=httpx.MockTransport(lambda _: httpx.Response(200, json=commands.document)),
                    async_transport=httpx.MockTransport(
                        lambda _: httpx.Response(401, stream=httpx.ByteStream(b""))
                    ),
                ),
            )
        )
        app = commands.app
        app.config_path.parent.mkdir()
        app.config_path.write_bytes(text.encode())
        first = commands.bytes
        found: dict[int, bytes] = {}  # by entry what stood there before it
        for number in range(data.draw(st.integers(2, 7), label="commands")):
            before = commands.bytes
            entry = data.draw(st.sampled_from([None, *found]), label="undo") if found else None
            if number == 0:  # else most sequences would have nothing to refresh
                _change(commands, Commands.add_first, data.draw)
            elif found and data.draw(st.integers(0, 3), label="kind") == 0:
                undo.run(app, undo.Request(entry))
                last = max(one for one, content in found.items() if content != before)
                assert commands.bytes == found[entry or last]
            else:
                _change(commands, data.draw(st.sampled_from(COMMANDS), label="command"), data.draw)
            entries = {listed.entry.id for listed in undo.changes(app)}
            assert len(entries) == len(found) + (commands.bytes != before)
            found |= dict.fromkeys(entries - found.keys(), before)
        if found:
            undo.run(app, undo.Request(min(found)))
        assert commands.bytes == first

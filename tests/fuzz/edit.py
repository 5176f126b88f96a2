"""Any config.toml and any change of it: the result means what was intended, and no foreign byte changes.

An input is one byte that chooses the change, one that chooses its place, and the file.
"""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioner.config import tables
from provisioner.config.draft import Draft, draft, shown
from provisioner.config.guard import difference
from provisioner.config.masking import masked_text
from provisioner.config.plan import same
from provisioner.config.read import BOM, ConfigFile, decode, parse
from provisioner.config.rotate import current_key, rotated
from provisioner.errors import ConfigInvalid, ProvisionerError
from provisioner.workflows.doctor import _cured
from tests.config.test_rewrite_properties import (
    ALIAS,
    COMMENTS,
    DOTTED,
    INLINE_CONTAINER,
    OTHER,
    PROVIDER,
    ROOT,
    foreign_lines,
)
from tests.fuzz.mutate import lines_mutated

if TYPE_CHECKING:
    from collections.abc import Callable

    Data = dict[str, Any]
    Edit = Callable[[Data], Data]

KEY = "sk-Fuzz0123456789abcdef"
_PATH = Path("config.toml")
_FORMS = [form.replace("ID", "p") for form in (*ROOT, *DOTTED, *INLINE_CONTAINER, *PROVIDER, *ALIAS, *OTHER)]
_PIECES = (
    *(line for form in (*_FORMS, *COMMENTS) for line in (*form.split("\n"), form)),
    *(
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        "=",
        ".",
        ",",
        '"',
        "'",
        '"""',
        "'''",
        "#",
        "\\",
        "\r\n",
        "\t",
        "\ufeff",
    ),
    *(
        "[models]",
        "[providers]",
        "[[providers]]",
        "[providers.q]",
        "[models.'p/n']",
        "[a.b.c]",
        "a.b = 1",
        "q.r.s",
    ),
    *(
        "true",
        "1979-05-27T07:32:00Z",
        "07:32:00",
        "1e3",
        "nan",
        "-inf",
        "0x1f",
        "1_000",
        '"\\u00e9"',
        "x = [1, #\n]",
    ),
    *(
        f'api_key = "{KEY}"',
        f"# api_key = '{KEY}'",
        f'env = {{ A_KEY = "{KEY}" }}',
        "''",
        '""',
        "[ ]",
        "{ }",
        "{a = 1}",
    ),
)


def seeds() -> list[bytes]:
    """Each style of writing with each change, in a few files."""
    texts = ["", "\n".join(_FORMS[:3] + PROVIDER[:1] + ALIAS[:2] + OTHER).replace("ID", "p"), *_FORMS]
    texts += [text.replace("\n", "\r\n") for text in texts[1:3]]
    return [
        bytes(((number + change * 3) % len(_CHANGES), number % 7)) + text.encode()
        for number, text in enumerate(texts)
        for change in range(3)
    ]


def check(data: bytes) -> None:
    """Drafts the change, and asks of a change that adds something the way back."""
    if len(data) < 2:
        return
    try:
        text = decode(data[2:], _PATH)
        before = parse(text, _PATH)
    except ConfigInvalid:
        assert _by_tomllib(data[2:]) is None
        return
    assert same(before, _by_tomllib(data[2:]))
    file = ConfigFile(_PATH, text, before)
    with suppress(ConfigInvalid):
        assert masked_text(text.removeprefix(BOM)).count("\n") == text.count("\n")
    drafted = _drafted(file, _CHANGES[data[0] % len(_CHANGES)](random.Random(data[1])))
    if drafted is None or drafted.text is None:
        return
    new = drafted.text
    meant = tomllib.loads(new.removeprefix(BOM))
    assert difference(drafted.data, meant) is None
    _same_foreign_lines(text.removeprefix(BOM), new.removeprefix(BOM), drafted)
    assert new.startswith(BOM) == text.startswith(BOM)
    assert same(before, parse(text, _PATH))  # nothing was changed in place
    shown(drafted)
    once = _drafted(ConfigFile(_PATH, new, meant), lambda _: dict(drafted.data))
    assert once is None or once.text is None
    back = _drafted(ConfigFile(_PATH, new, meant), lambda _: before)
    tables_only = all(
        c.kind == "add" and c.path[1:] and isinstance(c.after, dict) for c in drafted.plan.changes
    )
    if back and back.text and tables_only:
        assert back.text == text


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Changes lines, or the change that is made."""
    head, body = data[:2].ljust(2, b"\0"), data[2:]
    if chance.random() < 1 / 6:
        return bytes((chance.randrange(len(_CHANGES)), chance.randrange(256))) + body
    text = lines_mutated(body.decode("utf-8", "replace"), chance, _PIECES)
    return head + text.encode()


def _by_tomllib(content: bytes) -> Data | None:
    """What Python's own reader makes of the file; None where it refuses it."""
    try:
        return tomllib.loads(content.decode().removeprefix(BOM))
    except (ValueError, RecursionError):
        return None


def _same_foreign_lines(old: str, new: str, drafted: Draft) -> None:
    """All that the change does not own stands there in the same order; a key may have brought its table's header."""
    owned = {change.path for change in drafted.plan.changes}
    was, now = foreign_lines(old, owned), foreign_lines(new, owned)
    rest = iter(now)
    assert all(line in rest for line in was), (was, now)
    assert all(line.startswith("[") for line in Counter(now) - Counter(was)), (was, now)


def _drafted(file: ConfigFile, edit: Edit) -> Draft | None:
    """None where it is refused; a change that only the guard stops is a fault of the one that rendered it."""
    try:
        return draft(file, edit)
    except ProvisionerError as error:
        if "the result would" in error.message:
            raise
        return None


def _add(chance: random.Random) -> Edit:
    name = chance.choice(("new", "n.e w", "p", "q", 'a"\\é'))
    provider = {"type": "openai", "base_url": "https://h.test/v1", "api_key": KEY, "source": {"kind": "x"}}
    if chance.random() < 1 / 2:
        provider |= {"env": {"A": "b"}}
    models = {
        f"{name}/{key}": {"provider": name, "model": key, "max_context_size": 1} for key in ("m", "n o")
    }
    return lambda data: tables.with_providers(data, {name: tables.Entry(provider, models)})


def _remove(chance: random.Random) -> Edit:
    return lambda data: tables.without_providers(data, [_one(chance, tables.members(data, "providers"))])


def _default(chance: random.Random) -> Edit:
    return lambda data: tables.with_default_model(data, _one(chance, tables.members(data, "models")))


def _take_out(chance: random.Random) -> Edit:
    return lambda data: tables.without_aliases(data, [_one(chance, tables.members(data, "models"))])


def _rotate(chance: random.Random) -> Edit:
    """Another key, or a variable in its place."""
    credential = chance.choice(({"api_key": "new"}, {"api_key_env": "A_NAME"}))

    def edit(data: Data) -> Data:
        name = _one(
            chance, {k: v for k, v in tables.members(data, "providers").items() if isinstance(v, dict)}
        )
        old = current_key(tables.provider_in(data, name), ("A_KEY",))
        return rotated(data, name, old, credential).data if name else data

    return edit


def _cure(_: random.Random) -> Edit:
    return lambda data: _cured(data, {})


def _anything(chance: random.Random) -> Edit:
    """One key of the file, wherever it stands: another value, none, or one beside it."""

    def edit(data: Data) -> Data:
        new = dict(data)
        places = [new]
        while True:
            key = _one(chance, places[-1])
            below = places[-1].get(key)
            if not isinstance(below, dict) or chance.random() < 1 / 3:
                break
            places.append(dict(below))
            places[-2][key] = places[-1]
        match chance.randrange(4):
            case 0:
                places[-1].pop(key, None)
                for outer, inner in zip(places[-2::-1], places[::-1], strict=False):
                    for name in [name for name, value in outer.items() if value is inner and not inner]:
                        del outer[name]  # a table that nothing is left of goes too
            case 1 if not isinstance(below, dict):  # no command puts a value in the place of a table
                places[-1][key] = chance.choice(("text", 7, True, [1, "a"], {"a": 1}))
            case 2:
                places[-1]["beside"] = "text"
            case _:
                places[-1]["below"] = {"a": {"b": 1}, "c": 2}
        return new

    return edit


_CHANGES = (_add, _remove, _default, _take_out, _rotate, _cure, _anything)


def _one(chance: random.Random, found: Data) -> str:
    return chance.choice(list(found) or [""])

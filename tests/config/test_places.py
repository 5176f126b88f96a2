from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.config.places import Place, Places

TEXT = '''default_model = "p/m"
thinking = { enabled = true, "effort" = "high" }

[providers.p] # [models."x"]
  type = "openai"
source.url = "https://a"
source . apiKey = """
two lines"""

[models."p/m"]
capabilities = [
  "thinking",
]

[ models.'b' . overrides ]
max_output_size = 1

[[hooks]]
event = "Stop"
'''


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("default_model",), 1, 1),
        (("thinking", "enabled"), 2, 14),
        (("thinking", "effort"), 2, 30),
        (("providers",), 4, 2),
        (("providers", "p"), 4, 12),
        (("providers", "p", "type"), 5, 3),
        (("providers", "p", "source"), 6, 1),
        (("providers", "p", "source", "url"), 6, 8),
        (("providers", "p", "source", "apiKey"), 7, 10),
        (("models", "p/m"), 10, 9),
        (("models", "p/m", "capabilities"), 11, 1),
        (("models", "b", "overrides"), 15, 16),
        (("models", "b", "overrides", "max_output_size"), 16, 1),
        (("hooks", "event"), 19, 1),
        (("models", "p/m", "no_such_key"), 10, 9),
        (("models", "nothing"), 10, 2),
        ((), 1, 1),
        (("nothing",), 1, 1),
    ],
)
def test_a_key_has_a_line_and_a_column(path: tuple[str, ...], line: int, column: int) -> None:
    assert Places(TEXT).of(path) == Place(line, column)


def test_crlf_and_letters_of_many_bytes_count_as_one_column_each() -> None:
    assert Places('a = 1\r\n"ä" = 2\r\nb = { "é" = 1, c = 2 }\r\n').of(("b", "c")) == Place(3, 16)


def test_a_key_that_stands_there_twice_is_told_with_its_first_place() -> None:
    text = "[a.b]\nx = 1\n[c]\nx = 1\n[a.b]\ny = 1\n"
    assert Places(text).written_twice(len(text)) == (("a", "b"), Place(1, 4))
    assert Places(text).written_twice(15) is None


_KEYS = st.text("ab.\"'é\n\u200b", min_size=1, max_size=4)
_DATA = st.recursive(
    st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=3),
    lambda below: st.dictionaries(_KEYS, below, max_size=4),
)


def _paths(value: Any, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(value, dict):
        return []
    return [p for key, below in value.items() for p in ((*above, key), *_paths(below, (*above, key)))]


@given(st.dictionaries(_KEYS, _DATA, max_size=4))
def test_every_key_of_any_document_is_found_where_it_is_written(data: dict[str, Any]) -> None:
    import tomlkit

    text = tomlkit.dumps(data)
    places = Places(text)
    for path in _paths(tomllib.loads(text)):
        rest = text[places.offset(places.of(path)) :]
        head = rest.partition("\n")[0].split("=")[0].split("]")[0]
        last = path[-1]
        assert rest.startswith(last) or rest[0] in "\"'", head

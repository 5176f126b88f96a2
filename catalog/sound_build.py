"""Makes ``catalog/sound.py`` out of the published schemas; for maintainers: ``python -m catalog.sound_build``.

Each definition of the two schemas becomes one Python expression that is true where a value is sound. Checking ten
thousand models that way takes a tenth of a second, and loading it next to nothing. The keywords are those that our
schemas use; another one ends the build. A test holds the result to the schemas, and to jsonschema.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = Path(__file__).with_name("sound.py")

_SCHEMAS = ("catalog", "registry")
_HEAD = '''\
"""Whether parts of a document satisfy their schemas; which part does not, :mod:`catalog.schema` finds out.

Made by ``python -m catalog.sound_build`` from ``schemas/``; not to be changed by hand.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

'''
_SILENT = frozenset({"$schema", "$id", "$defs", "title", "description", "examples", "default", "type"})
_TYPES = {
    "array": "isinstance({0}, list)",
    "boolean": "isinstance({0}, bool)",
    "integer": "_whole({0})",
    "null": "{0} is None",
    "number": "_number({0})",
    "object": "isinstance({0}, dict)",
    "string": "isinstance({0}, str)",
}
_TAIL = """

def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: Any) -> bool:
    return _number(value) and value == value // 1
"""


def module() -> str:
    """The text of ``catalog/sound.py``, before it is formatted."""
    constants: dict[str, str] = {}
    functions = [
        f"def _{name}_{part}(value: Any) -> bool:\n    return {_Expression(name, constants).of(node, 'value')}\n"
        for name in _SCHEMAS
        for part, node in schema.load(name)["$defs"].items()
    ]
    named = "".join(f"{name} = {value}\n" for value, name in constants.items())
    rows = ", ".join(
        f'("{name}", "{part}"): _{name}_{part}' for name in _SCHEMAS for part in ("provider", "model")
    )
    table = f"CHECKS: Mapping[tuple[str, str], Callable[[Any], bool]] = {{{rows}}}\n"
    return "\n\n".join([_HEAD + named, *functions, _TAIL, table])


class _Expression:
    """Writes expressions for one schema; ``constants`` collects what they need by name."""

    def __init__(self, name: str, constants: dict[str, str]) -> None:
        self._name = name
        self._constants = constants

    def of(self, node: dict[str, Any], value: str) -> str:
        """The expression that is true where ``value``, an expression too, satisfies a schema."""
        types = [node["type"]] if isinstance(node.get("type"), str) else node.get("type", [])
        tests = [" or ".join(_TYPES[name].format(value) for name in types)] if types else []
        keywords = {key: wanted for key, wanted in node.items() if key not in _SILENT}
        own = [test for key, wanted in keywords.items() for test in self._tests(key, wanted, value)]
        if own and "null" in types:  # the keywords are for the other type
            own = [f"{value} is None or {_all(own)}"]
        assert not {"properties", "additionalProperties"} <= keywords.keys()  # none of our parts has both
        return _all([*tests, *own])

    def _tests(self, key: str, wanted: Any, value: str) -> Iterator[str]:
        if key in _MEASURES:
            yield _MEASURES[key].format(value, self._constant(repr(wanted)))
        elif key == "pattern":
            yield f"{self._constant(f're.compile({wanted!r})')}.search({value}) is not None"
        elif key == "enum":
            yield f"{value} in ({', '.join(map(_text, wanted))},)"
        elif key == "required":
            yield " and ".join(f"{_text(name)} in {value}" for name in wanted)
        elif key == "properties":
            tests = {name: self.of(inner, f"{value}[{_text(name)}]") for name, inner in wanted.items()}
            yield from (f"{_text(name)} not in {value} or ({test})" for name, test in tests.items())
        else:
            yield self._compound(key, wanted, value)

    def _compound(self, key: str, wanted: Any, value: str) -> str:
        if key == "$ref":
            return f"_{self._name}_{wanted.removeprefix('#/$defs/')}({value})"
        if key == "allOf":
            return _all([self.of(inner, value) for inner in wanted])
        if key == "anyOf":
            return " or ".join(f"({self.of(inner, value)})" for inner in wanted)
        if key == "not":
            return f"({self.of(wanted, value)}) is False"
        if key in {"items", "additionalProperties"}:
            return (
                f"all({self.of(wanted, 'item')} for item in {value}{'' if key == 'items' else '.values()'})"
            )
        raise NotImplementedError(f"{key} in the schema {self._name}")

    def _constant(self, text: str) -> str:
        return (
            text if text in {"0", "1"} else self._constants.setdefault(text, f"_{len(self._constants) + 1}")
        )


_MEASURES = {
    "minimum": "{} >= {}",
    "maximum": "{} <= {}",
    "minLength": "len({}) >= {}",
    "maxLength": "len({}) <= {}",
    "minProperties": "len({}) >= {}",
}


def _text(word: Any) -> str:
    assert isinstance(word, str)  # of other values True would pass for 1
    return json.dumps(word)


def _all(tests: list[str]) -> str:
    return " and ".join(f"({test})" for test in tests) or "True"


if __name__ == "__main__":
    PATH.write_text(module(), encoding="utf-8")
    sys.stdout.write(f"{PATH}: to be formatted by `ruff format`\n")

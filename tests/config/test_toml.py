"""tomllib is the judge: what is read quickly means the same, and what it refuses is refused in the same words."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.config import toml
from provisioner.config.plan import same

if TYPE_CHECKING:
    from collections.abc import Callable


def result(loads: Callable[[str], dict[str, Any]], text: str) -> dict[str, Any] | str:
    try:
        return loads(text)
    except (ValueError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"


def order(value: Any) -> Any:
    """The keys of a value in their order, which ``same`` does not look at."""
    if isinstance(value, dict):
        return [(key, order(below)) for key, below in value.items()]
    return [order(item) for item in value] if isinstance(value, list) else None


def agree(text: str) -> bool:
    ours, theirs = result(toml.loads, text), result(tomllib.loads, text)
    return same(ours, theirs) and order(ours) == order(theirs)


# By name: what TOML 1.0 has, what 1.1 added to it, what neither allows.
TEXTS = {
    "nothing": "",
    "no newline at the end": 'a = "x"',
    "carriage returns": '[a]\r\nb = "x"\r\n\r\n# c\r\n[a.c]\r\n d = 1 \r\n',
    "one carriage return": 'a = "x"\rb = 1\n',
    "a carriage return at the end": "a = 1\r",
    "a carriage return in a string": 'a = "x\ry"\n',
    "a carriage return in a comment": "a = 1 # x\ry\n",
    "a byte order mark": "\ufeffa = 1\n",
    "a byte order mark in a string": 'a = "\ufeff"\n',
    "a control character in a string": 'a = "\x01"\n',
    "a control character in a comment": "# \x1f\n",
    "a deletion in a comment": "a = 1 # \x7f\n",
    "a tab in a string": 'a = "\t"\n',
    "a C1 control character": 'a = "\x85" # \x85\n',
    "a line separator": "a = 1\u2028b = 2\n",
    "a line separator in a string": 'a = "x\u2028y" # \u2029\n',
    "a form feed": "a = 1\x0cb = 2\n",
    "digits of another script": "a = ١٢\n",
    "letters in a bare key": "é = 1\n",
    "a surrogate": 'a = "\ud800"\n',
    "escapes": r'a = "\"\\\b\t\n\f\r\u00e9\U0001F600"',
    "an escape of 1.1": r'a = "\e"',
    "another escape of 1.1": r'a = "\xe9"',
    "an escaped surrogate": r'a = "\ud83d\ude00"',
    "an escape in a key": '"\\u0061" = 1\na = 2',
    "an escape in a header": '["\\u0061"]\n[a]',
    "an empty key": '"" = 1\n[""]\n',
    "an empty key in a header": '[""]\n"" = 1\n[\'\'.a]\n',
    "three quotes": 'a = """"x""""\nb = """x"""""\nc = """\n[d]\n"""',
    "a header within a string": "a = '''\n[b]\nc = 1\n'''\n[d]\ne = 1",
    "a header within a list": "a = [\n[1],\n[2],\n]\nb = 1",
    "an escaped newline": 'a = """x\\\n   y"""',
    "a string that goes on": 'a = "x\ny"',
    "quotes behind a string": 'a = "" "',
    "a value behind a value": 'a = "x" "y"',
    "single quotes": "a = 'x\\y' # z",
    "zero": "a = 0\nb = +0\nc = -0\nd = 0.0\ne = -0.0",
    "leading zeros": "a = 007",
    "the largest integer of 64 bits": "a = 9223372036854775807\nb = -9223372036854775808",
    "larger integers": "a = 9223372036854775808\nb = 123456789012345678901234567890",
    "an integer that Python refuses": f"a = {'9' * 10_000}",
    "other bases": "a = 0xdead_beef\nb = 0o755\nc = 0b1",
    "underscores": "a = 1_000\nb = 1__0",
    "fractions": "a = 1.5\nb = 1e400\nc = -inf\nd = nan\ne = 6.022e+23",
    "a fraction without an end": "a = 1.",
    "moments": "a = 1979-05-27T07:32:00.999999Z\nb = 1979-05-27 07:32:00-07:00\nc = 1979-05-27\nd = 07:32:00",
    "a moment without seconds": "a = 1979-05-27T07:32Z",
    "a day that is none": "a = 2023-02-29",
    "lists": 'a = []\nb = [ "x" , "y" ]\nc = ["x", 1, [true], {d = 1}]\ne = ["x",]\nf = [\n"x", # y\n]',
    "a comma too many": 'a = ["x",,]',
    "a list that ends wrongly": 'a = ["x"',
    "inline tables": "a = {}\nb = { c = 1, d.e = 2 }\nf = {g = {}}",
    "an inline table on two lines": "a = {\n b = 1\n}",
    "a comma at the end of an inline table": "a = { b = 1, }",
    "dotted keys": "a.b = 1\na.c.d = 2\n\"a\".'e' = 3\n a . f = 4",
    "dotted keys below a header": "[a]\nb.c = 1\nb.d = 2\n[e.f]\ng.h = 1",
    "a dotted key of a value": "a = 1\na.b = 2",
    "a header of a dotted key": "[a]\nb.c = 1\n[a.b]\n",
    "a header below a dotted key": "[a]\nb.c = 1\n[a.b.d]\n",
    "a dotted key of a header": "[a.b]\nc = 1\n[a]\nb.d = 2",
    "a key twice": 'a = "x"\nb = 1\na = "y"\n',
    "a key twice among lines that were read before": "[a]\nb = 1\n[c]\nb = 1\nb = 1\n",
    "the same lines in many tables": "[a]\nb = [\"x\"]\nc = 'y'\n\n[d]\nb = [\"x\"]\nc = 'y'\n[e]\nb = [\"x\"]\n\n# f\nc = 'y'\n",
    "a key twice in another form": "a = 1\n'a' = 2\n",
    "a header twice": "[a]\nb = 1\n[a]\nc = 1",
    "a header after its tables": '[a.b]\nx = 1\n[a]\ny = 2\n[a.c]\nz = "3"',
    "a header twice after its tables": "[a.b]\n[a]\n[a]",
    "a header of a value": "[a]\nb = 1\n[a.b]\n",
    "a header of a list": "a = []\n[a.b]",
    "a header of an inline table": "a = { b = 1 }\n[a.c]\n",
    "a header below an inline table": "a = { b = { c = 1 } }\n[a.b.d]\n",
    "a header below a list of inline tables": "a = [{ b = 1 }]\n[a.c]\n",
    "arrays of tables": "[[a]]\nb = 1\n[a.c]\nd = 2\n[[a]]\n[[a.e]]\n[[a.e]]\nf = 1\n[a.c]\n",
    "an array of tables of a list": "a = []\n[[a]]",
    "an array of tables of a table": "[a]\n[[a]]",
    "an array of tables of a table on the way": "[a.b]\n[[a]]",
    "a table of an array of tables": "[[a]]\n[a]",
    "a table below an array of tables twice": "[[a]]\n[a.b]\n[a.b]",
    "a key that is an array of tables": "[[a.b]]\n[a]\nb = 1",
    "spaces in a header": "[ a . b ]\nc = 1\n[[ d ]]\ne = 1",
    "spaces between the brackets of a header": "[ [a]]\n",
    "an empty header": "[]\n",
    "a header that does not end": "[a\nb = 1",
    "a value behind a header": "[a] b = 1",
    "a comment behind a header": "[a] # b\n  [a.c] # d\n",
    "no value": "a =\n",
    "no key": "= 1",
    "no equals sign": "a\n",
    "a word": "a = True\nb = yes",
    "more lines than are remembered": "\n".join(f'[t{i}]\nx = {i // 2}\ny = ["{i}"]' for i in range(5_000)),
    "many open brackets": "a = " + "[" * 100_000,
    "many parts": "a." * 100 + "b = 1",
}


@pytest.mark.parametrize("name", TEXTS)
def test_each_spelling_means_what_tomllib_says(name: str) -> None:
    text = TEXTS[name]
    assert agree(text)
    assert agree(text.replace("\n", "\r\n"))
    # In company of what is read quickly, and below a header.
    assert agree(f'z = "1"\n{text}')
    assert agree(f'[providers.p]\ntype = "openai"\n{text}\n[models."p/m"]\nprovider = "p"\n')


KEYS = ("a", "b", '"a"', "'b'", "c", '"a b"', '"a.b"', "1")
VALUES = (
    *("1", "true", '"x"', "'x'", '""', "[]", '["x", "y"]', "1.5", '"\\n"', "1979-05-27", "0x1", "-1"),
    *("{}", "{ a = 1 }", "{ a.b = 1, c = [] }", "[{ a = 1 }]", "[\n[1],\n]", '"""\n[a]\n"""', "''"),
)
COMMENTS = ("", "", "", " ", " # x", "\t#[a]")
keys = st.lists(st.sampled_from(KEYS), min_size=1, max_size=3).map(".".join)
lines = st.one_of(
    st.builds("[{}]{}".format, keys, st.sampled_from(COMMENTS)),
    st.builds("[[{}]]".format, keys),
    st.builds("{} = {}{}".format, keys, st.sampled_from(VALUES), st.sampled_from(COMMENTS)),
    st.builds("{}={}".format, st.sampled_from(KEYS), st.sampled_from(VALUES)),
    st.sampled_from(("", "# [a]", " \t")),
)
texts = st.builds(
    lambda parts, newline: newline.join(parts), st.lists(lines, max_size=9), st.sampled_from(("\n", "\r\n"))
)


@given(st.lists(texts, min_size=20, max_size=20))
def test_tables_in_any_order_mean_what_tomllib_says(many: list[str]) -> None:
    assert [text for text in many if not agree(text)] == []


@given(
    st.sampled_from(sorted(TEXTS.values())),
    texts,
    st.lists(
        st.tuples(
            st.integers(0), st.integers(0, 3), st.sampled_from("\n\r\"'[]{}=.,# \t\\\x00\x7f\ufeffa1_-é٣")
        ),
        max_size=4,
    ),
)
def test_a_text_with_slips_means_what_tomllib_says(
    one: str, other: str, slips: list[tuple[int, int, str]]
) -> None:
    text = f"{one[:2_000]}\n{other}"
    for position, dropped, put in slips:
        start = position % (len(text) + 1)
        text = text[:start] + put + text[start + dropped :]
    assert agree(text)


def test_a_statement_of_another_form_does_not_slow_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def loads(text: str) -> dict[str, Any]:
        asked.append(text)
        return real(text)

    real = tomllib.loads
    monkeypatch.setattr(tomllib, "loads", loads)
    aliases = "".join(f'[models."p/{i}"]\nprovider = "p"\nmax_context_size = 1\n' for i in range(100))
    odd = 'weight = 0.5\nsource = { kind = "apiJson" }\n\n'
    data = toml.loads(
        f"default_model = 'p/1'\n{aliases}[other]\na = 1\n{odd}[[hooks]]\nevent = \"x\"\n{aliases.replace('models', 'more')}"
    )
    assert asked == [odd]
    assert data["other"] == {"a": 1, "weight": 0.5, "source": {"kind": "apiJson"}}
    assert (len(data["models"]), len(data["more"]), data["hooks"]) == (100, 100, [{"event": "x"}])


def test_each_table_is_read_by_itself_where_headers_are_indented_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """To look through what follows at each header would take quadratic time."""
    taken: list[int] = []

    def lines(reading: Any, table: dict[str, Any], start: int) -> tuple[dict[str, Any], int]:
        found, end = real(reading, table, start)
        taken.append(end - start)
        return found, end

    real = toml._Reading._lines
    monkeypatch.setattr(toml._Reading, "_lines", lines)
    text = "".join(f'  [models."p/{i}"]\n    model = "m"\n    weight = 0.5\n' for i in range(50))
    assert toml.loads(text) == tomllib.loads(text)
    assert max(taken) < 2 * len(text) / 50


@pytest.mark.parametrize(
    "text", [" " * 200_000 + "x", "a = [" + '"",' * 100_000, "[" + "a." * 3_000, "#" * 200_000 + "\x00"]
)
def test_no_line_takes_longer_than_its_length(text: str) -> None:
    """A quantifier that gives back what it took would need hours for these."""
    with pytest.raises(tomllib.TOMLDecodeError):
        toml.loads(text)

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from provisioner.cli.manager.confirming import Confirmation
from provisioner.cli.manager.effects import SetDefault
from provisioner.cli.manager.findings import DoctorProblem, Findings
from provisioner.cli.manager.formats import ago
from provisioner.cli.manager.results import concluded, streamed
from provisioner.cli.manager.state import LastTest, State
from provisioner.cli.manager.update import press
from provisioner.cli.manager.view import draw
from provisioner.cli.prompts.look import Look
from provisioner.cli.prompts.width import width
from tests.cli.manager.conftest import many

if TYPE_CHECKING:
    from tests.cli.manager.conftest import Opens

NOW = 1_000_000.0
PASSED = LastTest(
    "pass",
    NOW - 200,
    ("streamed, finished and counted",),
    ("first token 0.84 s", "9 tokens/s", "4.71 s in all", "44 tokens in, 30 out"),
)
FAILED = LastTest("fail", NOW, ("401: no such key " * 12,), hint="kimi provider add beta --api-key-stdin")


class Ascii:
    encoding = "ascii"


ASCII = Look.of({"TERM": "xterm"}, Ascii())


def screen(state: State, columns: int = 80, look: Look | None = None) -> list[str]:
    return ["".join(text for _, text in line).rstrip() for line in draw(state, columns, look or Look(), NOW)]


def after(state: State, *keys: str) -> State:
    for key in keys:
        state, _ = press(state, key)
    return state


def shown(state: State, *, columns: int = 80, look: Look | None = None) -> str:
    """The screen without its margin and the path of the test's own config.toml; ``>`` for the marks like it."""
    symbols = Look().symbols
    alike = str.maketrans({symbols.pointer: ">", symbols.then: ">"})
    lines = [line[1:].translate(alike) for line in screen(state, columns, look)]
    return "\n".join(
        "(path)" if line.startswith("/") and number == 1 else line for number, line in enumerate(lines)
    )


def test_the_list_of_providers(opened: Opens) -> None:
    state = concluded(opened(lines=29), "beta/b2", PASSED, "")
    state = concluded(state, "gamma/kimi-k2", FAILED, "")
    assert (
        shown(state)
        == """\
Providers                                                          7 providers
(path)

models.dev catalog
    anthropic  anthropic         0 models
    openai     openai             1 model

Registry https://registry.example/api.json
    alpha      openai_responses   1 model
> ★ beta       kimi              2 models  ✓
    gamma      openai             1 model  ✗

Registry https://zoo.example/api.json
    delta      openai            0 models

By hand
    ollama     openai             1 model

    [ Add New Platform ]





https://beta.example/v1 · key in config.toml · has the default model
✓ beta/b2 passed 3 min ago: first token 0.84 s, 9 tokens/s, 4.71 s in all


enter open · t test · r refresh · d delete · / filter · ? keys · q leave"""
    )


def test_the_models_of_a_provider(opened: Opens) -> None:
    state = concluded(after(opened(lines=14), "enter"), "beta/b1", FAILED, "")
    assert (
        shown(state)
        == """\
Providers > beta                                                      2 models
kimi · https://beta.example/v1 · key in config.toml
    model  context  output  capabilities
    b1     131,072       -  -            ✗
> ★ b2     262,144   8,192  think tools




beta/b2 · Beta Two · thinking, tool_use · the default model
t tests beta/b2


t test · s default · / filter · r refresh · k key · ? keys · esc back · q leave"""
    )


def test_the_question_before_a_deletion(opened: Opens) -> None:
    lines = screen(after(opened(), "d"))
    assert lines[-2:] == [
        ' Delete "beta" and its 2 models? The default model goes too. [y/N]',
        " y delete · n keep",
    ]
    # However long the name, what the keys mean stays on screen.
    long = screen(after(opened(f'[providers.{"x" * 200}]\ntype = "openai"\n'), "d"))
    assert long[-2].endswith("x… [y/N]")


FOUND = Findings(
    ("beta/b1: max_context_size 1 → 2", "beta/b2: retired upstream"),
    (DoctorProblem("error", "api_key is not source.apiKey", "kimi provider key beta"),),
)


def test_findings_stand_in_the_row_in_words_or_in_figures(opened: Opens) -> None:
    state = replace(opened(lines=29), findings={"beta": FOUND, "gamma": Findings((), FOUND.problems)})
    state = concluded(state, "gamma/kimi-k2", FAILED, "")
    lines = shown(state).splitlines()
    assert lines[9:11] == [
        "> ★ beta       kimi              2 models     ! 1 problem  ~ 2 changes upstream",
        "    gamma      openai             1 model  ✗  ! 1 problem",
    ]
    narrow = shown(state, columns=58).splitlines()
    assert narrow[9] == "> ★ beta       kimi              2 models     !1  ~2"
    of_file = replace(state, findings={None: FOUND})
    assert screen(of_file, 240)[1].endswith(
        "! 1 problem: kimi provider doctor  ~ 2 changes upstream: kimi provider refresh"
    )


def test_findings_are_told_on_the_screen_of_the_provider(opened: Opens) -> None:
    state = after(replace(opened(lines=24), findings={"beta": FOUND}), "enter")
    assert shown(state).splitlines()[2:9] == [
        "! api_key is not source.apiKey",
        "  try: kimi provider key beta",
        "~ 2 changes upstream: r shows all",
        "  beta/b1: max_context_size 1 → 2",
        "  beta/b2: retired upstream",
        "",
        "    model  context  output  capabilities",
    ]
    many_found = replace(state, findings={"beta": Findings(FOUND.changes * 50, FOUND.problems * 50)})
    for lines in range(14, 60):
        assert any(
            f" {Look().symbols.pointer} ★ b2" in line for line in screen(replace(many_found, lines=lines))
        )


def test_what_would_change_takes_the_screen_and_the_question_stays_below(opened: Opens) -> None:
    diff = tuple(("class:add", f"+ {'x' * 200} {n}") for n in range(40))
    question = Confirmation(
        "Bring beta up to date?",
        SetDefault("beta/b2"),
        yes="write it",
        no="leave it",
        refused="",
        shown=(("", "a sentence " * 9), *diff),
    )
    lines = screen(replace(opened(), confirmation=question))
    assert lines[0].startswith(" What would change")
    assert lines[0].endswith("lines 1 to 19 of 42")
    assert lines[2:5] == [f" {'a sentence ' * 7}a", " sentence a sentence", f" + {'x' * 76}…"]
    assert lines[-2:] == [" Bring beta up to date? [y/N]", " ↑↓ look · y write it · n leave it"]


def test_a_key_that_is_typed_is_never_on_screen(opened: Opens) -> None:
    state = after(opened(), "k", *"sk-1")
    assert screen(state)[-2:] == [
        " New key for beta: 4 characters, not shown",
        " enter try it and write it · esc keep the old one",
    ]
    assert screen(after(state, "é", "enter"))[-2].endswith("no HTTP header can carry; again:")


def test_a_test_from_the_first_token_to_the_verdict(opened: Opens) -> None:
    state = after(opened(lines=16), "t")
    assert shown(state).splitlines()[:5] == [
        "Test of beta/b2",
        "kimi · https://beta.example/v1 · key in config.toml",
        "",
        "· waiting for the first token…",
        "",
    ]
    state = streamed(state, "beta/b2", "reasoning", "Someone says hi.\nWhat now?")
    assert "  Someone says hi.\n  What now?\n\n· thinking…" in shown(state)
    state = streamed(state, "beta/b2", "text", "Hi " * 40)
    hi = " ".join(["Hi"] * 25)
    assert f"  {hi}\n  {' '.join(['Hi'] * 15)}\n\n· answering…" in shown(state)
    passed = concluded(state, "beta/b2", PASSED, "Hi")
    assert shown(passed).splitlines()[3:9] == [
        "  Hi",
        "",
        "✓ passed",
        "  streamed, finished and counted",
        "  first token 0.84 s, 9 tokens/s, 4.71 s in all, 44 tokens in, 30 out",
        "",
    ]
    failed = shown(concluded(state, "beta/b2", FAILED, ""))
    assert "✗ failed\n  401: no such key" in failed
    assert "  try: kimi provider add beta --api-key-stdin" in failed


def test_only_the_end_of_an_answer_without_end_is_shown(opened: Opens) -> None:
    state = streamed(after(opened(), "t"), "beta/b2", "text", "word " * 100_000 + "\nthe end")
    lines = screen(state)
    assert "   the end" in lines
    assert len(lines) == 24


def test_a_long_message_is_whole_and_the_rows_stay(opened: Opens) -> None:
    state = opened()
    quiet = screen(state)
    lines = screen(state.saying("one two three four five " * 9 + "end", "bad"))
    told = " ".join(" ".join(lines[-4:-1]).split())
    assert told == "one two three four five " * 9 + "end"
    assert lines[:15] == quiet[:15]


def test_everything_is_told_without_characters_outside_ascii(opened: Opens) -> None:
    state = concluded(opened(many(30)), "provider-001/m0", PASSED, "")
    state = concluded(state, "provider-002/m0", FAILED, "")
    for keys in ((), ("enter",), ("/", "p"), ("d",), ("t",), ("?",)):
        assert "\n".join(screen(after(state, *keys), look=ASCII)).isascii(), keys
    lines = screen(state, look=ASCII)
    assert lines[0].endswith("30 providers - page 1 of 3")
    assert lines[4].startswith(" >   provider-000")
    assert (lines[5].split()[-1], lines[6].split()[-1]) == ("ok", "x")
    assert screen(state.at(replace(state.position, cursor=3)), 120, ASCII)[-1].startswith(
        " arrows move - enter"
    )


def test_help_names_every_key_on_one_screen(opened: Opens) -> None:
    text = "\n".join(screen(after(opened(), "?")))
    for key in (
        "↑ ↓",
        "← →",
        "Enter",
        "a ",
        "t ",
        "s ",
        "r ",
        "k ",
        "u ",
        "d ",
        "D ",
        "/ ",
        "Esc",
        "q ",
        "★",
        "✓ ✗ ?",
        "! ~",
    ):
        assert f"\n   {key}" in text
    assert "…" not in text


@pytest.mark.parametrize("columns", [1, 2, 7, 20, 39, 80, 200])
@pytest.mark.parametrize("lines", [1, 2, 4, 9, 13, 14, 24, 60])
def test_no_line_is_wider_than_the_terminal(opened: Opens, columns: int, lines: int) -> None:
    state = opened(WIDE, lines)
    long = concluded(state, state.contents.providers[0].aliases[0], FAILED, "")
    wide = Findings(("語" * 99,), (DoctorProblem("error", "語 " * 99, "語" * 99),))
    long = replace(long, findings={None: wide, **{p.id: wide for p in state.contents.providers}})
    for keys in (
        (),
        ("end",),
        ("enter",),
        ("d",),
        ("k",),
        ("t",),
        ("?",),
        ("/", *"語👩"),
        ("/", "x", "enter"),
    ):
        there = after(long, *keys)
        drawn = draw(there.saying(there.status.text or "語" * 100), columns, Look(), NOW)
        assert len(drawn) == lines
        for line in drawn:
            text = "".join(part for _, part in line)
            assert width(text) <= columns, (keys, text)
            assert text.isprintable()


WIDE = "".join(
    f'[providers."{name}"]\ntype = "openai"\nbase_url = "https://{"h" * 90}.example/v1"\n'
    f'[models."{name}/m"]\nprovider = "{name}"\nmodel = "m"\nmax_context_size = 1000000000000\n'
    f'capabilities = ["{"能" * 40}", "tool_use"]\n'
    for name in ("語" * 50, "👩👩👧❤" * 20, "e\u0301" * 60, "a" * 120, "短")
)


def test_the_selected_row_is_always_on_screen(opened: Opens) -> None:
    sixty = opened(many(60))
    for lines in range(6, 40):
        for row in range(0, 61, 7):
            state = opened_at(replace(sixty, lines=lines), row)
            assert any(line.startswith(f" {Look().symbols.pointer}") for line in screen(state)), (lines, row)


def opened_at(state: State, row: int) -> State:
    return state.at(replace(state.position, cursor=row))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "just now"), (59, "just now"), (61, "1 min ago"), (7200, "2 h ago"), (172800, "2 d ago")],
)
def test_how_long_ago(seconds: float, words: str) -> None:
    assert ago(seconds) == words


def test_the_help_fits_60_columns_and_20_lines(opened: Opens) -> None:
    lines = screen(after(replace(opened(), lines=20), "?"), 60)
    assert lines
    assert [line for line in lines if line.endswith(Look().symbols.more)] == []

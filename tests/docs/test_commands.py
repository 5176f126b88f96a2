"""The commands that pages name exist, with the options they are given."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import click
import pytest

from provisioner.cli.root import root
from provisioner.errors import UsageError
from tests.docs import pages

if TYPE_CHECKING:
    from pathlib import Path

_CALLED = re.compile(r"\bkimi[- ]provider(?= |$)")
_ENDS = frozenset({"|", "&&", "||", ";", ">", ">>", ")", "2>&1"})


def lines(text: str) -> list[str]:
    """The command lines of the page's blocks for a shell, and of its code spans."""
    found = [
        line
        for block in pages.blocks(text)
        if block.language == "sh"
        for line in block.text.replace("\\\n", " ").splitlines()
    ]
    found += [
        step.command
        for block in pages.blocks(text)
        if block.language == "console"
        for step in pages.steps(block)
    ]
    found += [span.strip("`") for span in re.findall(r"`[^`\n]*`", pages.prose(text))]
    return found


def calls(line: str) -> list[list[str]]:
    """The arguments of each call of the program in a line."""
    found = []
    for call in _CALLED.finditer(line):
        rest = re.sub(r"(?<=[\w\"'])\)", " ) ", line[call.end() :])
        lexer = shlex.shlex(rest.replace("…", ""), posix=True, punctuation_chars="|&;>")
        lexer.whitespace_split = True
        lexer.commenters = "#"
        words: list[str] = []
        try:
            for word in lexer:
                if word in _ENDS:
                    break
                words.append(word)
        except ValueError:  # a quotation that began before the call ends here
            words = [word.strip("\"'") for word in rest.split(" || ")[0].split(" && ")[0].split()]
        found.append(words)
    return found


def wrong(arguments: list[str]) -> str:
    """What the program would say of such arguments; empty where nothing."""
    if not arguments or not re.fullmatch(r"[a-z-]+", arguments[0]) or arguments[0].startswith("-"):
        return ""
    try:
        _, command, rest = root.resolve_command(click.Context(root), arguments)
        while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            _, command, rest = command.resolve_command(click.Context(command), rest)
        assert command is not None
        given = [word.partition("=")[0] for word in rest if word.startswith("-") and word != "-"]
        known = {
            name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)
        }
        return ", ".join(sorted(set(given) - known - {"--help", "-h"}))
    except (UsageError, click.UsageError) as error:
        return str(error)


@pytest.mark.parametrize("page", pages.pages(), ids=pages.name)
def test_commands_and_options_exist(page: Path) -> None:
    found = {" ".join(call): wrong(call) for line in lines(page.read_text()) for call in calls(line)}
    assert {call: words for call, words in found.items() if words} == {}


def test_a_command_or_an_option_that_there_is_not_is_noticed() -> None:
    page = "Say `kimi provider lst`.\n```sh\nx | kimi-provider add --registry U --tokn T | y --z\nkimi-provider undo 2 --force\n```\n"
    said = [wrong(call) for line in lines(page) for call in calls(line)]
    assert said == ["--tokn", "", 'there is no command "lst"']

"""`help TOPIC`: pages that say what the program's own tables say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog.wire import WIRES
from provisioner.cli.exit_codes import MEANINGS
from provisioner.cli.help_topics import TOPICS

if TYPE_CHECKING:
    from tests.cli.conftest import Cli, Machine


def test_without_a_topic_they_are_listed(cli: Cli) -> None:
    done = cli("help")
    assert done.code == 0
    assert {line.split()[0] for line in done.out.splitlines() if line} >= set(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_each_topic_is_a_short_page(cli: Cli, topic: str) -> None:
    done = cli("help", topic)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert 5 < len(lines) < 60
    assert max(map(len, lines)) <= 120


def test_wires_and_exit_codes_are_those_of_the_tables(cli: Cli, machine: Machine) -> None:
    wires = cli("help", "wires").out
    for name, wire in WIRES.items():
        assert f"{name}: {wire.description}" in wires
        assert wire.path in wires
    codes = [line.split(maxsplit=1) for line in cli("help", "exit-codes").out.splitlines()[2:-2]]
    assert {int(code): words for code, words in codes} == MEANINGS
    assert str(machine.config) in cli("help", "files").out


def test_every_command_that_a_page_names_is_one(cli: Cli) -> None:
    import re

    from provisioner.cli.root import root

    named = {
        match for topic in TOPICS for match in re.findall(r"kimi provider ([a-z-]+)", cli("help", topic).out)
    }
    assert named
    assert named <= set(root.list_commands(None))  # type: ignore[arg-type]  # it needs no context


def test_a_command_is_a_topic_too_and_a_mistyped_one_is_answered_with_the_nearest(cli: Cli) -> None:
    assert cli("help", "env").out.startswith("Usage: kimi provider env [OPTIONS] ALIAS")
    done = cli("help", "wire", "--nothing")
    assert done.code == 2
    done = cli("help", "exitcodes")
    assert (done.code, done.out) == (1, "")
    assert "did you mean exit-codes?" in done.err


def test_the_code_of_an_error_is_explained(cli: Cli) -> None:
    done = cli("help", "quota")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "cause  The account is empty or its budget used up, whatever status the server gave it.",
        "cure   Top up the account.",
    ]
    assert "`kimi provider help wires`" in cli("help", "type_unknown").out
    assert "quota" in cli("help", "errors").out


def test_examples_are_commands_with_options_that_there_are(cli: Cli) -> None:
    import shlex

    import click

    from provisioner.cli.examples import WithExamples
    from provisioner.cli.root import root

    def commands(group: click.Group) -> list[click.Command]:
        context = click.Context(group)
        found = [group.get_command(context, name) for name in group.list_commands(context)]
        return [
            leaf
            for one in found
            if one is not None
            for leaf in (commands(one) if isinstance(one, click.Group) else [one])
        ]

    seen = 0
    for command in commands(root):
        if not isinstance(command, WithExamples):
            continue
        for example in command.examples:
            words = shlex.split(example.partition("  (")[0].replace('"$(', "$( ").replace(')"', " )"))
            start = words.index("provider") + 1
            end = next((n for n, word in enumerate(words) if n > start and word in (")", "|")), len(words))
            context = click.Context(root)
            _, found, rest = root.resolve_command(context, words[start:end])
            while isinstance(found, click.Group):
                _, found, rest = found.resolve_command(context, rest)
            assert found is command
            # Parsed as it stands: an option that there is not is a usage error.
            command.make_parser(click.Context(command)).parse_args(rest)
            seen += 1
    assert seen > 15
    done = cli("env", "--help").out
    assert 'eval "$(kimi provider env openai/gpt-5)"' in done

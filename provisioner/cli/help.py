"""``kimi provider help``."""

from __future__ import annotations

import click

from provisioner.cli import completion_values, options
from provisioner.cli.error_text import program_name
from provisioner.cli.terminal import clean, echo, spoken
from provisioner.errors import NotFound


@click.command()
@click.argument("topic", required=False, shell_complete=completion_values.topics)
@click.pass_context
def command(context: click.Context, /, *, topic: str | None) -> None:
    """Explain a TOPIC or the code of an error, or show the help of a command; without one, list the topics."""
    from provisioner.cli.error_table import row
    from provisioner.cli.help_topics import TOPICS

    root = context.find_root()
    if topic is None:
        width = max(map(len, TOPICS))
        for name, (words, _) in TOPICS.items():
            echo(f"{name:<{width}}  {words}")
        echo(f"\nOr a command, or the code of an error: {program_name()} help add")
        return
    if topic in TOPICS:
        for line in TOPICS[topic][1](options.app_of(context)):
            echo(clean(spoken(line, program_name())))
        return
    group = root.command
    found = group.get_command(root, topic) if isinstance(group, click.Group) else None
    if found is None and (explained := row(topic)) is not None:
        echo(f"cause  {spoken(explained.cause, program_name())}")
        echo(f"cure   {spoken(explained.cure, program_name())}")
        return
    if found is None:
        from provisioner.workflows.near import near

        names = [*TOPICS, *(group.list_commands(root) if isinstance(group, click.Group) else ())]
        raise NotFound(
            f'there is no help on "{topic}"', hint=near(topic, names, otherwise="kimi provider help")
        )
    with click.Context(found, parent=root, info_name=topic) as below:
        echo(found.get_help(below))

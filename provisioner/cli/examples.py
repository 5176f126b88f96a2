"""Commands with examples at the end of their help."""

from __future__ import annotations

from typing import Any

import click

from provisioner.cli.terminal import spoken


class WithExamples(click.Command):
    """A command whose help ends with ``examples``: whole command lines, each with what it does after two spaces."""

    def __init__(self, *args: Any, examples: tuple[str, ...] = (), **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, the program named as it was called."""
        program = ctx.find_root().info_name or "kimi provider"
        with formatter.section("Examples"):
            for example in self.examples:
                formatter.write(f"{'':{formatter.current_indent}}{spoken(example, program)}\n")

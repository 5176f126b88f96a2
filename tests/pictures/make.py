"""Makes the README's pictures from a real run: ``python -m tests.pictures.make``.

The program runs in a pseudo-terminal, in a home of its own, against the demo's servers and the built-in catalog: no
key, no network. What is then on the screen becomes ``wizard.svg`` and ``manager.svg`` beside this file.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from provisioner.demo.server import Demo, Pace
from tests.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyte
    from pyte.screens import Char

_FOLDER = Path(__file__).parent
_COLUMNS = 86
# The demo listens on whichever port is free; a picture that is made again differs only where the program does.
_SHOWN_URL = "http://127.0.0.1:48100"

# A server that nobody runs here: what could not be told is a verdict too.
_OLLAMA = (
    *("--type", "openai", "--base-url", "http://127.0.0.1:11434/v1", "--as", "ollama", "--api-key", "any"),
    *("--model", "llama3:8b"),
)

_THEME = TerminalTheme(
    (24, 26, 31),
    (215, 218, 224),
    [
        *((40, 44, 52), (232, 104, 113), (137, 202, 120), (229, 192, 123)),
        *((97, 175, 239), (198, 120, 221), (86, 196, 214), (215, 218, 224)),
    ],
)
# rich's own names for what pyte calls otherwise.
_COLOURS = {"default": "default", "brown": "yellow"}

# As rich's own, without fonts from elsewhere.
_SVG = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix, .{unique_id}-title {{
  font-family: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
  font-variant-east-asian: full-width;
}}
.{unique_id}-matrix {{ font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    """Makes both pictures."""
    with tempfile.TemporaryDirectory() as folder, Demo.start(Pace(first=0.2, each=0.01)) as demo:
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("KIMI_", "XDG_"))},
            "HOME": folder,
            "KIMI_REGISTRY_API_KEY": demo.token,
        }
        _write("wizard", _wizard(env))
        _write("manager", _manager(env, demo))


def _wizard(env: Mapping[str, str]) -> str:
    """The models of a known provider, some of them chosen."""
    with Terminal("add", "--offline", env=env, columns=_COLUMNS, lines=18) as terminal:
        terminal.wait("What do you want to add?").press("enter")
        terminal.wait("Which provider?").press("moonshot").wait("Moonshot AI", "moonshotai")
        terminal.press("enter").wait("Which models?", "kimi-k2").press("end", " ", "up", " ").wait("5 chosen")
        return _svg(terminal, "wizard", "kimi provider add")


def _manager(env: Mapping[str, str], demo: Demo) -> str:
    """Providers of three sources, the default model among them, after two tests and a change upstream."""
    steps = (
        ("add", "anthropic", "--offline", "--api-key-env", "ANTHROPIC_API_KEY"),
        ("add", "moonshotai", "--offline", "--api-key-env", "MOONSHOT_API_KEY"),
        ("add", "--registry", demo.registry_url),
        ("add", *_OLLAMA),
        ("set-default", "demo-kimi/thinker"),
        ("refresh", "demo-kimi", "--dry-run"),
    )
    for arguments in steps:
        if arguments[0] == "refresh":
            demo.revise()
        command = [sys.executable, "-m", "provisioner", *arguments]
        subprocess.run(command, env=dict(env), check=True, capture_output=True)
    with Terminal(env=env, columns=_COLUMNS, lines=25) as terminal:
        terminal.wait("demo-kimi", "ollama", "upstream").press("end", "up", "t")
        terminal.wait("? could not tell").press("escape").wait("just now")
        terminal.press("up", "up", "up", "t").wait("passed").press("escape").wait("demo-kimi/thinker passed")
        return _svg(terminal, "manager", "kimi provider").replace(demo.url, _SHOWN_URL)


def _svg(terminal: Terminal, name: str, title: str) -> str:
    console = Console(
        width=_COLUMNS, record=True, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    used = max(row for row, text in enumerate(terminal.screen) if text) + 1
    for row in range(used):
        console.print(_line(terminal.emulator, row), no_wrap=True, overflow="crop")
    return console.export_svg(title=title, theme=_THEME, code_format=_SVG, unique_id=name)


def _line(screen: pyte.Screen, row: int) -> Text:
    """A line of the screen with its colours."""
    cells = (screen.buffer[row][column] for column in range(screen.columns))
    line = Text()
    for style, run in groupby(cells, _style):
        line.append("".join(cell.data for cell in run), style)
    return line


def _style(cell: Char) -> Style:
    return Style(
        color=_COLOURS.get(cell.fg, cell.fg),
        bold=cell.bold or None,
        dim=cell.italics or None,  # tests/terminal.py keeps it there
        reverse=cell.reverse or None,
    )


def _write(name: str, svg: str) -> None:
    lines = [line.rstrip() for line in svg.splitlines()]
    (_FOLDER / f"{name}.svg").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

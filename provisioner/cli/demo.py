"""``kimi provider demo``: the real commands, against servers on loopback, in a home that is thrown away."""

from __future__ import annotations

import shlex
import signal
import sys
import tempfile
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from provisioner.cli import options
from provisioner.cli.error_text import program_name
from provisioner.cli.terminal import echo, echo_error, styled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.app import App
    from provisioner.demo.server import Demo

_KEY = "DEMO_KEY"


@click.command()
@options.option(
    "--serve",
    is_flag=True,
    help="Keep the servers up until Ctrl-C, to try any command or client on them; models that fail on purpose too.",
)
@click.pass_context
def command(context: click.Context, /, *, serve: bool) -> int:
    """See it work: a registry and model servers on loopback, no key, no network.

    Everything happens in a folder of its own that is removed at the end; your config.toml is not touched.
    """
    from provisioner.demo.server import Demo

    with tempfile.TemporaryDirectory(prefix="kimi-provider-demo-") as name, Demo.start() as demo:
        folder = Path(name)
        app = _app(options.app_of(context), folder, demo)
        echo_error(f"A registry, a catalog and model servers listen on {demo.url}; home is {folder}.")
        for comment, arguments in chain(_imports(demo), _faults(demo) if serve else _tour(demo)):
            code = _step(app, comment, arguments)
            if code != 0:
                return code
        if serve:
            demo.revise()
            echo_error("The registry has changed since: refresh, or r in the manager, shows what.")
            _serve(app, folder, demo)
    echo()
    echo(styled("That was all of it; the demo's folder is gone.", bold=True))
    echo(f"Now with a provider of your own: {program_name()} add --help")
    return 0


def _app(real: App, folder: Path, demo: Demo) -> App:
    """``real`` with paths below ``folder``, where :func:`_environment` has them, and the demo's keys."""
    return real._replace(
        config_path=folder / "config.toml",
        cache_dir=folder / "cache" / "kimi-provider",
        state_dir=folder / "state" / "kimi-provider",
        env={"DEMO_URL": demo.url, "KIMI_REGISTRY_API_KEY": demo.token, _KEY: demo.model_key},
    )


def _environment(app: App, folder: Path) -> Path:
    """A file that a shell reads to work in the demo's home; it holds the keys, so that no terminal shows them, and the URL."""
    variables = {
        "KIMI_CODE_HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_STATE_HOME": str(folder / "state"),
        **app.env,
    }
    path = folder / "environment.sh"
    path.touch(mode=0o600)
    path.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()))
    return path


def _serve(app: App, folder: Path, demo: Demo) -> NoReturn:
    """Says how to get at the servers and lets them run until Ctrl-C, or a polite kill, raises."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    echo()
    for wire, url in demo.endpoints.items():
        echo(f"{wire}  {url}")
    echo(f"registry  {demo.registry_url}")
    echo(f"registry of models that fail on purpose  {demo.faults_url}")
    echo(f"catalog  {demo.catalog_url}")
    echo(f"config.toml  {app.config_path}")
    echo()
    echo(styled("In another terminal:", bold=True))
    echo(f". {shlex.quote(str(_environment(app, folder)))}")
    echo(f"{program_name()} test --all")
    echo_error("Serving until Ctrl-C; then the folder goes.")
    while True:
        signal.pause()


def _imports(demo: Demo) -> Iterator[tuple[str, list[str]]]:
    yield (
        "Every provider of a registry; its token is in KIMI_REGISTRY_API_KEY.",
        ["add", "--registry", demo.registry_url],
    )
    catalog = ["--url", demo.catalog_url, "--api-key-env", _KEY]
    yield "Two more from a catalog; their key stays in the environment.", ["add", "demo-google", *catalog]
    yield "", ["add", "demo-vertex", *catalog]
    yield "The model that Kimi Code starts with.", ["set-default", demo.aliases["kimi"][0]]


def _faults(demo: Demo) -> Iterator[tuple[str, list[str]]]:
    yield "And models that fail on purpose, one way each.", ["add", "--registry", demo.faults_url]


def _tour(demo: Demo) -> Iterator[tuple[str, list[str]]]:
    yield "What is configured now.", ["list"]
    yield (
        "Does it really answer? A streamed request, as Kimi Code would send it.",
        ["test", demo.aliases["kimi"][0]],
    )
    yield (
        "One model on each wire. Vertex AI is left out: Kimi Code refuses to run what its own import writes.",
        ["test", *(names[0] for wire, names in demo.aliases.items() if wire != "vertexai")],
    )
    yield "The same import again changes nothing.", ["add", "--registry", demo.registry_url]
    demo.revise()
    yield "A month later the registry says something else. What would change?", ["refresh", "--dry-run"]
    yield "Brought up to date; what you have changed yourself stays.", ["refresh"]
    yield "Back to the bytes before; undo once more is redo.", ["undo"]
    yield "", ["undo"]
    yield "What a removal would change, keys masked.", ["remove", "demo-google", "--dry-run"]
    yield "And done.", ["remove", "demo-google", "demo-vertex"]
    yield "Would Kimi Code stumble over anything in the file?", ["doctor"]


def _step(app: App, comment: str, arguments: list[str]) -> int:
    from provisioner.cli.main import run

    echo()
    if comment:
        echo(styled(f"# {comment}", dim=True))
    echo(styled(f"$ {program_name()} {shlex.join(arguments)}", bold=True))
    return run(arguments, program_name(), app)

"""``kimi provider demo``: the real commands, against servers on loopback, in a home that is thrown away."""

from __future__ import annotations

import shlex
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

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
@click.pass_context
def command(context: click.Context, /) -> int:
    """See it work: a registry and model servers on loopback, no key, no network.

    Everything happens in a folder of its own that is removed at the end; your config.toml is not touched.
    """
    from provisioner.demo.server import Demo

    with tempfile.TemporaryDirectory(prefix="kimi-provider-demo-") as folder, Demo.start() as demo:
        app = _app(options.app_of(context), Path(folder), demo)
        echo_error(f"A registry, a catalog and model servers listen on {demo.url}; home is {folder}.")
        for comment, arguments in _steps(demo):
            code = _step(app, comment, arguments)
            if code != 0:
                return code
    echo()
    echo(styled("That was all of it; the demo's folder is gone.", bold=True))
    echo(f"Now with a provider of your own: {program_name()} add --help")
    return 0


def _app(real: App, folder: Path, demo: Demo) -> App:
    """The same App with paths below ``folder`` and the demo's keys in the environment."""
    return replace(
        real,
        config_path=folder / "config.toml",
        cache_dir=folder / "cache",
        state_dir=folder / "state",
        env={"KIMI_REGISTRY_API_KEY": demo.token, _KEY: demo.model_key},
    )


def _steps(demo: Demo) -> Iterator[tuple[str, list[str]]]:
    catalog = ["--url", demo.catalog_url, "--api-key-env", _KEY]
    yield (
        "Every provider of a registry; its token is in KIMI_REGISTRY_API_KEY.",
        ["add", "--registry", demo.registry_url],
    )
    yield "Two more from a catalog; their key stays in the environment.", ["add", "demo-google", *catalog]
    yield "", ["add", "demo-vertex", *catalog]
    yield "What is configured now.", ["list"]
    first = demo.aliases["kimi"][0]
    yield "The model that Kimi Code starts with.", ["set-default", first]
    yield "Does it really answer? A streamed request, as Kimi Code would send it.", ["test", first]
    yield "One model on each of the six wires.", ["test", *(names[0] for names in demo.aliases.values())]
    yield "The same import again changes nothing.", ["add", "--registry", demo.registry_url]
    yield "What a removal would change, keys masked.", ["remove", "demo-google", "--dry-run"]
    yield "And done.", ["remove", "demo-google", "demo-vertex"]


def _step(app: App, comment: str, arguments: list[str]) -> int:
    from provisioner.cli.main import run

    echo()
    if comment:
        echo(styled(f"# {comment}", dim=True))
    echo(styled(f"$ {program_name()} {shlex.join(arguments)}", bold=True))
    return run(arguments, program_name(), app)

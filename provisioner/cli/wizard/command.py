"""The command that does without questions what was answered: from a request to a line for the shell.

No key is in it, and no password or query value of a URL either: it stays in the terminal's memory.
"""

from __future__ import annotations

import glob
import shlex
from typing import TYPE_CHECKING

from catalog.documents import DEFAULT_CATALOG_URL
from catalog.urls import shown
from provisioner.kimi_code.auth import NO_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from catalog.documents import CatalogRequest
    from provisioner.workflows import add_catalog, add_endpoint, add_from, add_registry
    from provisioner.workflows.credential import Credential

_BREAK = " \\"


def for_catalog(request: add_catalog.Request) -> list[str]:
    """The arguments of ``add ID``. A key is not among them: it is read from standard input."""
    arguments = ["add", request.provider_id, *_key(request.credential)]
    arguments += _option("--base-url", request.base_url and shown(request.base_url))
    arguments += [f"--var={name}={value}" for name, value in request.variables.items()]
    arguments += [f"--model={pattern}" for pattern in request.models]
    arguments += _option("--default-model", request.default_model)
    return arguments + _catalog(request.access)


def for_registry(request: add_registry.Request) -> list[str]:
    """The arguments of ``add --registry``; a token is read from standard input."""
    arguments = ["add", f"--registry={shown(request.url)}"]
    if request.token:
        arguments.append("--token-stdin")
    arguments += _option("--api-key-env", request.variable)
    arguments += [f"--only={name}" for name in request.only]
    return arguments + _option("--default-model", request.default_model)


def for_endpoint(request: add_endpoint.Request) -> list[str]:
    """The arguments of ``add --type``; a key is read from standard input."""
    return [
        *("add", f"--type={request.wire}", f"--base-url={shown(request.base_url)}", f"--as={request.name}"),
        *_key(request.credential),
        *(f"--model={name}:{context}" if context else f"--model={name}" for name, context in request.models),
        *(f"--only={name}" for name in request.only),
        *_option("--default-model", request.default_model),
    ]


def for_tool(request: add_from.Request) -> list[str]:
    """The arguments of ``add --from``."""
    return [
        *("add", f"--from={request.tool}"),
        *(["--with-keys"] if request.with_keys else []),
        *(f"--only={name}" for name in request.only),
        *_option("--default-model", request.default_model),
        *_catalog(request.access),
    ]


def lines(program: str, arguments: Iterable[str], config: Path | None, *, width: int) -> list[str]:
    """Lines of at most ``width`` cells, where words allow, that a shell takes apart again into these arguments."""
    words = [*program.split(), *arguments, *(_option("--config", str(config)) if config else [])]
    broken = [""]
    for word in map(shlex.quote, words):
        if broken[-1].strip() and len(broken[-1]) + len(word) + len(_BREAK) + 1 > width:
            broken[-1] += _BREAK
            broken.append(f"    {word}")
        else:
            broken[-1] = f"{broken[-1]} {word}" if broken[-1] else word
    return broken


def exactly(model_id: str) -> str:
    """The shell pattern that matches this model id and no other."""
    return glob.escape(model_id)


def _key(credential: Credential) -> list[str]:
    if credential.variable is not None:
        return [f"--api-key-env={credential.variable}"]
    if credential.key == NO_KEY:
        return [f"--api-key={NO_KEY}"]
    return ["--api-key-stdin"] if credential.key is not None else []


def _catalog(access: CatalogRequest) -> list[str]:
    return [] if access.url == DEFAULT_CATALOG_URL else [f"--url={shown(access.url)}"]


def _option(name: str, value: str | None) -> list[str]:
    return [] if value is None else [f"{name}={value}"]

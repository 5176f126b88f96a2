"""Reads what other tools have configured on this machine: the files of :mod:`provisioner.importers.tools`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.errors import DocumentInvalid
from provisioner.errors import NotFound, UsageError
from provisioner.importers.tools import SHELL, TOOLS, document_of, merged, parse, places
from provisioner.workflows.near import near

if TYPE_CHECKING:
    from provisioner.app import App
    from provisioner.importers.found import Found
    from provisioner.importers.tools import Tool

_LONGEST = 8 * 1024 * 1024  # bytes of a file that is read


@dataclass(frozen=True)
class ToolFiles:
    """What one tool has; ``problem`` says why its files could not be read."""

    tool: Tool
    files: tuple[Path, ...]
    found: tuple[Found, ...] = field(repr=False)
    problem: str | None = None


def read_tool(app: App, name: str, file: Path | None = None) -> ToolFiles:
    """What the tool has configured: all of its own files, or ``file`` alone.

    A file that is named comes without the tool's others: a key of this machine goes to no address of that file.

    Raises:
        UsageError: there is no such tool, or ``file`` is given for one that has none.
        NotFound: it has no file here, or ``file`` is none.
        DocumentInvalid: a file cannot be read.
    """
    tool = TOOLS.get(name)
    if tool is None:
        raise UsageError(
            f'"{name}" is no tool whose providers can be read',
            hint=near(name, TOOLS) or f"--from {' | '.join(TOOLS)}",
        )
    if SHELL in tool.files:
        if file is not None:
            raise UsageError(f"--from {name} reads no file", hint="leave --file out")
        return ToolFiles(tool, (), tool.read({SHELL: dict(app.env)}))
    if file is not None:
        content = _document(file)
        if content is None:
            raise NotFound("there is no such file", where=str(file))
        return ToolFiles(tool, (file,), tool.read({document_of(tool, file.name): content}))
    files: list[Path] = []
    documents: dict[str, Any] = {}
    for document, paths in places(tool, app.env, _home(app)).items():
        for path in map(Path, paths):
            if (content := _document(path)) is not None:
                files.append(path)
                documents[document] = merged(documents.get(document), content)
    if not files:
        looked = [path for paths in places(tool, app.env, _home(app)).values() for path in paths]
        raise NotFound(
            f"no configuration of {tool.title} was found: {', '.join(looked)}",
            hint=f"kimi provider add --from {name} --file PATH",
        )
    return ToolFiles(tool, tuple(files), tool.read(documents))


def tools_here(app: App) -> tuple[ToolFiles, ...]:
    """Every tool that has something on this machine, in the order of the table."""
    here = []
    for name, tool in TOOLS.items():
        try:
            one = read_tool(app, name)
        except NotFound:
            continue
        except DocumentInvalid as error:
            here.append(ToolFiles(tool, (Path(error.where or ""),), (), error.message))
            continue
        if one.files or one.found:
            here.append(one)
    return tuple(here)


def _document(path: Path) -> Any:
    """The document in a file; None where there is no such file.

    Raises:
        DocumentInvalid: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST + 1)
        if len(content) > _LONGEST:
            raise DocumentInvalid("the file is larger than 8 MiB", where=str(path))
        # An empty file says nothing, in each of the forms.
        return parse(path.name, text) if (text := content.decode("utf-8-sig")).strip() else {}
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DocumentInvalid(f"the file cannot be read: {reason}", where=str(path)) from error
    except ValueError as error:
        # What is wrong with UTF-8 comes with the bytes, which may be a key.
        reason = "it is not UTF-8" if isinstance(error, UnicodeError) else str(error)
        raise DocumentInvalid(f"the file cannot be read: {reason}", where=str(path)) from None


def _home(app: App) -> str:
    return app.env.get("HOME") or str(Path.home())

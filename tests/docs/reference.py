"""The reference, made from the program: its help, its tables, its schemas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from catalog import errors as catalog_errors
from catalog import schema
from catalog.wire import WIRES
from provisioner import errors
from provisioner.cli.error_table import COMMANDS, FINDINGS, NOTES, REGISTRY, TESTS
from provisioner.cli.exit_codes import INTERRUPTED, MEANINGS, exit_code
from provisioner.cli.help_topics import ENVIRONMENT
from provisioner.cli.root import root

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from provisioner.cli.error_table import Row

PROGRAM = "kimi-provider"
FOLDER = "docs/reference"
_MADE = "<!-- made by python -m tests.docs.generate; to be changed in {} -->\n\n"
_WIDTH = 100


def reference() -> dict[str, str]:
    """Every page, by its path in the repository."""
    return {f"{FOLDER}/{name}": text for name, text in _pages()}


def _pages() -> Iterator[tuple[str, str]]:
    yield from _commands()
    yield "errors.md", _errors()
    yield "environment.md", _environment()
    yield "exit-codes.md", _exit_codes()
    yield from _schemas()


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = tuple(head)
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _spoken(text: str) -> str:
    return text.replace("kimi provider ", f"{PROGRAM} ")


# Commands


def subcommands(group: click.Group) -> dict[str, click.Command]:
    """The commands of a group, by name."""
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def _commands() -> Iterator[tuple[str, str]]:
    top = click.Context(root, info_name=PROGRAM, terminal_width=_WIDTH)
    commands = subcommands(root)
    rows = [(f"[{name}]({name}.md)", command.get_short_help_str(200)) for name, command in commands.items()]
    text = _MADE.format("the command's module in provisioner/cli") + "# Commands\n\n" + _help(top)
    yield "commands/README.md", f"{text}\n{_table(('command', ''), rows)}"
    for name, command in commands.items():
        yield f"commands/{name}.md", _command(name, command, top)


def _command(name: str, command: click.Command, above: click.Context) -> str:
    context = click.Context(command, info_name=name, parent=above, terminal_width=_WIDTH)
    text = _MADE.format(
        f"{command.callback.__module__.replace('.', '/')}.py" if command.callback else "provisioner/cli"
    )
    text += f"# {PROGRAM} {name}\n\n{_help(context)}"
    for below, part in subcommands(command).items() if isinstance(command, click.Group) else ():
        inner = click.Context(part, info_name=below, parent=context, terminal_width=_WIDTH)
        text += f"\n## {PROGRAM} {name} {below}\n\n{_help(inner)}"
    return text


def _help(context: click.Context) -> str:
    lines = click.unstyle(context.get_help()).splitlines()
    return "```text\n" + "".join(f"{line.rstrip()}\n" for line in lines) + "```\n"


# Errors, exit codes, environment


def codes(base: type[Exception]) -> dict[str, type[Exception]]:
    """The classes below ``base`` that have a code of their own, by it."""
    found: dict[str, type[Exception]] = {}
    for kind in base.__subclasses__():
        found |= codes(kind)
        if "code" in vars(kind):
            found[str(vars(kind)["code"])] = kind
    return found


def error_classes() -> dict[str, type[Exception]]:
    """Every error that a command may end with, by its code."""
    return codes(catalog_errors.CatalogError) | codes(errors.ProvisionerError)


def _exits_with(code: str) -> str:
    if code == "not_importable":
        return "2, or 4 where nothing that is asked could help"
    if code == "interrupted":
        return str(INTERRUPTED)
    kind = error_classes().get(code)
    return str(exit_code(kind("")) if kind else 1)


def _rows(rows: Mapping[str, Row], more: Any = None) -> list[tuple[str, ...]]:
    return [
        (
            f'<a id="{code}"></a>`{code}`',
            _spoken(row.cause),
            _spoken(row.cure),
            *(() if more is None else (more(code),)),
        )
        for code, row in rows.items()
    ]


def _errors() -> str:
    return (
        _MADE.format("provisioner/cli/error_table.py")
        + f"""# Errors

What happened here and now stands in the message, and the one command that ends it in the hint. This page has what is always true of
a code; `{PROGRAM} help CODE` prints the same.

## What a command ends with

With `--json` an error is one JSON object on stderr, with [`code`, `message`, `hint` and `where`](schemas/output-error.md).

{_table(("code", "cause", "cure", "exit code"), _rows(COMMANDS, _exits_with))}
## What a test finds

`error.kind` of [`test --json`](schemas/output-test.md). Which of them fail a test, and which leave it open: [verdicts](../explanation/verdicts.md).

{_table(("kind", "cause", "cure"), _rows(TESTS))}
## What doctor finds

`code` of a finding of [`doctor --json`](schemas/output-doctor.md).

{_table(("code", "cause", "cure"), _rows(FINDINGS))}
## What registry validate finds

`code` of a finding of [`registry validate --json`](schemas/output-registry-validate.md).

{_table(("code", "cause", "cure"), _rows(REGISTRY))}
## What stands beside a result

`code` of the `notes` that commands print with `--json`, and on stderr without it. Nothing is wrong with the result. Codes that
[doctor](#what-doctor-finds) has too mean the same here.

{_table(("code", "what it says", "what may be done"), _rows(NOTES))}"""
    )


def _exit_codes() -> str:
    return (
        _MADE.format("provisioner/cli/exit_codes.py")
        + f"""# Exit codes

{_table(("exit code", ""), ((str(code), words) for code, words in MEANINGS.items()))}
Of several: 130, then 1 for any failure (6 where every failure is a refused key), then 7, then 0.

Which error leads to which: [errors](errors.md).
"""
    )


def variables() -> set[str]:
    """Every name of a variable that the page has; a star stands for any ending."""
    named = {name for names, _ in ENVIRONMENT for name in re.findall(r"[A-Z][A-Z0-9_]+\*?", names)}
    for wire in WIRES.values():
        named |= {*wire.shell_keys, *wire.env_keys, *wire.env_base_urls, *filter(None, [wire.shell_base_url])}
    return named


def _environment() -> str:
    general = ((", ".join(f"`{name}`" for name in names.split(", ")), words) for names, words in ENVIRONMENT)
    shell = (
        (
            f"`{wire.name}`",
            *(
                ", ".join(f"`{name}`" for name in names) or "none"
                for names in (filter(None, [wire.shell_base_url]), wire.shell_keys)
            ),
        )
        for wire in WIRES.values()
    )
    table = (
        (
            f"`{wire.name}`",
            *(
                ", ".join(f"`{name}`" for name in names) or "none"
                for names in (wire.env_keys, wire.env_base_urls)
            ),
        )
        for wire in WIRES.values()
    )
    return (
        _MADE.format("provisioner/cli/help_topics.py")
        + f"""# Environment variables

`{PROGRAM} help environment` prints the same.

{_table(("variable", ""), ((names, _spoken(words)) for names, words in general))}
A key may stand in any variable: `api_key_env` in config.toml names it, and `--api-key-env NAME` writes that.

## What Kimi Code takes from the shell

Only where config.toml names no host or no key. `{PROGRAM} doctor` says where that happens.

{_table(("wire", "host", "key"), shell)}
## What the `env` table of a provider may hold

These stand in config.toml, not in the shell.

{_table(("wire", "key", "base_url"), table)}"""
    )


# Schemas


def _schemas() -> Iterator[tuple[str, str]]:
    names = schema.names()
    documents = {name: schema.load(name) for name in names}
    rows = ((f"[{name}]({_page(name)})", text["description"]) for name, text in documents.items())
    yield (
        "schemas/README.md",
        _MADE.format("schemas/")
        + f"# JSON Schemas\n\n`{PROGRAM} schema NAME` prints one; they are JSON Schema 2020-12.\n\n{_table(('schema', ''), rows)}",
    )
    for name, document in documents.items():
        yield f"schemas/{_page(name)}", _schema(name, document)


def _page(name: str) -> str:
    return f"{name.replace('/', '-')}.md"


def _schema(name: str, document: Mapping[str, Any]) -> str:
    rows = list(properties(document, document, ""))
    fields = _table(("field", "type", ""), rows) if rows else "It prescribes no fields.\n"
    return (
        _MADE.format(f"schemas/{name}.schema.json")
        + f"# {document['title']}\n\n{document['description']}\n\n`{PROGRAM} schema {name}` prints the schema itself. "
        f"`NAME` stands for any key, `[]` for each item; * marks what is always there.\n\n{fields}"
    )


def properties(
    document: Mapping[str, Any], part: Mapping[str, Any], at: str, above: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, str]]:
    """Each property below ``part``: its path, its type, its description; what refers to itself is told once."""
    for piece in _pieces(document, part):
        required = piece.get("required", ())
        for name, value in piece.get("properties", {}).items():
            yield from _property(
                document, value, f"{at}.{name}" if at else name, above, star=name in required
            )
        if isinstance(piece.get("additionalProperties"), dict):
            yield from _below(document, piece["additionalProperties"], f"{at}.NAME" if at else "NAME", above)
        if isinstance(piece.get("items"), dict):
            yield from _below(document, piece["items"], f"{at}[]", above)


def _property(
    document: Mapping[str, Any], value: Mapping[str, Any], path: str, above: tuple[str, ...], *, star: bool
) -> Iterator[tuple[str, str, str]]:
    said = next((piece["description"] for piece in _pieces(document, value) if "description" in piece), "")
    yield f"`{path}`{' *' if star else ''}", _type(document, value), said.replace("\n", " ")
    yield from _below(document, value, path, above)


def _below(
    document: Mapping[str, Any], value: Mapping[str, Any], path: str, above: tuple[str, ...]
) -> Iterator[tuple[str, str, str]]:
    reference = str(value.get("$ref", ""))
    if reference not in above:
        yield from properties(document, value, path, (*above, reference) if reference else above)


def _pieces(document: Mapping[str, Any], part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """``part`` and what it refers to or is put together from."""
    yield part
    if "$ref" in part:
        yield from _pieces(document, document["$defs"][part["$ref"].rpartition("/")[2]])
    for word in ("allOf", "anyOf", "oneOf"):
        for below in part.get(word, ()):
            yield from _pieces(document, below)


def _type(document: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    found: list[str] = []
    for piece in _pieces(document, value):
        kinds = piece.get("type", [])
        found += [kinds] if isinstance(kinds, str) else kinds
        choices = [*piece.get("enum", ()), *([piece["const"]] if "const" in piece else ())]
        found += ["null" if choice is None else f"`{choice}`" for choice in choices]
    return ", ".join(dict.fromkeys(found)) or "any"

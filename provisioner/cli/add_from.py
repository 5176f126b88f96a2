"""``kimi provider add --from TOOL``: what another tool has, which of it is taken over, and why not the rest."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from catalog.urls import shown
from provisioner.cli.add_flags import LIST
from provisioner.cli.changes import count, show
from provisioner.cli.error_text import program_name
from provisioner.cli.json_output import print_json
from provisioner.cli.progress import waiting
from provisioner.cli.terminal import clean, echo, echo_error, interactive, short_path, styled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioner.app import App
    from provisioner.cli.add_flags import AddFlags
    from provisioner.workflows import add_from as workflow
    from provisioner.workflows.take_over import Item
    from provisioner.workflows.tool_files import ToolFiles

_LEFT = 130


def add_from(app: App, flags: AddFlags) -> int:
    """Runs ``add --from``; on a terminal the change is shown and confirmed before it is made."""
    from provisioner.workflows import add_from as workflow
    from provisioner.workflows.consent import Consent

    if flags.from_tool == LIST:
        return _list(app, as_json=flags.as_json)
    request = workflow.Request(
        tool=flags.from_tool or LIST,
        file=flags.file,
        only=flags.only,
        name=flags.name,
        with_keys=flags.with_keys,
        default_model=flags.default_model,
        access=flags.access(),
        consent=Consent(flags.yes),
        dry_run=flags.dry_run,
    )
    with waiting() as watch:
        survey = workflow.survey(app, request, watch)
    if not flags.as_json:
        for line in _found_lines(app, survey):
            echo(line)
    if interactive() and not (flags.as_json or flags.yes or flags.dry_run):
        request = replace(request, consent=Consent(take_over=True))  # a person looks at the change
        if not _confirmed(app, request, survey):
            echo_error("Left; nothing was written.")
            return _LEFT
    with waiting() as watch:
        result = workflow.run(app, request, survey, watch)
    models = sum(len(provider.models) for provider in result.providers)
    taken = f"{count(len(result.providers), 'provider')} ({count(models, 'model')})"
    show(
        "add",
        result.outcome,
        [f"Took over {taken} from {survey.tool.tool.title}."],
        as_json=flags.as_json,
        notes=result.notes,
        provenance=survey.provenance,
        found=[_document(item) for item in survey.items],
    )
    return 0


def _confirmed(app: App, request: workflow.Request, survey: workflow.Survey) -> bool:
    from provisioner.cli.prompts.asking import Back
    from provisioner.cli.prompts.choose import prompts
    from provisioner.cli.prompts.echo import unechoed
    from provisioner.cli.prompts.look import Look
    from provisioner.cli.wizard.review import confirm
    from provisioner.workflows import add_from as workflow

    preview = workflow.run(app, replace(request, dry_run=True), survey)
    if not preview.outcome.plan:
        return True
    look = Look.of(app.env, sys.stdout)
    with nullcontext() if look.plain else unechoed():
        try:
            where = short_path(preview.outcome.config_path, app.env.get("HOME", ""))
            confirm(prompts(look), (survey.tool.tool.title,), preview, where)
        except Back:
            return False
    return True


def _list(app: App, *, as_json: bool) -> int:
    from provisioner.importers.tools import TOOLS
    from provisioner.workflows import local_servers
    from provisioner.workflows.tool_files import tools_here

    here = tools_here(app)
    servers = local_servers.run()
    if as_json:
        document = {
            "tools": [_tool_document(one) for one in here],
            "servers": [asdict(server) for server in servers],
        }
        print_json(document)
        return 0
    width = max(map(len, TOOLS))
    for one in here:
        usable = [found.id for found in one.found if not found.refused]
        said = one.problem or ", ".join(usable) or "nothing that can be taken over"
        echo(f"{one.tool.name:<{width}}  {clean(said)}")
        for path in one.files:
            echo(f"{'':<{width}}  {styled(clean(short_path(path, app.env.get('HOME', ''))), dim=True)}")
    if not here:
        echo(f"None of {', '.join(TOOLS)} has anything on this machine.")
    for server in servers:
        echo(f"{server.name} answers on this machine:")
        echo(f"  {program_name()} add --type openai --base-url {server.base_url} --as {server.id}")
    return 0


def _found_lines(app: App, survey: workflow.Survey) -> Iterator[str]:
    home = app.env.get("HOME", "")
    files = ", ".join(short_path(path, home) for path in survey.tool.files)
    yield styled(clean(f"{survey.tool.tool.title}{': ' if files else ''}{files}"), bold=True)
    width = max((len(clean(item.found.id)) for item in survey.items), default=0)
    for item in survey.items:
        yield f"  {clean(item.found.id):<{width}}  {clean(_told(item))}"


def _told(item: Item) -> str:
    if item.provider is None:
        return f"not taken over: {item.refused}"
    provider = item.provider
    known = item.source or provider.base_url is None
    origin = "from the catalog" if known else shown(provider.base_url or "")
    return f"{provider.wire}, {origin}, {count(len(provider.models), 'model')}"


def _document(item: Item) -> dict[str, Any]:
    provider = item.provider
    return {
        "id": item.found.id,
        "taken": provider is not None,
        "reason": item.refused,
        "provider": provider.id if provider else None,
        "wire": provider.wire if provider else None,
        "base_url": shown(provider.base_url) if provider and provider.base_url else None,
        "models": len(provider.models) if provider else None,
        "from_catalog": item.source is not None,
    }


def _tool_document(one: ToolFiles) -> dict[str, Any]:
    return {
        "name": one.tool.name,
        "title": one.tool.title,
        "files": [str(path) for path in one.files],
        "providers": [found.id for found in one.found if not found.refused],
        "refused": [{"id": found.id, "reason": found.refused} for found in one.found if found.refused],
        "problem": one.problem,
    }

"""``kimi provider add``: a registry, a catalog provider, any endpoint, or the wizard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from catalog.urls import shown
from provisioner.cli import completion_values, options
from provisioner.cli.add_flags import LIST, AddFlags
from provisioner.cli.changes import count, show
from provisioner.cli.error_text import program_name
from provisioner.cli.progress import waiting
from provisioner.cli.terminal import interactive
from provisioner.errors import TerminalNeeded, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.app import App
    from provisioner.cli.add_flags import CatalogFlags
    from provisioner.workflows import add_catalog


# Which options belong to which form; the rest go with all. An option of another form is an error, not ignored.
_FORMS = {
    "registry": {
        *(
            "only",
            "token",
            "token_stdin",
            "api_key_env",
            "api_key",
            "api_key_stdin",
            "offline",
            "default_model",
        ),
        *("accept_endpoint_change", "api_key_env"),
    },
    "catalog": {
        *("api_key", "api_key_stdin", "api_key_env", "base_url", "variables", "models", "default_model"),
        *("name", "url", "refresh", "offline"),
    },
    "endpoint": {
        *("wire", "base_url", "name", "api_key", "api_key_stdin", "api_key_env", "models", "default_model"),
        "only",
    },
    "from": {
        *("from_tool", "file", "with_keys", "only", "name", "default_model", "url", "refresh", "offline"),
    },
    "wizard": {"url", "refresh", "offline"},
}


def catalog_options(command: options.F) -> options.F:
    """The options that ``add ID`` and ``catalog add ID`` share."""
    for option in (
        options.option("--as", "name", metavar="NAME", help="The provider's id in config.toml."),
        options.option("--default-model", metavar="M", help="Make this model of the import the default."),
        options.option(
            "--model",
            "models",
            multiple=True,
            metavar="GLOB",
            help="Only these models; with --type ID[:CONTEXT].",
        ),
        options.option(
            "--var", "variables", multiple=True, metavar="NAME=VALUE", help="Fill a ${NAME} in the endpoint."
        ),
        options.option("--base-url", metavar="URL", help="The endpoint, in place of the catalog's."),
        options.option(
            "--api-key-env", metavar="NAME", help="Let Kimi Code read the key from this variable."
        ),
        options.option("--api-key-stdin", is_flag=True, help="Read the key from standard input."),
        options.option(
            "--api-key",
            metavar="K",
            help="The key. Falls back to KIMI_REGISTRY_API_KEY, but not with --type.",
        ),
    ):
        command = option(command)
    return command


# \b keeps click from joining the lines.
_HELP = """Import providers and their models into config.toml.

\b
add                                          ask everything (on a terminal)
add --registry URL [--token T]               every provider of a registry
add ID --api-key-env NAME                    one provider of the models.dev catalog
add --type WIRE --base-url URL --as NAME     any endpoint
add --from TOOL                              what opencode, codex, … have; --from alone lists them
"""


@click.command(help=_HELP)
@click.argument("target", required=False, metavar="[ID | URL]", shell_complete=completion_values.catalog_ids)
@options.option("--registry", metavar="URL", help="Import every provider of a custom registry (api.json).")
@options.option(
    "--only",
    multiple=True,
    metavar="ID",
    help="Only this provider of the registry, or this model (ID[:CONTEXT]) of the endpoint's list; repeats.",
)
@options.option("--token", metavar="T", help="The registry's token. Falls back to KIMI_REGISTRY_API_KEY.")
@options.option("--token-stdin", is_flag=True, help="Read the registry's token from standard input.")
@options.option(
    "--accept-endpoint-change",
    is_flag=True,
    help="Let the registry's token follow a provider to another endpoint; no header or other key follows.",
)
@catalog_options
@options.option(
    "--type",
    "wire",
    metavar="WIRE",
    shell_complete=completion_values.wires,
    help="With --base-url and --as: any endpoint of this wire.",
)
@options.option(
    "--from",
    "from_tool",
    is_flag=False,
    flag_value=LIST,
    metavar="TOOL",
    shell_complete=completion_values.tools,
    help="Take over what another tool has configured; without TOOL, list the tools found on this machine.",
)
@options.option(
    "--file",
    type=options.PATH,
    metavar="PATH",
    help="With --from: read this file alone, in place of the tool's own.",
)
@options.option(
    "--with-keys",
    is_flag=True,
    help="With --from: copy keys and headers too; otherwise a variable is named for each key.",
)
@options.reading_catalog
@options.writing
@click.pass_context
def command(
    context: click.Context, /, *, target: str | None, registry: str | None, config: Path | None, **given: Any
) -> int:
    """Picks the form of add that the arguments mean, or asks."""
    app, flags = options.app_of(context, config), AddFlags(**given)
    if target is not None and "://" in target:
        if registry is not None:
            raise UsageError("two registries were given", hint="run the command once for each")
        registry, target = target, None
    if flags.from_tool is not None:
        if target is not None or registry is not None:
            raise UsageError("--from goes without an id or a registry", hint="pick a provider with --only ID")
        _allow(context, "from")
        from provisioner.cli.add_from import add_from

        return add_from(app, flags)
    if registry is not None:
        if target is not None:
            raise UsageError(
                "a registry and a catalog id were given", hint="use --only ID to pick from a registry"
            )
        _allow(context, "registry")
        _add_registry(app, registry, flags)
    elif target is not None:
        if flags.wire:
            raise UsageError("--type goes without a catalog id", hint="name the provider with --as NAME")
        _allow(context, "catalog")
        add_from_catalog(app, target, flags)
    elif flags.wire or flags.base_url:
        _allow(context, "endpoint")
        _add_endpoint(app, flags)
    else:
        return _ask(context, app, config, flags)
    return 0


def _allow(context: click.Context, form: str) -> None:
    """Refuses options that were given and belong to another form."""
    others = set().union(*_FORMS.values()) - _FORMS[form]
    by_name = {option.name: option for option in context.command.params}
    for name in sorted(others & by_name.keys()):
        source = context.get_parameter_source(name)
        if source is click.core.ParameterSource.COMMANDLINE:
            raise UsageError(
                f"{by_name[name].opts[0]} does not go with this form of add", hint="kimi provider add --help"
            )


def _ask(context: click.Context, app: App, config: Path | None, flags: AddFlags) -> int:
    forms = "add --registry URL --token-stdin, add ID --api-key-stdin, or add --type WIRE --base-url URL --as NAME"
    if flags.as_json or not interactive():
        raise TerminalNeeded("what to add would have to be asked, and this is no terminal", hint=forms)
    _allow(context, "wizard")
    from provisioner.cli import wizard

    return wizard.run(
        app,
        program=program_name(),
        own_config=config is not None,
        access=flags.access,
        dry_run=flags.dry_run,
    )


def _add_registry(app: App, url: str, flags: AddFlags) -> None:
    from provisioner.workflows import add_registry
    from provisioner.workflows.consent import Consent
    from provisioner.workflows.credential import Credential

    request = add_registry.Request(
        url=url,
        token=flags.registry_token(app),
        variable=Credential(variable=flags.api_key_env).variable,
        only=flags.only,
        default_model=flags.default_model,
        offline=flags.offline,
        accept_shrink=flags.yes,
        consent=Consent(flags.yes, flags.accept_endpoint_change),
        dry_run=flags.dry_run,
    )
    with waiting() as watch:
        result = add_registry.run(app, request, watch)
    models = sum(len(provider.models) for provider in result.providers)
    imported = (
        f"Imported {count(len(result.providers), 'provider')} ({count(models, 'model')}), "
        f"{result.provenance.describe()}:"
    )
    show(
        "add",
        result.outcome,
        [
            imported,
            *(f"  {p.id}  type={p.wire}  models={len(p.models)}" for p in result.providers),
            *(f"Removed {name}: the registry no longer lists it." for name in result.removed),
        ],
        as_json=flags.as_json,
        notes=result.notes,
        provenance=result.provenance,
    )


def add_from_catalog(app: App, provider_id: str, flags: CatalogFlags) -> None:
    """Runs ``add ID`` and ``catalog add ID``, which are the same."""
    from provisioner.workflows import add_catalog
    from provisioner.workflows.consent import Consent

    request = add_catalog.Request(
        provider_id=provider_id,
        credential=flags.credential(app),
        base_url=flags.base_url,
        variables=flags.values(),
        models=flags.models,
        default_model=flags.default_model,
        name=flags.name,
        access=flags.access(),
        consent=Consent(flags.yes),
        dry_run=flags.dry_run,
    )
    with waiting() as watch:
        result = add_catalog.run(app, request, watch)
    show(
        "add",
        result.outcome,
        _imported(result, request),
        as_json=flags.as_json,
        notes=result.notes,
        provenance=result.provenance,
        skipped=result.provider.skipped,
    )


def _imported(result: add_catalog.Result, request: add_catalog.Request) -> list[str]:
    provider = result.provider
    lines = [
        f"Imported {provider.name} ({provider.id}) with {count(len(provider.models), 'model')}; "
        f"catalog: {result.provenance.describe()}."
    ]
    if request.default_model:
        lines.append(f"Default model set to {result.outcome.data['default_model']}.")
    return lines


def _add_endpoint(app: App, flags: AddFlags) -> None:
    from provisioner.workflows import add_endpoint
    from provisioner.workflows.consent import Consent

    if not (flags.wire and flags.base_url and flags.name):
        needed = {"--type": flags.wire, "--base-url": flags.base_url, "--as": flags.name}
        missing = " and ".join(flag for flag, value in needed.items() if not value)
        raise UsageError(f"{missing} missing", hint="add --type WIRE --base-url URL --as NAME")
    request = add_endpoint.Request(
        wire=flags.wire,
        base_url=flags.base_url,
        name=flags.name,
        credential=flags.credential(app, fallback=False),
        models=tuple(add_endpoint.named_model(text) for text in flags.models),
        only=flags.only,
        default_model=flags.default_model,
        consent=Consent(flags.yes),
        dry_run=flags.dry_run,
    )
    with waiting() as watch:
        result = add_endpoint.run(app, request, watch)
    origin = "the endpoint's own list" if result.discovered else "the command line"
    lines = [
        f"Added {request.name} ({shown(request.base_url)}) with "
        f"{count(len(result.provider.models), 'model')} from {origin}:",
        *(f"  {request.name}/{m.key}  context={m.context}" for m in result.provider.models),
    ]
    show("add", result.outcome, lines, as_json=flags.as_json, notes=result.notes)

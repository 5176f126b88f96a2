"""``kimi provider add``: a registry, a catalog provider, any endpoint, or the wizard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import credential_flags, options
from provisioner.cli.changes import count, show
from provisioner.cli.progress import waiting
from provisioner.cli.terminal import interactive
from provisioner.errors import TerminalNeeded, UsageError
from provisioner.secrets import masked_url

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.app import App
    from provisioner.workflows import add_catalog


# Which options belong to which form; the rest go with all. An option of another form is an error, not ignored.
_FORMS = {
    "registry": {"only", "token", "token_stdin", "api_key", "api_key_stdin", "offline", "default_model"},
    "catalog": {
        *("api_key", "api_key_stdin", "api_key_env", "base_url", "variables", "models", "default_model"),
        *("name", "url", "refresh", "offline"),
    },
    "endpoint": {
        *("wire", "base_url", "name", "api_key", "api_key_stdin", "api_key_env", "models", "default_model"),
        "only",
    },
    "wizard": {"url", "refresh", "offline"},
}


def catalog_options(command: options.F) -> options.F:
    """The options that ``add ID`` and ``catalog add ID`` share."""
    for option in (
        click.option("--as", "name", metavar="NAME", help="The provider's id in config.toml."),
        click.option("--default-model", metavar="M", help="Make this model of the import the default."),
        click.option(
            "--model",
            "models",
            multiple=True,
            metavar="GLOB",
            help="Only these models; with --type ID[:CONTEXT].",
        ),
        click.option(
            "--var", "variables", multiple=True, metavar="NAME=VALUE", help="Fill a ${NAME} in the endpoint."
        ),
        click.option("--base-url", metavar="URL", help="The endpoint, in place of the catalog's."),
        click.option("--api-key-env", metavar="NAME", help="Let Kimi Code read the key from this variable."),
        click.option("--api-key-stdin", is_flag=True, help="Read the key from standard input."),
        click.option(
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
"""


@click.command(help=_HELP)
@click.argument("target", required=False, metavar="[ID | URL]")
@click.option("--registry", metavar="URL", help="Import every provider of a custom registry (api.json).")
@click.option(
    "--only",
    multiple=True,
    metavar="ID",
    help="Only this provider of the registry, or this model of the endpoint's list; repeats.",
)
@click.option("--token", metavar="T", help="The registry's token. Falls back to KIMI_REGISTRY_API_KEY.")
@click.option("--token-stdin", is_flag=True, help="Read the registry's token from standard input.")
@catalog_options
@click.option("--type", "wire", metavar="WIRE", help="With --base-url and --as: any endpoint of this wire.")
@options.reading_catalog
@options.writing
@click.pass_context
def command(
    context: click.Context, /, *, target: str | None, registry: str | None, config: Path | None, **given: Any
) -> int:
    """Picks the form of add that the arguments mean, or asks."""
    app = options.app_of(context, config)
    if target is not None and "://" in target:
        if registry is not None:
            raise UsageError("two registries were given", hint="run the command once for each")
        registry, target = target, None
    if registry is not None:
        if target is not None:
            raise UsageError(
                "a registry and a catalog id were given", hint="use --only ID to pick from a registry"
            )
        _allow(context, "registry")
        _add_registry(app, registry, given)
    elif target is not None:
        if given["wire"]:
            raise UsageError("--type goes without a catalog id", hint="name the provider with --as NAME")
        _allow(context, "catalog")
        add_from_catalog(app, target, given)
    elif given["wire"] or given["base_url"]:
        _allow(context, "endpoint")
        _add_endpoint(app, given)
    else:
        return _ask(context, app, config, given)
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


def _ask(context: click.Context, app: App, config: Path | None, given: dict[str, Any]) -> int:
    flags = "add --registry URL --token-stdin, add ID --api-key-stdin, or add --type WIRE --base-url URL --as NAME"
    if given["as_json"] or not interactive():
        raise TerminalNeeded("what to add would have to be asked, and this is no terminal", hint=flags)
    _allow(context, "wizard")
    from provisioner.cli import wizard

    return wizard.run(
        app,
        program=context.find_root().info_name or "kimi provider",
        own_config=config is not None,
        access=lambda: options.access_of(given, accept_shrink=given["yes"]),
        dry_run=given["dry_run"],
    )


def _add_registry(app: App, url: str, given: dict[str, Any]) -> None:
    from provisioner.workflows import add_registry

    if given["token"] is not None and given["api_key"] is not None:
        raise UsageError("--token and --api-key mean the same here", hint="give one of them")
    stdin_flag = "--token-stdin" if given["token_stdin"] else "--api-key-stdin"
    token = credential_flags.credential(
        given["token"] if given["token"] is not None else given["api_key"],
        stdin=given["token_stdin"] or given["api_key_stdin"],
        variable=None,
        fallback=app.env.get(credential_flags.REGISTRY_VARIABLE),
        stdin_flag=stdin_flag,
    )
    request = add_registry.Request(
        url=url,
        token=token.key,
        only=given["only"],
        default_model=given["default_model"],
        offline=given["offline"],
        accept_shrink=given["yes"],
        dry_run=given["dry_run"],
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
        as_json=given["as_json"],
        notes=result.notes,
        provenance=result.provenance,
    )


def add_from_catalog(app: App, provider_id: str, given: dict[str, Any]) -> None:
    """Runs ``add ID`` and ``catalog add ID``, which are the same."""
    from provisioner.workflows import add_catalog

    request = add_catalog.Request(
        provider_id=provider_id,
        credential=_credential(app, given),
        base_url=given["base_url"],
        variables=_variables(given["variables"]),
        models=given["models"],
        default_model=given["default_model"],
        name=given["name"],
        access=options.access_of(given, accept_shrink=given["yes"]),
        dry_run=given["dry_run"],
    )
    with waiting() as watch:
        result = add_catalog.run(app, request, watch)
    show(
        "add",
        result.outcome,
        _imported(result, request),
        as_json=given["as_json"],
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


def _add_endpoint(app: App, given: dict[str, Any]) -> None:
    from provisioner.workflows import add_endpoint

    missing = [
        flag
        for flag, name in (("--type", "wire"), ("--base-url", "base_url"), ("--as", "name"))
        if not given[name]
    ]
    if missing:
        raise UsageError(f"{' and '.join(missing)} missing", hint="add --type WIRE --base-url URL --as NAME")
    request = add_endpoint.Request(
        wire=given["wire"],
        base_url=given["base_url"],
        name=given["name"],
        credential=_credential(app, given, fallback=False),
        models=tuple(named_model(text) for text in given["models"]),
        only=given["only"],
        default_model=given["default_model"],
        dry_run=given["dry_run"],
    )
    with waiting() as watch:
        result = add_endpoint.run(app, request, watch)
    origin = "the endpoint's own list" if result.discovered else "the command line"
    lines = [
        f"Added {request.name} ({masked_url(request.base_url)}) with "
        f"{count(len(result.provider.models), 'model')} from {origin}:",
        *(f"  {request.name}/{m.key}  context={m.context}" for m in result.provider.models),
    ]
    show("add", result.outcome, lines, as_json=given["as_json"], notes=result.notes)


def _credential(app: App, given: dict[str, Any], *, fallback: bool = True) -> Any:
    return credential_flags.credential(
        given["api_key"],
        stdin=given["api_key_stdin"],
        variable=given["api_key_env"],
        fallback=app.env.get(credential_flags.REGISTRY_VARIABLE) if fallback else None,
        stdin_flag="--api-key-stdin",
    )


def _variables(pairs: tuple[str, ...]) -> dict[str, str]:
    split = [pair.partition("=") for pair in pairs]
    for name, equals, value in split:
        if not (name and equals and value):
            raise UsageError(f"--var takes NAME=VALUE, not {name}{equals}{value}")
    return {name: value for name, _, value in split}


def named_model(text: str) -> tuple[str, int | None]:
    """``ID`` or ``ID:CONTEXT``; an id may itself hold colons (``llama3:8b``), so only a number counts as context."""
    name, colon, context = text.rpartition(":")
    if colon and name and context.isascii() and context.isdigit() and int(context) > 0:
        return name, int(context)
    return text, None

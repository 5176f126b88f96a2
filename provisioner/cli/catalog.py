"""``kimi provider catalog``: the models.dev catalog."""

from provisioner.cli.root import LazyGroup

command = LazyGroup(
    {
        "list": "catalog_list",
        "add": "catalog_add",
        "refresh": "catalog_refresh",
        "info": "catalog_info",
        "validate": "catalog_validate",
    },
    name="catalog",
    help="Look into the models.dev catalog, and import from it.",
)

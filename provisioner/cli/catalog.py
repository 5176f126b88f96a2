"""``kimi provider catalog``: the models.dev catalog."""

from provisioner.cli.root import LazyGroup

command = LazyGroup(
    {
        "list": "List its providers, or the models of one.",
        "add": "Import one provider of it.",
        "refresh": "Fetch it now.",
        "info": "Say where the catalog at hand came from.",
        "validate": "Check a catalog file.",
    },
    prefix="catalog_",
    name="catalog",
    help="Look into the models.dev catalog, and import from it.",
)

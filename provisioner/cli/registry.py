"""``kimi provider registry``: a kit for those who publish an api.json."""

from provisioner.cli.root import LazyGroup

command = LazyGroup(
    {
        "validate": "Say what is amiss in a registry.",
        "init": "Write one from what is configured, or from an endpoint.",
        "diff": "Show what subscribers of OLD would see of NEW.",
    },
    prefix="registry_",
    name="registry",
    help="Write, check and compare registries (api.json).",
)

"""``kimi provider registry``: a kit for those who publish an api.json."""

from provisioner.cli.root import LazyGroup

command = LazyGroup(
    {"validate": "registry_validate", "init": "registry_init", "diff": "registry_diff"},
    name="registry",
    help="Write, check and compare registries (api.json).",
)

"""Provision, test and keep true the model providers in Kimi Code's config.toml.

The names of ``api.py`` are here, loaded with the first of them that is asked for: commands start without them.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from provisioner.api import *  # noqa: F403  what __getattr__ hands out
    from provisioner.api import __all__ as __all__

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    from importlib import import_module
    from importlib.machinery import PathFinder

    # `from provisioner import errors` asks here first, and must not load the API.
    if not name.startswith("_") and not PathFinder.find_spec(
        f"{__name__}.{name}", sys.modules[__name__].__path__
    ):
        api = import_module(".api", __name__)
        if name in api.__all__:
            return getattr(api, name)
    elif name == "__all__":
        return import_module(".api", __name__).__all__
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

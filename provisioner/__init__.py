"""Provision, test and keep true the model providers in Kimi Code's config.toml.

The names of ``api.py`` are here, loaded with the first of them that is asked for: commands start without them.
"""

import sys

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from provisioner.api import *  # noqa: F403  what __getattr__ hands out
    from provisioner.api import __all__ as __all__
else:  # hidden from type checkers, to which any name would be there

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

    def __dir__() -> list[str]:
        from importlib import import_module

        return sorted({*globals(), *import_module(".api", __name__).__all__})

"""Modules of Python that click and httpx import and a quick command does not use, loaded when they are first asked.

Only for the process of a command, before it imports anything else; ``import kimi_provider`` changes nobody's modules.
"""

from __future__ import annotations

import sys
from _thread import allocate_lock
from importlib import import_module
from types import ModuleType

# `inspect`: click cleans texts with it, and ours are clean. `ipaddress`: urllib, for hosts in brackets. `anyio`: httpcore,
# for asynchronous clients. `certifi`: httpx, where nobody names the trust. `bz2` and `lzma`: shutil, for archives.
_SELDOM_USED = ("inspect", "ipaddress", "anyio", "certifi", "bz2", "lzma")
_changing = allocate_lock()


class Later(ModuleType):
    """Stands in ``sys.modules`` for a module until something of it is needed, then hands out what the module has."""

    def __getattr__(self, name: str) -> object:
        with _changing:  # two threads may ask at once; the loading itself is for Python's own locks
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
        value = getattr(import_module(self.__name__), name)
        setattr(self, name, value)
        return value


def delay() -> None:
    """Puts off loading the modules that a quick command does not use; one that is loaded stays."""
    for name in _SELDOM_USED:
        sys.modules.setdefault(name, Later(name))
    if sys.platform == "linux" and "platform" not in sys.modules:
        # uuid, which click imports, asks this one thing of it; the answer is what Python has there.
        sys.modules["platform"] = platform = Later("platform")
        vars(platform)["system"] = lambda: "Linux"

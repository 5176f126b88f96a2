"""The public name of the program in a checkout: ``import kimi_provider`` is there what it is in the wheel.

The wheel ships one package, ``kimi_provider``, so that nobody's own ``catalog``, ``provisioner`` or ``schemas`` is in its
way, nor it in theirs. Its files are those of the checkout with their imports renamed (``hatch_build.py``); for an editable
install this module renames them while they are loaded. It is not part of the wheel.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import FileFinder, SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location

TYPE_CHECKING = (
    False  # to import `typing`, or `pathlib`, would take each command longer than all the rest here
)
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType

    from _typeshed import ReadableBuffer

    # What type checkers see of the module that takes this one's place.
    from provisioner import *  # noqa: F403

    __version__: str

NAME = "kimi_provider"
# The folders of the checkout, and what they are called below the one package.
PACKAGES = {"provisioner": NAME, "catalog": f"{NAME}.catalog", "schemas": f"{NAME}.schemas"}

_ROOT, _, _ = __file__.rpartition(os.sep)


def renamed(source: bytes) -> bytes:
    """A file of the checkout as it stands in the wheel: line by line the same, but for the names in its imports."""
    import re

    imports = re.compile(rb"^([ \t]*from )(catalog|provisioner)(?=[ .])", re.MULTILINE)
    return imports.sub(lambda found: found[1] + PACKAGES[found[2].decode()].encode(), source)


class _Loader(SourceFileLoader):
    """Compiles a file with its imports renamed, and caches that apart from the file as it is."""

    def source_to_code(  # type: ignore[override]  # typeshed allows a syntax tree too, which nothing passes here
        self, data: ReadableBuffer, path: str, *, _optimize: int = -1
    ) -> CodeType:
        code: CodeType = super().source_to_code(renamed(bytes(data)), path, _optimize=_optimize)
        return code

    def get_data(self, path: str) -> bytes:
        return super().get_data(_own(path))

    def set_data(self, path: str, data: ReadableBuffer, *, _mode: int = 0o666) -> None:
        super().set_data(_own(path), data, _mode=_mode)


def _own(path: str) -> str:
    return f"{path.removesuffix('.pyc')}.{NAME}.pyc" if path.endswith(".pyc") else path


class _Finder:
    """Finds what is below ``kimi_provider`` in the folders of the checkout."""

    def __init__(self) -> None:
        self._folders: dict[str, FileFinder] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        del target
        if not fullname.startswith(f"{NAME}."):
            return None
        for folder in path or ():
            if folder not in self._folders:
                self._folders[folder] = FileFinder(folder, (_Loader, [".py"]))
            if spec := self._folders[folder].find_spec(fullname):
                return spec
        return None


def _take_place() -> None:
    """Puts the package in place of this module."""
    folder = f"{_ROOT}{os.sep}provisioner"
    loader = _Loader(NAME, f"{folder}{os.sep}__init__.py")
    # `catalog` is found in the second of the folders.
    spec = spec_from_file_location(
        NAME, loader.path, loader=loader, submodule_search_locations=[folder, _ROOT]
    )
    assert spec is not None
    sys.meta_path.insert(0, _Finder())
    package = sys.modules[NAME] = module_from_spec(spec)
    loader.exec_module(package)


if __name__ == NAME:
    _take_place()
elif __name__ == "__main__":  # python -m kimi_provider
    import runpy

    _take_place()
    runpy.run_module(NAME, run_name="__main__", alter_sys=True)

"""What hatchling cannot be told in ``pyproject.toml``: the one package of the wheel, and links that hold elsewhere."""

from __future__ import annotations

import re
import runpy
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

_LINK = re.compile(r"(!?)\[([^]]*)\]\((?!https?:)([^)]+)\)")


class OnePackage(BuildHookInterface[Any]):
    """Lays the folders of the checkout below ``kimi_provider`` and renames their imports: ``kimi_provider.py``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "standard":  # an editable install loads the checkout itself
            return
        self._folder = TemporaryDirectory()
        root = Path(self.root)
        names = runpy.run_path(str(root / "kimi_provider.py"))
        for folder, package in names["PACKAGES"].items():
            for source in sorted((root / folder).rglob("*")):
                if source.is_dir() or "__pycache__" in source.parts:
                    continue
                target = Path(self._folder.name, *package.split("."), source.relative_to(root / folder))
                target.parent.mkdir(parents=True, exist_ok=True)
                if source.suffix == ".py":
                    target.write_bytes(names["renamed"](source.read_bytes()))
                else:
                    shutil.copyfile(source, target)
        package = names["NAME"]
        build_data["force_include"][str(Path(self._folder.name, package))] = package

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        del build_data, artifact_path
        if version == "standard":
            self._folder.cleanup()


class Readme(MetadataHookInterface):
    """The README for a package index, where the files that it links to are not beside it."""

    def update(self, metadata: dict[str, Any]) -> None:
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        base = metadata.get("urls", {}).get("Repository")
        metadata["readme"] = {"content-type": "text/markdown", "text": elsewhere(text, base)}


def elsewhere(text: str, base: str | None) -> str:
    """Markdown whose relative links start at ``base``; without one they are their text, and pictures are left out.

    Headings too are relative: a package index gives them no anchors.
    """

    def link(found: re.Match[str]) -> str:
        mark, words, path = found.groups()
        if not base:
            return "" if mark else words
        place = "" if path.startswith("#") else f"/{'raw' if mark else 'blob'}/main/"
        return f"{mark}[{words}]({base.rstrip('/')}{place}{path})"

    return _LINK.sub(link, text)

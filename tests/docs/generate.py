"""Writes anew what the documentation takes from the program: `python -m tests.docs.generate`.

The reference, the output that pages show, and the code of translations. Prose is never touched.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.docs import console, translations
from tests.docs.pages import ROOT
from tests.docs.record import record
from tests.docs.reference import FOLDER, reference


def main() -> None:
    made = reference()
    for path in (ROOT / FOLDER).rglob("*.md"):
        if path.relative_to(ROOT).as_posix() not in made and "<!-- made by" in path.read_text():
            path.unlink()
    changed = [name for name, text in made.items() if _write(ROOT / name, text)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with console.installed(folder / "bin") as programs, console.served(folder / "served") as demo:
            changed += [str(page) for page in record(demo, programs, folder / "homes")]
    for page in translations.pages():
        if _write(page, translations.code_of(page.read_text(), translations.original(page).read_text())):
            changed.append(str(page))
    print("\n".join(changed) or "Everything is as it was.")


def _write(path: Path, text: str) -> bool:
    if path.exists() and path.read_text() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return True


if __name__ == "__main__":
    main()

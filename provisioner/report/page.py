"""The page: one self-contained HTML file, no script, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioner import __version__, formatting
from provisioner.report.card import card
from provisioner.report.markup import tag, to_html
from provisioner.report.table import table
from provisioner.report.words import WORDS, count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from xml.etree.ElementTree import Element

    from provisioner.report.charts import Run

_STYLE = Path(__file__).with_name("page.css")
# Should markup ever get in by a way that was not thought of, the browser runs and fetches nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_WORST_FIRST = ("fail", "unknown", "pass")


def page(document: Mapping[str, Any], past: Mapping[str, Sequence[Run]], at: float) -> str:
    """The page about a test.

    Args:
        document: what `test --json` prints.
        past: the runs of each alias, oldest first, this one included where it was kept.
        at: when the test ended, in seconds since the epoch.
    """
    results = document["results"]
    anchors = [f"r{number}" for number in range(1, len(results) + 1)]
    details = [
        card(result, past.get(result["alias"], ()), anchor)
        for verdict in _WORST_FIRST
        for result, anchor in zip(results, anchors, strict=True)
        if result["verdict"] == verdict
    ]
    return to_html(
        tag(
            "html",
            tag(
                "head",
                tag("meta", charset="utf-8"),
                tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
                tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
                tag("meta", name="color-scheme", content="light dark"),
                tag("meta", name="generator", content=f"kimi-provider {__version__}"),
                tag("title", f"Model test: {_headline(document)}"),
                tag("style", _STYLE.read_text(encoding="utf-8")),
            ),
            tag(
                "body",
                _header(document, at),
                tag(
                    "main",
                    tag("h2", "Results"),
                    table(results, past, anchors),
                    tag("h2", "Details"),
                    *details,
                ),
                _footer(),
            ),
            lang="en",
        )
    )


def _headline(document: Mapping[str, Any]) -> str:
    summary = document["summary"]
    counts = (
        (summary["failed"], "failed"),
        (summary["unknown"], "could not be told"),
        (summary["passed"], "passed"),
    )
    return ", ".join(f"{number} {word}" for number, word in counts if number) or "nothing was tested"


def _header(document: Mapping[str, Any], at: float) -> Element:
    summary = document["summary"]
    return tag(
        "header",
        tag("h1", "Model test"),
        tag(
            "p",
            f"{count(len(document['results']), 'alias', 'aliases')}, {formatting.moment(at)}",
            class_="muted",
        ),
        tag("p", "Interrupted: only what was done by then is here.", class_="warning")
        if document.get("interrupted")
        else None,
        tag(
            "dl",
            *(
                tag(
                    "div",
                    tag("dt", WORDS[verdict].counted),
                    tag("dd", str(summary[key])),
                    class_=f"tile {verdict}",
                )
                for verdict, key in (("pass", "passed"), ("fail", "failed"), ("unknown", "unknown"))
            ),
            class_="tiles",
        ),
    )


def _footer() -> Element:
    return tag(
        "footer",
        tag(
            "dl",
            *(
                part
                for words in WORDS.values()
                for part in (tag("dt", f"{words.icon} {words.label}"), tag("dd", words.meaning))
            ),
        ),
        tag(
            "p",
            f"Made by kimi-provider {__version__}. Keys are masked; prompts and answers are left out, but for what an error quotes.",
        ),
        class_="muted",
    )

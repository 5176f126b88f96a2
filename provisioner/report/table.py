"""The table of results: a row for each alias, in the order of the test.

The roles are those of the elements; a browser may forget them where page.css lays the rows out as blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner import formatting
from provisioner.report.charts import strip
from provisioner.report.markup import tag
from provisioner.report.words import badge, known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from xml.etree.ElementTree import Element

    from provisioner.report.charts import Run
    from provisioner.report.markup import Child


@dataclass(frozen=True)
class _Column:
    """A column: its cell for a result and that alias's runs, None where there is nothing to say."""

    name: str
    cell: Callable[[Mapping[str, Any], Sequence[Run]], Child]
    kind: str | None = None


def _timing(key: str, worded: Callable[[float], str]) -> Callable[[Mapping[str, Any], Sequence[Run]], Child]:
    return lambda result, _: _worded(result["timing"][key], worded)


def _tokens(result: Mapping[str, Any], _: Sequence[Run]) -> Child:
    usage = result["usage"]
    return (
        usage and f"{known(usage['input'], formatting.number)} / {known(usage['output'], formatting.number)}"
    )


def _worded(figure: float | None, worded: Callable[[float], str]) -> str | None:
    return None if figure is None else worded(figure)


_COLUMNS = (
    _Column("Verdict", lambda result, _: badge(result["verdict"]), "verdict"),
    _Column("Last runs", lambda _, runs: strip(runs), "last"),
    _Column("Wire", lambda result, _: result["wire"], "wire"),
    _Column("First token", _timing("first_token_ms", formatting.duration), "figure"),
    _Column("Total", _timing("total_ms", formatting.duration), "figure"),
    _Column("Tokens/s", _timing("tokens_per_second", formatting.number), "figure"),
    _Column("Tokens in / out", _tokens, "figure"),
    _Column("Cost", lambda result, _: _worded(result["cost_usd"], formatting.cost), "figure"),
)


def table(
    results: Sequence[Mapping[str, Any]], past: Mapping[str, Sequence[Run]], anchors: Sequence[str]
) -> Element:
    """The table; a column that no alias has anything for is left out."""
    rows = [[column.cell(result, past.get(result["alias"], ())) for column in _COLUMNS] for result in results]
    shown = [index for index in range(len(_COLUMNS)) if any(row[index] is not None for row in rows)]
    heads = [
        tag("th", _COLUMNS[index].name, scope="col", role="columnheader", class_=_COLUMNS[index].kind)
        for index in shown
    ]
    body = [
        tag(
            "tr",
            tag("th", tag("a", result["alias"], href=f"#{anchor}"), scope="row", role="rowheader"),
            *(_cell(_COLUMNS[index], row[index]) for index in shown),
            role="row",
        )
        for result, row, anchor in zip(results, rows, anchors, strict=True)
    ]
    return tag(
        "table",
        tag(
            "thead",
            tag("tr", tag("th", "Alias", scope="col", role="columnheader"), *heads, role="row"),
            role="rowgroup",
        ),
        tag("tbody", *body, role="rowgroup"),
        role="table",
        class_="results",
        aria_label="Results",
    )


def _cell(column: _Column, content: Child) -> Element:
    kinds = (column.kind, "none" if content is None else None)
    return tag(
        "td",
        "—" if content is None else content,
        class_=" ".join(filter(None, kinds)) or None,
        data_name=column.name,
        role="cell",
    )

"""What the page says about one alias: the problem and what fixes it, the checks, the figures, the history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner import formatting
from provisioner.report.charts import FEWEST, FIRST_TOKEN, RATE, Run, chart, strip
from provisioner.report.markup import tag
from provisioner.report.text import place, shortened
from provisioner.report.words import badge, count, known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from xml.etree.ElementTree import Element

_DRAWN = 30
_TABLED = 20


def card(result: Mapping[str, Any], runs: Sequence[Run], anchor: str) -> Element:
    """One alias; ``runs`` are oldest first."""
    about = [result["wire"], result["model"], result["url"] and place(result["url"])]
    return tag(
        "article",
        tag("header", tag("h3", result["alias"]), badge(result["verdict"])),
        tag("p", " · ".join(filter(None, about)), class_="muted about") if any(about) else None,
        *_error(result["error"]),
        *_checks(result["checks"], result["error"]),
        *(tag("p", note["message"], class_="note") for note in result["notes"]),
        tag("dl", *told, class_="figures") if (told := list(_figures(result))) else None,
        *_history(runs),
        id=anchor,
        class_=result["verdict"],
    )


def _error(error: Mapping[str, Any] | None) -> Iterator[Element]:
    if error is None:
        return
    status = f"HTTP {error['status']}" if error["status"] else None
    told = [error["kind"], status, error["type"], None if error["code"] is None else str(error["code"])]
    yield tag(
        "div",
        tag("p", " · ".join(dict.fromkeys(filter(None, told))), class_="kind"),
        tag("p", shortened(error["message"]), class_="message"),
        tag("p", tag("b", "To fix it: "), tag("code", error["hint"])) if error["hint"] else None,
        class_="error",
    )


def _checks(checks: Sequence[Mapping[str, Any]], error: Mapping[str, Any] | None) -> Iterator[Element]:
    if error is None or len(checks) > 1:
        yield tag("ul", *(_check(check, error) for check in checks), class_="checks")


def _check(check: Mapping[str, Any], error: Mapping[str, Any] | None) -> Element:
    """A check; what the error above has said already is not said again."""
    said = (error["message"], error["hint"]) if error else ()
    return tag(
        "li",
        badge(check["verdict"]),
        tag("b", check["name"]),
        None if check["detail"] in said else f" {shortened(check['detail'])}",
        *(tag("code", line, class_="line") for line in check["lines"] if line not in said),
    )


def _figures(result: Mapping[str, Any]) -> Iterator[Element]:
    timing, usage = result["timing"], result["usage"] or {}
    told: tuple[tuple[str, float | None, Callable[[float], str]], ...] = (
        ("Connect", timing["connect_ms"], formatting.duration),
        ("First token", timing["first_token_ms"], formatting.duration),
        ("First text", timing["first_text_ms"], formatting.duration),
        ("Total", timing["total_ms"], formatting.duration),
        ("Rate", timing["tokens_per_second"], formatting.rate),
        ("Tokens in", usage.get("input"), formatting.number),
        ("Tokens out", usage.get("output"), formatting.number),
        ("of reasoning", usage.get("reasoning") or None, formatting.number),
        ("from cache", usage.get("cached") or None, formatting.number),
        ("Cost", result["cost_usd"], formatting.cost),
    )
    for name, figure, worded in told:
        if figure is not None:
            yield tag("div", tag("dt", name), tag("dd", worded(figure)))
    if sent := result["request"]:
        yield tag("div", tag("dt", "Asked with"), tag("dd", formatting.request(sent["size"], sent["bytes"])))


def _history(runs: Sequence[Run]) -> Iterator[Element]:
    runs = runs[-_DRAWN:]
    if len(runs) < FEWEST:
        return
    passed = sum(run.verdict == "pass" for run in runs)
    yield tag("h4", f"{passed} of the last {count(len(runs), 'run', 'runs')} passed ", strip(runs))
    charts = [drawn for measure in (FIRST_TOKEN, RATE) if (drawn := chart(runs, measure))]
    if charts:
        yield tag("div", *charts, class_="charts")
    yield tag(
        "details",
        tag("summary", f"The last {count(min(len(runs), _TABLED), 'run', 'runs')} as a table"),
        tag(
            "table",
            tag(
                "thead",
                tag(
                    "tr",
                    *(
                        tag("th", name, scope="col")
                        for name in ("When", "Verdict", "First token", "Rate", "Error")
                    ),
                ),
            ),
            tag("tbody", *map(_run, reversed(runs[-_TABLED:]))),
            class_="runs",
        ),
    )


def _run(run: Run) -> Element:
    return tag(
        "tr",
        tag("th", formatting.moment(run.at), scope="row"),
        tag("td", badge(run.verdict)),
        tag("td", known(run.first_token_ms, formatting.duration)),
        tag("td", known(run.tokens_per_second, formatting.rate)),
        tag("td", run.error or "—"),
    )

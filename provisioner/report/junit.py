"""JUnit XML, as CI systems read it: a suite for each provider, a test case for each alias.

The format has no standard; this keeps to what Jenkins' schema, GitLab and GitHub's actions have in common.

- *fail* is a ``failure``: a finding about the alias.
- *unknown* is an ``error``, JUnit's word for a test that could not be carried out. It is not ``skipped``: that would
  show green what ends with exit code 1.
- ``time`` is that of the first check, in seconds; an alias that was never asked took none.
- ``system-out`` holds the figures.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from provisioner import formatting
from provisioner.report.text import place, printable, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_NAME = "kimi provider test"
_NOBODY = "no provider"


def junit(document: Mapping[str, Any], at: float) -> bytes:
    """The XML, in UTF-8, of what `test --json` prints; ``at`` is when the test ended, in seconds since the epoch."""
    results = document["results"]
    root = _element("testsuites", name=_NAME, **_counts(results))
    for provider in dict.fromkeys(result["provider"] for result in results):
        own = [result for result in results if result["provider"] == provider]
        # Without a zone: the schemas in use allow none.
        ended = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        suite = _element("testsuite", name=provider or _NOBODY, **_counts(own), skipped="0", timestamp=ended)
        suite.extend(map(_case, own))
        root.append(suite)
    ET.indent(root)
    xml: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return xml + b"\n"


def _case(result: Mapping[str, Any]) -> ET.Element:
    case = _element(
        "testcase",
        name=result["alias"],
        classname=result["provider"] or _NOBODY,
        time=_seconds([result]),
    )
    kind = {"fail": "failure", "unknown": "error"}.get(result["verdict"])
    if kind:
        lines = list(_trouble(result))
        trouble = _element(kind, type=_type(result), message=next(iter(lines), result["verdict"]))
        trouble.text = printable("\n".join(lines))
        case.append(trouble)
    out = ET.SubElement(case, "system-out")
    out.text = printable("\n".join(_told(result)))
    return case


def _type(result: Mapping[str, Any]) -> str:
    """The kind of error; without one, the name of the check that did not pass."""
    if result["error"]:
        return str(result["error"]["kind"])
    return next((str(check["name"]) for check in _not_passed(result)), str(result["verdict"]))


def _trouble(result: Mapping[str, Any]) -> Iterator[str]:
    error = result["error"] or {"message": None, "hint": None}
    if error["message"]:
        yield shortened(error["message"])
    if error["hint"]:
        yield f"to fix it: {error['hint']}"
    for check in _not_passed(result):
        if check["detail"] != error["message"]:
            yield f"{check['name']}: {shortened(check['detail'])}"
        yield from (f"to fix it: {line}" for line in check["lines"] if line != error["hint"])


def _not_passed(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [check for check in result["checks"] if check["verdict"] in ("fail", "unknown")]


def _told(result: Mapping[str, Any]) -> Iterator[str]:
    timing, usage, sent = result["timing"], result["usage"] or {}, result["request"]
    told = (
        ("wire", result["wire"]),
        ("model", result["model"]),
        ("url", result["url"] and place(result["url"])),
        ("first token", _worded(timing["first_token_ms"], formatting.duration)),
        ("total", _worded(timing["total_ms"], formatting.duration)),
        ("rate", _worded(timing["tokens_per_second"], formatting.rate)),
        ("tokens in", _worded(usage.get("input"), formatting.number)),
        ("tokens out", _worded(usage.get("output"), formatting.number)),
        ("asked with", sent and formatting.request(sent["size"], sent["bytes"])),
        ("cost", _worded(result["cost_usd"], formatting.cost)),
    )
    yield from (f"{name}: {value}" for name, value in told if value)
    yield from (f"check {check['name']}: {check['verdict']}" for check in result["checks"])


def _worded(figure: float | None, words: Any) -> str | None:
    return None if figure is None else words(figure)


def _counts(results: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    verdicts = [result["verdict"] for result in results]
    return {
        "tests": str(len(results)),
        "failures": str(verdicts.count("fail")),
        "errors": str(verdicts.count("unknown")),
        "time": _seconds(results),
    }


def _seconds(results: Iterable[Mapping[str, Any]]) -> str:
    return f"{sum(result['timing']['total_ms'] or 0 for result in results) / 1000:.3f}"


def _element(tag: str, **attributes: str) -> ET.Element:
    return ET.Element(tag, {name: printable(value) for name, value in attributes.items()})

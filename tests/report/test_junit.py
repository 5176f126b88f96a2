from __future__ import annotations

import copy
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from provisioner.report.junit import junit
from provisioner.report.text import printable
from tests.report.documents import AT, FAILED, KINDS, PASSED, SLOW, UNKNOWN, UNUSABLE, Twins, document, twins


def parsed(*results: dict[str, Any]) -> ET.Element:
    return ET.fromstring(junit(document(*results), AT))


def case(*results: dict[str, Any]) -> ET.Element:
    found = parsed(*results).find("testsuite/testcase")
    assert found is not None
    return found


def test_a_suite_for_each_provider_and_a_case_for_each_alias() -> None:
    root = parsed(*KINDS)
    assert root.tag == "testsuites"
    assert {suite.get("name"): [case.get("name") for case in suite] for suite in root} == {
        "p": ["p/m", "p/broke", "p/slow"],
        "q": ["q/busy"],
        "no provider": ["nope"],
    }
    assert root[0][0].get("classname") == "p"
    assert root[0].get("timestamp") == "2025-10-09T08:53:20"


def test_the_counts_add_up() -> None:
    root = parsed(*KINDS)
    assert [root.get(name) for name in ("tests", "failures", "errors", "time")] == ["5", "3", "1", "4.000"]
    for name in ("tests", "failures", "errors"):
        assert sum(int(suite.get(name, "")) for suite in root) == int(root.get(name, ""))
    assert len(root.findall(".//failure")) == 3
    assert len(root.findall(".//error")) == 1


def test_a_pass_has_its_time_in_seconds_and_its_figures() -> None:
    passed = case(PASSED)
    assert passed.get("time") == "1.468"
    assert [child.tag for child in passed] == ["system-out"]
    told = (passed[0].text or "").splitlines()
    assert "first token: 298 ms" in told
    assert "rate: 61.3 tokens/s" in told
    assert "cost: $0.000345" in told
    assert "check text: pass" in told


def test_a_fail_is_a_failure_that_says_each_thing_once() -> None:
    failure = case(FAILED)[0]
    assert (failure.tag, failure.get("type")) == ("failure", "quota")
    assert failure.get("message") == "HTTP 429: You exceeded your quota"
    assert (failure.text or "").splitlines() == [
        "HTTP 429: You exceeded your quota",
        "to fix it: top up the account of provider p",
    ]


def test_what_could_not_be_told_is_an_error_as_the_exit_code_says() -> None:
    error = case(UNKNOWN)[0]
    assert (error.tag, error.get("type")) == ("error", "timeout")


def test_a_check_that_failed_gives_its_name_and_its_lines() -> None:
    failure = case(SLOW)[0]
    assert failure.get("type") == "thinking"
    assert 'to fix it: capabilities = [] in [models."p/slow"]' in (failure.text or "")
    assert "max_ttft: first token after 0.30 s" in (failure.text or "")


def test_an_alias_that_was_never_asked_took_no_time() -> None:
    assert case(UNUSABLE).get("time") == "0.000"


def test_a_verdict_without_a_reason_is_still_valid() -> None:
    checks = [{"name": "text", "verdict": "skipped", "detail": "", "lines": []}]
    error = case({**PASSED, "verdict": "unknown", "checks": checks})[0]
    assert (error.tag, error.get("message")) == ("error", "unknown")


def test_nothing_tested_is_valid_too() -> None:
    assert parsed().get("tests") == "0"


def test_answers_stay_out() -> None:
    xml = junit(document(*KINDS), AT).decode()
    for secret in ("THE ANSWER", "THE REASONING", "THE CITY"):
        assert secret not in xml


def test_a_long_message_is_cut() -> None:
    long = copy.deepcopy(FAILED)
    long["error"]["message"] = long["checks"][0]["detail"] = "x" * 100_000
    assert len(junit(document(long), AT)) < 10_000


@pytest.mark.parametrize("url", ["https://me:hunter2@h.example/v1?key=hunter2#hunter2", "http://[hunter2"])
def test_a_url_shows_no_credential(url: str) -> None:
    assert b"hunter2" not in junit(document({**PASSED, "url": url}), AT)


def shape(element: ET.Element) -> Any:
    return element.tag, sorted(element.attrib), [shape(child) for child in element]


@given(twins())
def test_no_text_changes_the_structure_or_is_lost(both: Twins) -> None:
    root = ET.fromstring(junit(both.wild, AT))
    plain = ET.fromstring(junit(both.plain, AT))
    suites = [[len(suite) for suite in tree] for tree in (root, plain)]
    assert suites[0] == suites[1]
    assert shape(root) == shape(plain)
    names = [case.get("name") for case in root.iter("testcase")]
    assert sorted(names, key=str) == sorted((printable(r["alias"]) for r in both.wild["results"]), key=str)

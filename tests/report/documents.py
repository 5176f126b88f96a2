"""Documents of `test --json`, as the smoke test prints them, with any text in any field."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AT = 1_760_000_000.0
_NOTHING_TIMED = {
    "connect_ms": None,
    "first_token_ms": None,
    "first_reasoning_ms": None,
    "first_text_ms": None,
    "total_ms": None,
    "tokens_per_second": None,
}

PASSED: dict[str, Any] = {
    "alias": "p/m",
    "provider": "p",
    "model": "m",
    "wire": "openai",
    "url": "https://api.example/v1/chat/completions",
    "verdict": "pass",
    "checks": [{"name": "text", "verdict": "pass", "detail": "streamed, finished and counted", "lines": []}],
    "text": "THE ANSWER",
    "reasoning": "THE REASONING",
    "tool_calls": [{"id": "c", "name": "get_time", "arguments": '{"city": "THE CITY"}'}],
    "finish": {"raw": "stop", "kind": "stop"},
    "usage": {"input": 40, "output": 30, "reasoning": 14, "cached": 0},
    "timing": {
        "connect_ms": 4.9,
        "first_token_ms": 298.2,
        "first_reasoning_ms": None,
        "first_text_ms": 298.2,
        "total_ms": 1467.9,
        "tokens_per_second": 61.3,
    },
    "request": {"size": "small", "bytes": 3467},
    "cost_usd": 0.000345,
    "error": None,
    "notes": [],
}
FAILED: dict[str, Any] = {
    **PASSED,
    "alias": "p/broke",
    "model": "broke",
    "verdict": "fail",
    "checks": [
        {"name": "text", "verdict": "fail", "detail": "HTTP 429: You exceeded your quota", "lines": []},
        {"name": "tools", "verdict": "skipped", "detail": "the text check did not pass", "lines": []},
    ],
    "usage": None,
    "timing": {**_NOTHING_TIMED, "connect_ms": 3.0, "total_ms": 532.0},
    "request": None,
    "cost_usd": None,
    "error": {
        "kind": "quota",
        "status": 429,
        "message": "HTTP 429: You exceeded your quota",
        "type": "insufficient_quota",
        "code": "insufficient_quota",
        "hint": "top up the account of provider p",
        "retry_after_s": None,
    },
}
UNKNOWN: dict[str, Any] = {
    **FAILED,
    "alias": "q/busy",
    "provider": "q",
    "model": "busy",
    "verdict": "unknown",
    "checks": [
        {"name": "text", "verdict": "unknown", "detail": "no complete answer within 4 s", "lines": []}
    ],
    "error": {
        "kind": "timeout",
        "status": None,
        "message": "no complete answer within 4 s",
        "type": None,
        "code": None,
        "hint": "kimi provider test q/busy",
        "retry_after_s": None,
    },
}
SLOW: dict[str, Any] = {
    **PASSED,
    "alias": "p/slow",
    "verdict": "fail",
    "checks": [
        *PASSED["checks"],
        {
            "name": "thinking",
            "verdict": "fail",
            "detail": "no reasoning is seen, and config.toml claims it",
            "lines": ['capabilities = [] in [models."p/slow"]'],
        },
        {"name": "max_ttft", "verdict": "fail", "detail": "first token after 0.30 s", "lines": []},
    ],
}
UNUSABLE: dict[str, Any] = {
    **FAILED,
    "alias": "nope",
    "provider": None,
    "model": None,
    "wire": None,
    "url": None,
    "checks": [{"name": "text", "verdict": "fail", "detail": "config.toml has no alias 'nope'", "lines": []}],
    "timing": _NOTHING_TIMED,
    "error": {
        "kind": "config",
        "status": None,
        "message": "config.toml has no alias 'nope'",
        "type": None,
        "code": None,
        "hint": None,
        "retry_after_s": None,
    },
}
KINDS = (PASSED, FAILED, UNKNOWN, SLOW, UNUSABLE)


def document(*results: dict[str, Any], interrupted: bool = False) -> dict[str, Any]:
    verdicts = [result["verdict"] for result in results]
    return {
        "results": list(results),
        "summary": {
            "passed": verdicts.count("pass"),
            "failed": verdicts.count("fail"),
            "unknown": verdicts.count("unknown"),
        },
        "interrupted": interrupted,
        "fixed": [],
    }


@dataclass(frozen=True)
class Twins:
    """The same document twice: with harmless texts, and with wild ones in the same places."""

    plain: dict[str, Any]
    wild: dict[str, Any]
    texts: tuple[str, ...]


_MARKUP = st.sampled_from(
    [
        "</title></style></script><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='alert(1)",
        "<!--",
        "-->",
        "]]>",
        "<![CDATA[",
        "<?php",
        "&lt;b&gt;&#0;&amp;",
        "</svg><svg onload=alert(1)>",
        "\x00\x08\x0b\x1b[31m\x7f\x85",
        "\ud800",
        "\ufffe\uffff",
        "\u202egnp.exe",
        "javascript:alert(1)",
    ]
)
# Servers' JSON may escape half of a surrogate pair; `text()` alone would never make one.
wild_texts = _MARKUP | st.text(st.characters(), max_size=20)


@st.composite
def twins(draw: st.DrawFn) -> Twins:
    shapes = draw(st.lists(st.sampled_from(KINDS), max_size=4))
    texts: list[str] = []

    def harmless(_: str) -> str:
        texts.append(draw(wild_texts))
        return f"t{len(texts)}"

    plain = [_replaced(shape, harmless) for shape in shapes]
    words = {f"t{number}": f"t{number}{text}" for number, text in enumerate(texts, start=1)}
    wild = [_replaced(result, words.__getitem__) for result in plain]
    return Twins(document(*plain), document(*wild), tuple(words.values()))


def _replaced(result: dict[str, Any], words: Callable[[str], str]) -> dict[str, Any]:
    """``result`` with other words wherever a server, or a hand in config.toml, has its say."""
    changed = copy.deepcopy(result)
    _each(changed, ("alias", "provider", "model", "wire", "url"), words)
    for check in changed["checks"]:
        _each(check, ("name", "detail"), words)
        check["lines"] = [words(line) for line in check["lines"]]
    if changed["error"]:
        _each(changed["error"], ("kind", "message", "type", "code", "hint"), words)
    notes = [note["message"] for note in changed["notes"]] or ["a note"]
    changed["notes"] = [{"code": "a_note", "message": words(note)} for note in notes]
    return changed


def _each(table: dict[str, Any], keys: Sequence[str], words: Callable[[str], str]) -> None:
    for key in keys:
        if table[key] is not None:
            table[key] = words(table[key])

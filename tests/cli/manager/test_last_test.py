from __future__ import annotations

from provisioner.cli.manager.last_test import from_history, summarized
from provisioner.cli.manager.state import LastTest
from provisioner.history.run import Run
from provisioner.note import Note
from provisioner.smoke.answer import Answer, Usage
from provisioner.smoke.problem import Problem
from provisioner.smoke.report import AliasResult, Check
from provisioner.smoke.timing import Timing


def result(**changed: object) -> AliasResult:
    known = {
        "alias": "p/m",
        "provider": "p",
        "model": "m",
        "wire": "openai",
        "url": "https://host.example/v1/chat/completions",
        "verdict": "pass",
        "checks": (
            Check("text", "pass", "streamed, finished and counted"),
            Check("tools", "skipped", "no tools"),
        ),
        "answer": Answer(texts=["Hi"], usage=Usage(input=1200, output=5)),
        "timing": Timing(first_token_ms=412.4, total_ms=2140.0, tokens_per_second=61.27),
    }
    return AliasResult(**{**known, **changed})  # type: ignore[arg-type]  # fields by name


def test_a_pass_has_figures_and_what_is_worth_knowing() -> None:
    found = summarized(
        result(notes=(Note("a_note", "the server hides\x07its reasoning"),)),
        5.0,
        "kimi provider",
        ["no history is kept"],
    )
    assert found == LastTest(
        "pass",
        5.0,
        ("streamed, finished and counted", "the server hides\\x07its reasoning", "no history is kept"),
        ("first token 412 ms", "61.3 tokens/s", "2.14 s in all", "1,200 tokens in, 5 out"),
    )


def test_a_failure_has_its_cause_and_hint() -> None:
    problem = Problem("auth", "the key was refused", status=401, hint="kimi provider add p")
    checks = (Check("text", "fail", "the key was refused"),)
    found = summarized(
        result(verdict="fail", checks=checks, error=problem, answer=Answer(), timing=Timing(connect_ms=3.0)),
        5.0,
        "kimi-provider",
    )
    assert found == LastTest("fail", 5.0, ("the key was refused",), (), "kimi-provider add p")


def test_of_an_earlier_test_the_verdict_the_figures_and_the_kind_of_error_are_left() -> None:
    run = Run(7.0, "p/m", "p", "m", "openai", "pass", None, 80.0, 400.0, None, 5)
    assert from_history(run) == LastTest("pass", 7.0, (), ("first token 80 ms", "400 ms in all"))
    run = Run(7.0, "p/m", "p", "m", "openai", "fail", "model_not_found", None, None, None, None)
    assert from_history(run) == LastTest("fail", 7.0, ("model not found",), ())

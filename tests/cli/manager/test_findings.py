"""What is known about a provider beside its tables, and how it is shortened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.cli.manager.actions import Actions
from provisioner.cli.manager.findings import DoctorProblem, Findings, together
from provisioner.workflows import refresh
from tests.cli.manager.conftest import written

if TYPE_CHECKING:
    from provisioner.app import App
    from tests.cli.manager.conftest import Upstream

DOCTOR = "kimi provider doctor"
CHANGES = tuple(f"acme/a{n}: retired upstream" for n in range(9))
PROBLEMS = tuple(DoctorProblem("warning", f"problem {n} of several words", "do this") for n in range(4))


def texts(findings: Findings, cells: int, most: int) -> list[str]:
    return [text for _, text in findings.lines(cells, most, DOCTOR)]


def test_drift_is_that_of_the_documents_at_hand_and_asks_nobody(imported: App, upstream: Upstream) -> None:
    actions, asked = Actions(imported), upstream.asked
    assert actions.changes_upstream() == {}
    assert upstream.asked == asked
    refresh.run(imported, refresh.Request(check=True))
    asked = upstream.asked
    found = actions.changes_upstream()
    assert found == {"acme": ("acme/a1: max_context_size 1000 → 3000", "acme/a2: retired upstream")}
    assert upstream.asked == asked


def test_doctor_s_findings_stand_at_their_provider_the_worst_first(app: App) -> None:
    text = """
default_model = "nothing"
[providers.p]
type = "openai"
base_url = "https://p.example/v1"
api_key = "sk-0123456789"
[providers.q]
type = "openai"
base_url = "https://q.example/v1"
api_key = "sk-0123456789"
[models."p/m"]
provider = "p"
model = "m"
max_context_size = 0
[models."p/n"]
provider = "p"
model = "n"
max_context_size = 1000
"""
    actions = Actions(written(app, text), "kimi-provider")
    found = actions.problems(actions.load())
    assert None in found  # the default model
    assert "q" not in found
    assert [problem.severity for problem in found["p"]] == sorted(p.severity for p in found["p"])
    assert found["p"][0].severity == "error"
    assert all(problem.hint and "kimi provider" not in problem.hint for problem in found["p"])


def test_a_file_that_cannot_be_read_has_no_findings_and_no_error(app: App) -> None:
    actions = Actions(written(app, ""))
    contents = actions.load()
    written(app, "[providers\n")
    assert actions.changes_upstream() == {}
    assert list(actions.problems(contents)) == [None]


def test_both_kinds_come_together() -> None:
    found = together({"a": CHANGES}, {"a": PROBLEMS, None: PROBLEMS[:1]})
    assert found == {"a": Findings(CHANGES, PROBLEMS), None: Findings((), PROBLEMS[:1])}


def test_all_is_said_where_there_is_room() -> None:
    assert texts(Findings(CHANGES[:2], PROBLEMS[:1]), 80, 9) == [
        "! problem 0 of several words",
        "  try: do this",
        "~ 2 changes upstream: r shows all",
        "  acme/a0: retired upstream",
        "  acme/a1: retired upstream",
    ]


def test_what_has_no_room_is_counted_and_named_where_it_is_said() -> None:
    for most in range(20):
        said = texts(Findings(CHANGES, PROBLEMS), 80, most)
        assert len(said) <= most
        if 2 <= most < 9:
            assert any(text.endswith(f": {DOCTOR}") for text in said), most
        if most:
            assert any("9 changes upstream" in text for text in said), most
    assert texts(Findings(CHANGES, PROBLEMS), 80, 4) == [
        "! problem 0 of several words",
        "  try: do this",
        f"! 3 more: {DOCTOR}",
        "~ 9 changes upstream: r shows all",
    ]


def test_long_sentences_go_on_in_the_next_line() -> None:
    assert texts(Findings((), PROBLEMS[:1]), 16, 9) == [
        "! problem 0 of",
        "  several words",
        "  try: do this",
    ]


def test_a_change_that_is_cut_says_so() -> None:
    found = Findings(("acme moved to another endpoint, and much more is said of it",), ())
    assert texts(found, 24, 3) == [
        "~ 1 change upstream: r shows all",
        "  acme moved to another",
        "  endpoint, and much …",
    ]
    assert texts(found, 80, 3)[1:] == ["  acme moved to another endpoint, and much more is said of it"]

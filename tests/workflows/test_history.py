from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from catalog import schema
from provisioner.errors import NotFound
from provisioner.history import store
from provisioner.workflows import history
from tests.history.runs import run
from tests.report.documents import FAILED, KINDS, PASSED, UNUSABLE

if TYPE_CHECKING:
    from pathlib import Path

    from provisioner.app import App

KEPT = {
    *("at", "alias", "provider", "model", "wire", "verdict", "error"),
    *("first_token_ms", "total_ms", "tokens_per_second", "output_tokens", "size"),
}


def test_results_are_remembered_by_alias(app: App) -> None:
    assert history.record(app._replace(clock=lambda: 1.0), [PASSED, FAILED]) is None
    assert history.record(app._replace(clock=lambda: 2.0), [PASSED]) is None
    broke, fine = history.run(app, history.Request()).pasts
    assert (broke.alias, broke.verdicts) == ("p/broke", {"passed": 0, "failed": 1, "unknown": 0})
    assert broke.first_token_ms is None
    assert broke.runs[0].error == "quota"
    assert [run.at for run in fine.runs] == [1.0, 2.0]
    assert fine.total_ms is not None
    assert fine.total_ms.last == 1467.9
    assert fine.runs[0].output_tokens == 30


def test_what_was_said_is_not_remembered(app: App) -> None:
    history.record(app, [PASSED])
    text = store.file_of(app.state_dir, app.config_path).read_text()
    for secret in ("THE ANSWER", "THE REASONING", "THE CITY", "api.example", "get_time"):
        assert secret not in text
    fields = history.run(app, history.Request()).pasts[0].runs[0].__dataclass_fields__
    assert set(fields) == KEPT


def test_a_name_that_config_toml_does_not_have_is_not_remembered(app: App) -> None:
    assert history.record(app, [UNUSABLE]) is None
    assert not app.state_dir.exists()


def test_the_document_is_that_of_its_schema(app: App) -> None:
    history.record(app, KINDS)
    document = history.run(app, history.Request()).document()
    assert schema.problems(document, "output/test-history") == []
    assert (
        schema.problems(history.run(app, history.Request(("p/m",))).document(), "output/test-history") == []
    )
    assert [entry["alias"] for entry in document["aliases"]] == ["p/broke", "p/m", "p/slow", "q/busy"]


def test_the_order_is_that_asked_for(app: App) -> None:
    history.record(app, KINDS)
    pasts = history.run(app, history.Request(("q/busy", "p/m"))).pasts
    assert [past.alias for past in pasts] == ["q/busy", "p/m"]


def test_an_alias_without_history_is_not_found_and_a_near_one_is_named(app: App) -> None:
    history.record(app, KINDS)
    with pytest.raises(NotFound) as caught:
        history.run(app, history.Request(("p/slwo",)))
    assert caught.value.hint == "did you mean p/slow?"
    with pytest.raises(NotFound) as caught:
        history.run(
            app._replace(config_path=app.config_path.with_name("other.toml")), history.Request(("p/m",))
        )
    assert caught.value.hint == "kimi provider test p/m"


def test_a_history_that_cannot_be_kept_is_said_and_raises_nothing(app: App, tmp_path: Path) -> None:
    app.state_dir.parent.mkdir()
    app.state_dir.write_text("a file where the folder should be")
    reason = history.record(app, [PASSED])
    assert reason is not None
    assert str(app.state_dir) in reason
    assert history.run(app, history.Request()).pasts == ()


@pytest.mark.parametrize("field", ["provider", "model", "wire"])
def test_half_a_surrogate_pair_in_a_name_is_kept_as_it_is(app: App, field: str) -> None:
    odd: dict[str, Any] = {**PASSED, field: "\ud800"}
    assert history.record(app, [odd]) is None
    assert getattr(history.run(app, history.Request()).pasts[0].runs[0], field) == "\ud800"


def test_times_of_small_and_full_requests_are_not_mixed() -> None:
    past = history.Past("p/m", (run(size="full", total_ms=60_000.0), run(size="small", total_ms=500.0)))
    assert past.total_ms is not None
    assert (past.total_ms.low, past.total_ms.high) == (500.0, 500.0)

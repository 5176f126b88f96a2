"""Any sequence of upstream's revisions and the user's edits: the edits stay, everything else is upstream's."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Model, Provider
from provisioner.config import tables
from provisioner.workflows.consent import Consent
from provisioner.workflows.drift import drift
from provisioner.workflows.entries import alias_tables, provider_table, registry_source
from provisioner.workflows.imports import record_of

SOURCE = registry_source("https://r.example/api.json", "tok-0123456789")
KEYS = st.sampled_from(["a", "b", "c", "d"])
UPSTREAM = st.dictionaries(KEYS, st.sampled_from([1000, 2000, 3000]), min_size=1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("upstream"), UPSTREAM),
        st.tuples(st.just("value"), st.tuples(KEYS, st.integers(1, 9))),
        st.tuples(st.just("extra"), KEYS),
        st.tuples(st.just("take out"), KEYS),
        st.tuples(st.just("default"), KEYS),
    ),
    max_size=12,
)


def provider(models: dict[str, int]) -> Provider:
    listed = tuple(Model(key, key, context, capabilities=("tool_use",)) for key, context in models.items())
    return Provider("p", "P", "openai", guessed=False, base_url="https://p.example", models=listed)


@given(UPSTREAM, STEPS)
def test_what_the_user_did_stays_and_the_rest_is_upstreams(
    first: dict[str, int], steps: list[tuple[str, Any]]
) -> None:
    now = provider(first)
    table = provider_table(now, credential={"api_key": "tok-0123456789"}, source=SOURCE)
    data = tables.with_provider({}, "p", table, alias_tables("p", now))
    record = record_of(now, SOURCE, len(first))
    values: dict[str, int] = {}
    extras: set[str] = set()
    taken_out: set[str] = set()
    theirs: set[str] = set()  # retired upstream and kept: wholly the user's from then on
    for what, step in steps:
        models: dict[str, Any] = data["models"]
        if what == "value" and f"p/{step[0]}" in models:
            values[step[0]] = step[1]
            data = {
                **data,
                "models": {**models, f"p/{step[0]}": {**models[f"p/{step[0]}"], "max_context_size": step[1]}},
            }
        elif what == "extra" and f"p/{step}" in models:
            extras.add(step)
            data = {**data, "models": {**models, f"p/{step}": {**models[f"p/{step}"], "overrides": {"x": 1}}}}
        elif what == "default" and f"p/{step}" in models:
            data = tables.with_default_model(data, f"p/{step}")
        elif what == "take out" and f"p/{step}" in models:
            data = tables.without_aliases(data, [f"p/{step}"])
            taken_out |= {step} & {model.key for model in now.models}
            theirs.discard(step)
            values.pop(step, None)
            extras.discard(step)
        elif what == "upstream":
            now = provider(step)
            default = data.get("default_model")
            found = drift(data, SOURCE, record, now, len(step), Consent())
            assert found.record is not None
            record = found.record
            data = {**data, "models": {**models, **found.aliases}}
            data = tables.without_aliases(data, found.removed)
            assert data.get("default_model") == default
            taken_out &= step.keys()
            theirs |= {key for key in "abcd" if f"p/{key}" in data["models"] and key not in step}
            again = drift(data, SOURCE, record, now, len(step), Consent())
            assert (again.aliases, again.removed) == ({}, ())
            upstream = alias_tables("p", now)
            for key in "abcd":
                alias = f"p/{key}"
                current = data["models"].get(alias)
                if key in taken_out:
                    assert current is None
                elif key in step and key not in values and key not in theirs:
                    assert current is not None
                    assert {
                        **upstream[alias],
                        **({"overrides": {"x": 1}} if key in extras else {}),
                    } == current
        for key, value in values.items():
            assert data["models"][f"p/{key}"]["max_context_size"] == value
        for key in extras:
            assert data["models"][f"p/{key}"]["overrides"] == {"x": 1}

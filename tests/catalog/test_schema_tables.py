"""The published schemas name the wires and the reserved ids that the code knows."""

from __future__ import annotations

from catalog import schema
from catalog.reserved import RESERVED_IDS
from catalog.wire import WIRES


def test_the_schemas_name_the_wires_of_the_table() -> None:
    every = set(WIRES)
    config, registry = schema.load("config")["$defs"], schema.load("registry")["$defs"]
    assert set(config["provider"]["properties"]["type"]["enum"]) == every
    assert set(config["model"]["properties"]["protocol"]["enum"]) == {
        w.name for w in WIRES.values() if w.is_protocol
    }
    assert set(registry["provider"]["properties"]["type"]["enum"]) == {
        w.name for w in WIRES.values() if w.in_registry
    }
    # A catalog may say what it likes: a provider of another type is listed, and not imported.
    catalog = schema.load("catalog")["$defs"]["provider"]["properties"]["type"]
    assert set(catalog["examples"]) == every
    assert all(name in catalog["description"] for name in every)
    assert set(schema.load("output/test")["$defs"]["result"]["properties"]["wire"]["enum"]) == {*every, None}


def test_the_registry_schema_refuses_the_reserved_ids() -> None:
    _, free = schema.load("registry")["$defs"]["provider"]["properties"]["id"]["allOf"]
    assert set(free["not"]["enum"]) == RESERVED_IDS

"""The walk down an exception's causes."""

from __future__ import annotations

from catalog.causes import causes


def test_causes_contexts_and_members_of_groups_come_once_each_nearest_first() -> None:
    first, inner, member, outer = (
        KeyError("first"),
        OSError("inner"),
        ValueError("member"),
        RuntimeError("outer"),
    )
    group = ExceptionGroup("group", [member, inner])
    outer.__cause__, outer.__context__ = group, inner
    inner.__cause__ = first
    first.__context__ = outer  # a circle
    assert list(causes(outer)) == [outer, group, inner, member, first]

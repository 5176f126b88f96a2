from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from provisioner.secrets import holds_secret, masked

_NAMES = st.sampled_from(
    ("api_key", "reasoning_key", "env", "custom_headers", "A_URL", "Accept", "type", "a")
)
_WORDS = st.sampled_from(("", "x", "sk-0123456789abcdef", "https://u:p@h.test/", "https://h.test/v1"))
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.integers() | st.booleans() | _WORDS,
    lambda below: st.lists(below, max_size=2) | st.dictionaries(_NAMES, below, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(_NAMES, _VALUES, max_size=3))
def test_what_holds_a_secret_is_what_masking_changes(data: dict[str, Any]) -> None:
    assert holds_secret(data) == (masked(data) != data)

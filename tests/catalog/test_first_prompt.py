from __future__ import annotations

import pytest

from catalog.first_prompt import TOKENS, output_beside


@pytest.mark.parametrize("context", [25_024, 32_768, 40_960, 65_536, 131_072, 1_000_000])
def test_first_prompt_and_output_fit_together(context: int) -> None:
    output = output_beside(context)
    assert output is not None
    assert 1024 <= output <= 32_768
    assert output + TOKENS <= context


@pytest.mark.parametrize("context", [1, 8192, 20_000, 25_023])
def test_where_too_little_is_left_no_output_is_proposed(context: int) -> None:
    assert output_beside(context) is None

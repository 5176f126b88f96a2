"""The Chinese pages keep step with the English ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.docs import pages, translations

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("page", translations.pages(), ids=pages.name)
def test_a_translation_is_one_of_what_stands_there_now(page: Path) -> None:
    english = translations.original(page).read_text()
    assert translations.differences(page.read_text(), english) == []


def test_what_ought_to_be_translated_is() -> None:
    assert translations.missing() == set()


ENGLISH = "# One\n\nText.\n\n```sh\ntrue\n```\n\n## Two\n"
CHINESE = f"<!-- translated from ../one.md, text {pages.digest(ENGLISH)} -->\n# 一\n\n文\n\n```sh\ntrue\n```\n\n## 二\n"


def test_a_translation_that_fell_behind_is_noticed() -> None:
    assert translations.differences(CHINESE, ENGLISH) == []
    (changed,) = translations.differences(CHINESE, ENGLISH.replace("Text", "Other text"))
    assert changed.startswith("the English text has changed since")
    for other, levels in (("", [1]), ("# 二", [1, 1])):
        said = [f"headings of the levels {levels}, in English [1, 2]"]
        assert translations.differences(CHINESE.replace("## 二", other), ENGLISH) == said


def test_code_that_changed_is_noticed_and_is_no_reason_to_translate_again() -> None:
    changed = ENGLISH.replace("true", "false")
    assert translations.differences(CHINESE, changed) == [
        "the code is not the same: python -m tests.docs.generate"
    ]

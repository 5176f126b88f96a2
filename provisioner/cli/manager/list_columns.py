"""The columns of the two lists, as wide as their widest row so that turning a page moves none."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from provisioner.cli.changes import count
from provisioner.cli.manager.filtering import matching_aliases
from provisioner.cli.manager.formats import tokens
from provisioner.cli.prompts.list_state import Column, ListRow
from provisioner.cli.prompts.table_layout import TableLayout
from provisioner.cli.prompts.width import cut

if TYPE_CHECKING:
    from provisioner.cli.manager.contents import Contents, ModelEntry, Opened, ProviderEntry

# Short words where a column has to do; the line on the selected row has config.toml's own.
_SHORT = {
    "tool_use": "tools",
    "thinking": "think",
    "always_thinking": "think",
    "image_in": "image",
    "video_in": "video",
    "audio_in": "audio",
    "dynamically_loaded_tools": "more-tools",
}
# Cells for capabilities: all that most models have; of those that have more the beginning. At 80 columns a model's
# name keeps 24 beside it.
_NARROW, _WIDE = 23, 48
_WIDE_FROM = 110

_PROVIDERS = (Column(), Column(drop=2), Column(drop=1, right=True))
_MODELS = (
    Column("model"),
    Column("context", right=True, drop=1),
    Column("output", right=True, drop=2),
    Column("capabilities", drop=3),
)


@lru_cache(maxsize=1)
def provider_table(contents: Contents, more: str) -> TableLayout[str]:
    """The columns for all providers of config.toml."""
    return TableLayout(_PROVIDERS, [provider_row(provider, "") for provider in contents.providers], more=more)


def provider_row(provider: ProviderEntry, query: str) -> ListRow[str]:
    """One provider; where the filter only matched models of it, how many."""
    matching = matching_aliases(provider, query)
    models = count(len(provider.aliases), "model") if matching is None else f"{matching} match"
    return ListRow(provider.id, (provider.name, provider.wire, models))


@lru_cache(maxsize=2)
def model_table(opened: Opened, more: str, *, wide: bool) -> TableLayout[str]:
    """The columns for all models of a provider."""
    return TableLayout(_MODELS, [model_row(model, more, wide=wide) for model in opened.models], more=more)


def model_row(model: ModelEntry, more: str, *, wide: bool) -> ListRow[str]:
    """One model."""
    capabilities = " ".join(_SHORT.get(name, name) for name in model.capabilities) or "-"
    shown = cut(capabilities, _WIDE if wide else _NARROW, more)
    return ListRow(model.alias, (model.name, tokens(model.context), tokens(model.output), shown))


def is_wide(columns: int) -> bool:
    """Whether a screen of so many columns has room to spare for capabilities."""
    return columns >= _WIDE_FROM

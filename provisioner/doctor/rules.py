"""All rules of what config.toml means, in one list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.doctor import credentials, endpoints, kimi_code, limits, names, spelling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provisioner.doctor.issue import Issue

# What is only another way to say what a hidden character or a quotation mark does to a value.
_SAID_BY_CHARACTER = frozenset({"key_unsendable", "base_url_invalid", "type_unknown", "header_unsendable"})


def issues(data: Mapping[str, Any], env: Mapping[str, str]) -> list[Issue]:
    """Everything about parsed data; pure. Each place and code once."""
    seen, found = kimi_code.issues(data, env)
    sections = seen.sections
    by_character = list(names.issues(data))
    unreadable = {issue.finding.path for issue in by_character}
    found = [
        issue
        for issue in found
        if issue.finding.code not in _SAID_BY_CHARACTER or issue.finding.path not in unreadable
    ]
    found += by_character
    found += spelling.issues(data)
    found += endpoints.issues(sections.providers, sections.models)
    found += credentials.issues(sections.providers)
    found += limits.issues(sections.providers, sections.models)
    once = {(i.finding.code, i.finding.path, i.finding.message): i for i in reversed(found)}
    return list(reversed(once.values()))

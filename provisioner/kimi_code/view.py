"""config.toml as Kimi Code reads it: which aliases it would run, with what, and why not the others."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from catalog.best import best
from catalog.models import Model
from catalog.reserved import is_login
from catalog.untrusted import string
from provisioner.kimi_code import target as targets
from provisioner.kimi_code.auth import configured, unread
from provisioner.kimi_code.finding import Finding, Unusable
from provisioner.kimi_code.owner import provider_name
from provisioner.kimi_code.sections import Sections, sections

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from provisioner.kimi_code.target import Target

_POSITIVE = r"0*[1-9][0-9]*"
_NUMBER = r"[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?"


NO_DEFAULT = "config.toml names no default_model: Kimi Code then refuses every prompt, whatever -m says"


class View:
    """The file and the environment, as Kimi Code 2.1.0 takes them in.

    Attributes:
        sections: what is left of the file.
        env: the environment at start-up.
    """

    def __init__(self, sections: Sections, env: Mapping[str, str]) -> None:
        self.sections = sections
        self.env = env

    @classmethod
    def of(cls, data: Mapping[str, Any], env: Mapping[str, str]) -> View:
        """The view of a parsed config.toml."""
        return cls(sections(data), env)

    def target(self, alias: str) -> Target:
        """What Kimi Code would ask for ``alias`` once it runs at all.

        Raises:
            Unusable: it would ask nothing, or something that a test must not.
        """
        return targets.resolve(self.sections, alias, self.env)

    def check(self, alias: str) -> Target:
        """What ``kimi -p … -m ALIAS`` would ask.

        Raises:
            Unusable: as :meth:`target`, or nothing at all runs with this file.
        """
        is_typo = self.sections.models and alias not in self.sections.models
        if self.blocked is not None and not is_typo:
            raise self.blocked
        if self.provider_of(alias) is not None and (flaw := self._flaw_of("providers")):
            raise flaw
        return self.target(alias)

    @cached_property
    def blocked(self) -> Unusable | None:
        """Why Kimi Code would refuse every prompt, whatever ``-m`` says; None where it would not.

        One wrong value drops all models or all providers. The check before a prompt looks at the provider of
        ``default_model`` alone, or at the ``KIMI_MODEL_*`` variables where they are exported.
        """
        if flaw := self._first_flaw():
            return flaw
        if self.has_shell_model:
            return self._shell_model_flaw()
        default = self.sections.default_model
        if default is None:
            return Unusable(
                NO_DEFAULT,
                f"kimi provider set-default {self._best()}",
                code="no_default_model",
                path=("default_model",),
            )
        try:
            self._check_default(default)
        except Unusable as flaw:
            return Unusable(
                f"{flaw.message}; default_model depends on it, and without that Kimi Code runs nothing",
                flaw.hint,
                code=flaw.code,
                path=flaw.path,
            )
        return None

    @property
    def lacks_default(self) -> bool:
        """Whether every prompt is refused for no other reason than that the file names no default_model."""
        return not (self._first_flaw() or self.has_shell_model or self.sections.default_model is not None)

    def findings(self) -> tuple[Finding, ...]:
        """Everything that keeps Kimi Code from running an alias or sends a key astray, each cause once."""
        found = {(flaw.code, flaw.path): flaw for flaw in self.sections.flaws}
        if self.blocked is not None:
            found.setdefault((self.blocked.code, self.blocked.path), self.blocked.finding)
        for alias in self.sections.models:
            try:
                self.target(alias)
            except Unusable as flaw:
                if flaw.code != "login":
                    found.setdefault((flaw.code, flaw.path), flaw.finding)
        return tuple(found.values())

    def provider_of(self, alias: str) -> str | None:
        """The id of an alias' provider, whether or not it is there; None for a model that names none."""
        return provider_name(self.sections.models.get(alias, {}), self.sections.default_provider)

    def is_login(self, provider_id: str | None) -> bool:
        """Whether a provider is a login that Kimi Code holds itself."""
        return is_login(self.sections.providers.get(provider_id or ""))

    @property
    def has_shell_model(self) -> bool:
        """Whether KIMI_MODEL_NAME stands in for default_model; a wrong figure beside it makes Kimi Code ignore it."""
        sizes = (self.env.get(f"KIMI_MODEL_MAX_{name}_SIZE", "").strip() for name in ("CONTEXT", "OUTPUT"))
        numbers = (self.env.get(f"KIMI_MODEL_{name}", "").strip() for name in ("TEMPERATURE", "TOP_P"))
        return (
            self.env.get("KIMI_MODEL_NAME", "").strip() != ""
            and all(not size or re.fullmatch(_POSITIVE, size) for size in sizes)
            and all(not number or re.fullmatch(_NUMBER, number) for number in numbers)
        )

    def _best(self) -> str:
        """The alias to propose as the default model."""
        found = best(
            Model(key=alias, id=alias, context=1, capabilities=tuple(table.get("capabilities", ())))
            for alias, table in self.sections.models.items()
        )
        return found.id if found else "ALIAS"

    def _first_flaw(self) -> Unusable | None:
        """Why nothing can be left of the file; models that need no provider run without ``[providers]``."""
        default = self.sections.default_model
        needs_none = default in self.sections.models and self.provider_of(default or "") is None
        spared = ("thinking", "providers") if needs_none or self.has_shell_model else ("thinking",)
        flaws = self.sections.flaws
        # A number too large, in whatever section, leaves nothing of the file.
        return _first(flaw for flaw in flaws if flaw.code != "section_dropped" or flaw.path[0] not in spared)

    def _flaw_of(self, section: str) -> Unusable | None:
        return _first(flaw for flaw in self.sections.flaws if flaw.path[0] == section)

    def _shell_model_flaw(self) -> Unusable | None:
        if self.env.get("KIMI_MODEL_API_KEY", "").strip():
            return None
        return Unusable(
            "KIMI_MODEL_NAME is exported without KIMI_MODEL_API_KEY: Kimi Code then refuses every prompt",
            "unset KIMI_MODEL_NAME",
            code="shell_model_without_key",
        )

    def _check_default(self, alias: str) -> None:
        """The check before a prompt; it asks less of an alias than a request does."""
        if alias not in self.sections.models:
            raise Unusable(
                f"there is no alias {alias!r}",
                f"kimi provider set-default {self._best()}",
                code="default_model_unknown",
                path=("default_model",),
            )
        model = self.sections.models[alias]
        provider_id, provider = targets.provider_of(self.sections, alias, model)
        targets.wire_of(alias, model, provider_id, provider)
        if not string(model.get("name", model.get("model"))).strip():
            raise targets.no_model(alias)
        if "max_context_size" not in {**model, **model.get("overrides", {})}:
            raise targets.no_context(alias)
        try:
            credential = configured(alias, model, provider_id, provider, self.env)
        except Unusable as flaw:
            if flaw.code in ("login", "key_unsendable"):
                return  # whether a login is still good is for Kimi Code to say
            raise
        if credential is None:
            there, read = unread(provider)
            instead = f": it reads {' or '.join(read)} in its env table, not {there[0]}" if there else ""
            raise Unusable(
                f"provider {provider_id!r} has no credential{instead}",
                f'api_key = "…" in [providers.{provider_id}] (any word will do for a server that needs none)',
                code="credential_missing",
                path=("providers", provider_id, "api_key"),
            )


def _first(flaws: Iterable[Finding]) -> Unusable | None:
    flaw = next(iter(flaws), None)
    return None if flaw is None else Unusable(flaw.message, flaw.hint, code=flaw.code, path=flaw.path)

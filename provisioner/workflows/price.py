"""What the tests of an alias cost, by the catalog that its provider was imported from. Offline, and never in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.wire import WIRES

if TYPE_CHECKING:
    from provisioner.app import App
    from provisioner.smoke.report import AliasResult

_PER = 1_000_000
_DIGITS = 8


class Prices:
    """Price lists, each read once, from the cache or the built-in snapshot."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._known: dict[tuple[str, str], dict[str, Any]] = {}

    def cost(self, result: AliasResult) -> float | None:
        """US dollars for all tokens that ``result`` reports, reasoning as output; None where no price is known."""
        source = result.source
        if source.get("kind") != "modelsDev" or not result.spent or result.model is None:
            return None
        price = _price(self._models(str(source.get("url")), str(source.get("id"))), result.model)
        return None if price is None else _total(price, result)

    def _models(self, url: str, provider_id: str) -> dict[str, Any]:
        from catalog.documents import CatalogRequest
        from catalog.errors import CatalogError
        from provisioner.workflows.open_catalog import open_catalog

        if (url, provider_id) not in self._known:
            try:
                entry = open_catalog(self._app, CatalogRequest(url=url, offline=True)).provider(provider_id)
            except CatalogError:
                entry = None
            models = (entry or {}).get("models")
            self._known[url, provider_id] = models if isinstance(models, dict) else {}
        return self._known[url, provider_id]


def _price(models: dict[str, Any], name: str) -> tuple[float, float] | None:
    """Dollars per million tokens in and out of the model called ``name`` on the wire."""
    for key, model in models.items():
        if isinstance(model, dict) and model.get("id", key) == name and isinstance(model.get("cost"), dict):
            into, out = model["cost"].get("input"), model["cost"].get("output")
            if isinstance(into, int | float) and isinstance(out, int | float):
                return float(into), float(out)
    return None


def _total(price: tuple[float, float], result: AliasResult) -> float:
    thoughts_apart = result.wire is not None and WIRES[result.wire].thoughts_apart
    dollars = 0.0
    for usage in result.spent:
        output, thoughts = usage.output or 0, usage.reasoning or 0
        if thoughts_apart or thoughts > output:
            output += thoughts
        dollars += ((usage.input or 0) * price[0] + output * price[1]) / _PER
    return round(dollars, _DIGITS)

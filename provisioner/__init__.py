"""Provision, test and keep true the model providers in Kimi Code's config.toml."""

__version__ = "0.1.0"

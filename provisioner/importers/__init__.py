"""Reads the configuration of other tools: what their files say in, neutral providers out; no I/O, no config.toml."""

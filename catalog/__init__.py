"""Where providers come from and what they mean: fetch, cache, snapshot, validate, interpret.

This package never sees config.toml, a prompt or a print.
"""

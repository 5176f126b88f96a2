"""config.toml: read, plan, apply. Bytes outside what a change owns stay as they were."""

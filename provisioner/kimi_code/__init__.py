"""What Kimi Code makes of config.toml: pure functions of the parsed file and the environment."""

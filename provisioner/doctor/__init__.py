"""What is wrong with config.toml: pure rules of its text, its data and the environment, one kind a module."""

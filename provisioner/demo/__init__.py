"""Small, honest servers on loopback, for `kimi provider demo` and for trying things without a network."""

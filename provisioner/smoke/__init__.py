"""The smoke test: decoder, wires, client, diagnosis, report."""

"""The checks of the smoke test, one a file: each asks a session and returns what it found."""

"""``python -m provisioner`` is ``kimi-provider``."""

from provisioner.cli import kimi_provider

if __name__ == "__main__":
    kimi_provider()

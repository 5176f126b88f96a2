"""``python -m kimi_provider`` (in a checkout ``python -m provisioner`` too) is ``kimi-provider``."""

from provisioner.cli import kimi_provider

if __name__ == "__main__":
    kimi_provider()

"""Small, honest servers on loopback, for `kimi provider demo` and for trying things without a network.

One HTTP server (:mod:`~provisioner.demo.server`) plays a registry, a catalog and model endpoints for all six
wires. What it says is computed from what it is asked (:mod:`~provisioner.demo.replies`); how it says so is each
wire's own file. The models, and those that fail on purpose, are in :mod:`~provisioner.demo.models`.

Sampling parameters, stop sequences and structured output are accepted and have no effect.
"""

"""The embedded runtime: what template.yaml describes, in one process with a database of its own (docs/one-machine.md)."""

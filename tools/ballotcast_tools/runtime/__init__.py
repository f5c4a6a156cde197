"""The embedded runtime: runs what template.yaml describes on one machine (docs/one-machine.md)."""

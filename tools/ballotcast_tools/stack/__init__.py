"""Stacks on this machine: the embedded runtime, and LocalStack without Docker."""

"""The command `ballotcast`."""

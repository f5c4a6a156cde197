"""Backups of a runtime's data: making, checking and restoring them, and emptying the data folder."""

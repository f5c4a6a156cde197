"""SQLite as the runtime's only store: one thread writes in groups, any thread reads what is committed."""

"""What makes environments and packages from the lock files. Needs the standard library only."""
